//! The page about the numbers: how they are measured, and how reliable they are.

use serde::Serialize;

use super::case::meaning;
use super::cell;
use super::coverage::{CoverageTable, coverage};
use super::page::{Link, Page};
use super::snapshot::{Presence, Snapshot};
use super::source::Source;
use super::timing;
use super::verdicts::{VerdictTable, verdicts};
use super::{Input, Retraction};
use heapmark_model::analysis::SHARED_ERROR;
use heapmark_model::format;
use heapmark_model::record::{CountSettings, HashSeeds, Instability, Metric, Run, TimeSettings};

/// The page about the numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct About {
    /// The frame.
    pub page: Page,
    /// How counts are measured, a paragraph each.
    pub method: Vec<String>,
    /// How times are measured, a paragraph each; empty if none were.
    pub time_method: Vec<String>,
    /// How often intervals of times contain the true value; absent if this was never measured on
    /// this machine.
    pub coverage: Option<CoverageTable>,
    /// How often comparisons of times are wrong; absent if this was never measured on this machine.
    pub verdicts: Option<VerdictTable>,
    /// How reliable the counts are, in sentences with numbers of the newest run.
    pub trust: Vec<String>,
    /// The run that the numbers are from; absent if nothing was measured.
    pub source: Option<Source>,
    /// Machine, toolchain and suite of the newest run.
    pub facts: Vec<Fact>,
    /// What the metrics count.
    pub metrics: Vec<Definition>,
    /// The terms of the site.
    pub glossary: Vec<Definition>,
    /// Files for programs.
    pub files: Vec<Link>,
    /// Retracted records.
    pub retracted: Vec<Retraction>,
    /// Records that could not be read, a sentence each.
    pub skipped: Vec<String>,
}

/// A property of the newest run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: String,
}

/// A term and its meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// The term.
    pub term: &'static str,
    /// Its meaning.
    pub meaning: &'static str,
}

impl About {
    pub(super) fn new(snapshot: &Snapshot<'_>, input: &Input<'_>, footer: &str) -> Self {
        let run = snapshot.newest;
        Self {
            method: method(Some(run.count)),
            time_method: time_method(run).unwrap_or_default(),
            coverage: coverage(run, input.calibrations),
            verdicts: verdicts(run, input.calibrations),
            trust: trust(snapshot),
            source: Some(Source::from_run(run)),
            facts: facts(run),
            files: vec![
                Link::new("data.json", "data.json"),
                Link::new("data.csv", "data.csv"),
                Link::new("index.json", "index.json"),
            ],
            ..Self::empty(input, footer)
        }
    }

    pub(super) fn empty(input: &Input<'_>, footer: &str) -> Self {
        Self {
            page: Page::new("about.html", "About the numbers", footer),
            method: method(None),
            time_method: Vec::new(),
            coverage: None,
            verdicts: None,
            trust: Vec::new(),
            source: None,
            facts: Vec::new(),
            metrics: metrics(),
            glossary: GLOSSARY.to_vec(),
            files: Vec::new(),
            retracted: input.retracted.to_vec(),
            skipped: input.skipped.to_vec(),
        }
    }
}

fn method(settings: Option<CountSettings>) -> Vec<String> {
    let how_often = settings.map_or_else(String::new, |settings| {
        format!(
            " Each case ran in {}. Each process counts {} after one warm-up call.",
            format::plural(settings.processes as usize, "separate process"),
            format::plural(settings.repetitions as usize, "repetition"),
        )
    });
    let seeds = settings.map_or("", |settings| match settings.hash_seeds {
        HashSeeds::Random => " Hash seeds were random: the system chose new ones for each process.",
        HashSeeds::Fixed => " Hash seeds were fixed: the same sequence in every process.",
    });
    vec![
        format!(
            "heapmark wraps the program's allocator and counts what one iteration of a case allocates.{how_often}{seeds}"
        ),
        "A count is exact if every repetition in every process agrees. Any difference between two exact counts is a change. A count that varies is marked with ~. It is shown with its spread and the reason, and it is judged only if its ranges in both runs do not overlap.".to_owned(),
        "Bytes are requested bytes, without the allocator's rounding and overhead. The measured closure and the drop of its result are counted separately, and the tables show their sum. Retained is what is still live after the drop.".to_owned(),
        "Counts are compared only between runs with the same target, compiler, dependencies, allocator and counting method. If one of these changes, the history has a dashed line at that run.".to_owned(),
    ]
}

fn time_method(run: &Run) -> Option<Vec<String>> {
    let settings = run.time.as_ref()?;
    let number = |number: u32| format::count(i64::from(number));
    let times = || run.entries.iter().filter_map(|entry| entry.time.as_ref());
    let disturbed: usize = times().map(|time| time.disturbed as usize).sum();
    let counted: usize = times().map(|time| time.launches.len()).sum();
    Some(vec![
        format!(
            "Times are measured separately from counts, with counting switched off. A launch is one new process for one case. It warms up, times {} batches of about {} µs each, and reports the median batch. Every case got {} launches, and up to {} if its interval was too wide.",
            number(settings.batches),
            number(settings.batch_microseconds),
            number(settings.launches),
            number(settings.max_launches)
        ),
        format!(
            "Link order affects times, and repeating one binary does not average that out. If the linker is lld, heapmark therefore links the functions in many random orders. {} Link orders, heap state and run order come from seed {}.",
            timing::link_orders(settings),
            settings.seed
        ),
        format!(
            "Other processes on the same processor make everything slower. heapmark therefore runs a fixed piece of work before and after each batch, and discards the batch if that work took longer than usual. A launch with too few remaining batches does not count: {} of {} {} left out.",
            format::count(disturbed as i64),
            format::plural(disturbed + counted, "launch"),
            if disturbed == 1 { "was" } else { "were" }
        ),
        format!(
            "The pages show the median of the launches with a 95 % confidence interval. The interval is computed from launches and not from batches, because the batches of one launch share its link order and heap. It is widened by {:.0} % on both sides, for errors that all launches of a report share. docs/statistics.md has the formulas and their assumptions.",
            SHARED_ERROR * 100.0
        ),
        "The site does not judge times, because two runs can differ only by the state of the machine. `cargo heapmark compare` measures two revisions side by side and judges their times.".to_owned(),
    ])
}

/// Load and settings of the machine while times were measured.
fn machine_state(settings: &TimeSettings) -> Vec<Fact> {
    let fact = |name, value: Option<String>| Fact {
        name,
        value: value.unwrap_or_else(|| "cannot be read here".to_owned()),
    };
    let load = |load: Option<u32>| load.map(|load| format!("{:.2}", f64::from(load) / 100.0));
    let machine = &settings.machine;
    let yes = |is: bool, yes: &str, no: &str| if is { yes } else { no }.to_owned();
    vec![
        fact("Load average before", load(machine.load_before)),
        fact(
            "Load average after, including the run",
            load(machine.load_after),
        ),
        fact("Frequency governor", machine.governor.clone()),
        fact(
            "Virtual machine",
            machine.virtual_machine.map(|is| yes(is, "yes", "no")),
        ),
        fact(
            "Address randomisation",
            machine.address_randomisation.map(|is| yes(is, "on", "off")),
        ),
    ]
}

fn trust(snapshot: &Snapshot<'_>) -> Vec<String> {
    let number = |count: usize| format::count(count as i64);
    let counted = || {
        let cases = snapshot.cases.iter();
        cases.filter(|case| case.presence == Presence::Counted)
    };
    let all = counted().count();
    let values = || counted().flat_map(|case| case.entry.metrics.values());
    let exact = values().filter(|value| value.exact).count();
    let unstable = |instability: Instability| {
        let has = |case: &&super::snapshot::MeasuredCase<'_>| {
            let mut values = case.entry.metrics.values();
            values.any(|value| value.why == Some(instability))
        };
        counted().filter(has).count()
    };
    let disagreeing = unstable(Instability::ControlDisagrees);
    let mut sentences = vec![
        format!(
            "{} of {} metric values of the newest run are exact.",
            number(exact),
            number(values().count())
        ),
        format!(
            "The control counter stats_alloc counted the same totals as heapmark in {} of {}.",
            number(all - disagreeing),
            format::plural(all, "case")
        ),
    ];
    let reasons = [
        Instability::OtherThreads,
        Instability::RepetitionsDiffer,
        Instability::ProcessesDiffer,
        Instability::VariedBefore,
    ];
    for reason in reasons {
        let count = unstable(reason);
        if count > 0 {
            sentences.push(format!(
                "{} {} values that are not exact, because {}.",
                format::plural(count, "case"),
                if count == 1 { "has" } else { "have" },
                cell::instability(reason)
            ));
        }
    }
    sentences
}

fn facts(run: &Run) -> Vec<Fact> {
    let state = run.time.as_ref().map(machine_state).unwrap_or_default();
    let unknown = || "unknown".to_owned();
    let fact = |name, value| Fact { name, value };
    let flags = match run.toolchain.rustflags.as_str() {
        "" => "none".to_owned(),
        flags => flags.to_owned(),
    };
    let memory = run.machine.memory.map(|bytes| {
        let bytes = format::as_signed(bytes);
        format::bytes(bytes)
    });
    let mut facts = vec![
        fact("Commit", run.commit.sha.clone()),
        fact("Committed", format::date(&run.commit.committed_at)),
        fact("Measured", format::date(&run.measured_at)),
        fact(
            "Processor",
            format!("{} × {}", run.machine.cores, run.machine.cpu),
        ),
        fact(
            "System",
            format!("{} on {}", run.machine.os, run.machine.arch),
        ),
        fact("Kernel", run.machine.kernel.clone().unwrap_or_else(unknown)),
        fact("Memory", memory.unwrap_or_else(unknown)),
        fact("Compiler", format!("rustc {}", run.toolchain.rustc)),
        fact("LLVM", run.toolchain.llvm.clone().unwrap_or_else(unknown)),
        fact("Target", run.toolchain.target.clone()),
        fact("Flags", flags),
        fact("Allocator", run.allocator.clone()),
        fact(
            "Cargo.lock",
            run.toolchain
                .lock_sha256
                .clone()
                .unwrap_or_else(|| "none".to_owned()),
        ),
        fact(
            "Suite",
            format!("{} of {}", run.suite.bench, run.suite.package),
        ),
        fact("heapmark", run.heapmark.clone()),
    ];
    facts.extend(state);
    facts
}

fn metrics() -> Vec<Definition> {
    let definition = |metric: Metric| Definition {
        term: cell::heading(metric),
        meaning: meaning(metric),
    };
    Metric::HEADLINE.into_iter().map(definition).collect()
}

const GLOSSARY: &[Definition] = &[
    Definition {
        term: "group",
        meaning: "cases that belong together; the first part of an id",
    },
    Definition {
        term: "question",
        meaning: "a task inside a group that several cases solve in different ways",
    },
    Definition {
        term: "variant",
        meaning: "one answer to a question",
    },
    Definition {
        term: "case",
        meaning: "one benchmark; its id never changes",
    },
    Definition {
        term: "run",
        meaning: "one execution of a suite on one commit, machine, allocator and toolchain, stored as one record",
    },
    Definition {
        term: "launch",
        meaning: "one new process that measures one case",
    },
    Definition {
        term: "link order",
        meaning: "the order of the functions in a binary; it affects times but not counts",
    },
    Definition {
        term: "± of a time",
        meaning: "the distance from the median to the farther end of its 95 % confidence interval; if one end is more than 1.5 times as far as the other, both ends are shown",
    },
    Definition {
        term: "exact",
        meaning: "all repetitions in all processes and the control counter agreed, and the value varied in no earlier run of the same code",
    },
    Definition {
        term: "~ varies",
        meaning: "not exact; the tables show the average over many iterations if it is known, otherwise the median of the repetitions",
    },
    Definition {
        term: "▲ more",
        meaning: "every metric that changed grew; `compare` calls it WORSE",
    },
    Definition {
        term: "▼ less",
        meaning: "every metric that changed shrank; `compare` calls it BETTER",
    },
    Definition {
        term: "⇅ mixed",
        meaning: "some metrics grew and some shrank; `compare` calls it MIXED",
    },
    Definition {
        term: "= same",
        meaning: "every metric is exact and unchanged; `compare` calls it SAME",
    },
    Definition {
        term: "◆ retains",
        meaning: "memory is still live after every repetition, and the case is not an intentional leak",
    },
    Definition {
        term: "◇ intentional",
        meaning: "a case that leaks, or fixes a leak, on purpose; the headline does not count it. ◇ changed: its numbers changed",
    },
    Definition {
        term: "allocation timeline",
        meaning: "the live bytes after each allocation event of one iteration",
    },
    Definition {
        term: "size class",
        meaning: "the requests whose size, rounded up to a power of two, is the same",
    },
];
