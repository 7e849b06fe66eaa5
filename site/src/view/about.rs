//! The page about the numbers: can I trust them?

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
use heapmark_model::record::{CountSettings, Doubt, HashSeeds, Metric, Run, TimeSettings};

/// The page about the numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct About {
    /// The frame.
    pub page: Page,
    /// How the counts are taken, a paragraph each.
    pub method: Vec<String>,
    /// How times are taken, a paragraph each; empty where none were.
    pub time_method: Vec<String>,
    /// How often intervals of times held what they should; absent where that was never measured
    /// on this machine.
    pub coverage: Option<CoverageTable>,
    /// How often comparisons of times are wrong; absent where that was never measured here.
    pub verdicts: Option<VerdictTable>,
    /// How far the counts can be trusted, in sentences with numbers of the newest run.
    pub trust: Vec<String>,
    /// Where the numbers come from; absent where nothing was measured.
    pub source: Option<Source>,
    /// Machine, toolchain and suite of the newest run.
    pub facts: Vec<Fact>,
    /// What the metrics count.
    pub metrics: Vec<Definition>,
    /// What the words mean.
    pub glossary: Vec<Definition>,
    /// Files for programs.
    pub files: Vec<Link>,
    /// Records taken back on purpose.
    pub retracted: Vec<Retraction>,
    /// Records that could not be read, a sentence each.
    pub skipped: Vec<String>,
}

/// Something about the newest run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// What it is.
    pub name: &'static str,
    /// How it was.
    pub value: String,
}

/// A word and what it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// The word.
    pub term: &'static str,
    /// What it means.
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
            source: Some(Source::of(run)),
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
            " Each case ran in {} of its own, {} in each after one warm-up call.",
            format::plural(settings.processes as usize, "process"),
            format::plural(settings.repetitions as usize, "counted repetition"),
        )
    });
    let seeds = settings.map_or("", |settings| match settings.hash_seeds {
        HashSeeds::Random => " Hash seeds were as the system gives them, new for each process.",
        HashSeeds::Fixed => " Hash seeds came from a fixed stream, the same for each process.",
    });
    vec![
        format!(
            "heapmark sits between the program and its allocator and counts what one iteration of a case asks for.{how_often}{seeds}"
        ),
        "A number on which every repetition in every process agrees is exact: it is shown as it is, and any change of it is a change. A number that varies is sampled: its median is shown behind a ~, with its spread and the reason, and it never gives a verdict.".to_owned(),
        "Bytes are requested bytes, not what the allocator rounds them up to. The routine and the drop of its result are counted apart and shown together; retained is read after the drop.".to_owned(),
        "Counts are compared only between runs of the same target, compiler, dependencies and allocator. A difference in any of these is drawn as a mark in the history instead.".to_owned(),
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
            "Times are taken apart from counts, with the counters out of the way. A launch is one new process for one case: it warms up, times {} batches of about {} µs, and gives the median batch. Every case got {} launches, one whose interval stayed wide up to {}.",
            number(settings.batches),
            number(settings.batch_microseconds),
            number(settings.launches),
            number(settings.max_launches)
        ),
        format!(
            "Where code lies in memory moves its time, and repeating one binary does not average that out, so the order of functions is drawn anew. {} Heap seeds and the order of launches are drawn from seed {}.",
            timing::layouts(settings),
            settings.seed
        ),
        format!(
            "Somebody who shares the processor makes everything slower, so a piece of work that is always the same runs beside each batch, and batches where it took longer do not count: {} of {} left out.",
            format::count(disturbed as i64),
            format::plural(disturbed + counted, "launch")
        ),
        format!(
            "What is shown is the median of the launches with a 95 % interval over launches, never over batches: batches of one process share its luck. It reaches {:.0} % further on both sides, for what all launches of a report share. The formulas and what they assume are in docs/statistics.md.",
            SHARED_ERROR * 100.0
        ),
        "A time alone gives no verdict: two runs at two moments differ by what else the machine did.".to_owned(),
    ])
}

/// What else the machine was doing while times were taken, and how it was set.
fn machine_state(settings: &TimeSettings) -> Vec<Fact> {
    let fact = |name, value: Option<String>| Fact {
        name,
        value: value.unwrap_or_else(|| "cannot be read here".to_owned()),
    };
    let load = |load: Option<u32>| load.map(|load| format!("{:.2}", f64::from(load) / 100.0));
    let machine = &settings.machine;
    let yes = |is: bool, yes: &str, no: &str| if is { yes } else { no }.to_owned();
    vec![
        fact("Load before", load(machine.load_before)),
        fact("Load after, our own work in it", load(machine.load_after)),
        fact("Frequency governor", machine.governor.clone()),
        fact(
            "Virtual machine",
            machine.virtual_machine.map(|is| yes(is, "yes", "no")),
        ),
        fact(
            "Random addresses",
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
    let doubted = |doubt: Doubt| {
        let has = |case: &&super::snapshot::Case<'_>| {
            let mut values = case.entry.metrics.values();
            values.any(|value| value.why == Some(doubt))
        };
        counted().filter(has).count()
    };
    let disagreeing = doubted(Doubt::WitnessDisagrees);
    let mut sentences = vec![
        format!(
            "{} of {} values of the newest run are exact.",
            number(exact),
            number(values().count())
        ),
        format!(
            "stats_alloc, an independent counter, saw the same totals as heapmark in {} of {}.",
            number(all - disagreeing),
            format::plural(all, "case")
        ),
    ];
    let reasons = [
        Doubt::OtherThreads,
        Doubt::RepetitionsDiffer,
        Doubt::ProcessesDiffer,
        Doubt::VariedBefore,
    ];
    for reason in reasons {
        let count = doubted(reason);
        if count > 0 {
            sentences.push(format!(
                "In {} something is not exact because {}.",
                format::plural(count, "case"),
                cell::doubt(reason)
            ));
        }
    }
    sentences
}

fn facts(run: &Run) -> Vec<Fact> {
    let state = run.time.as_ref().map(machine_state).unwrap_or_default();
    let unknown = || "not known".to_owned();
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
        meaning: "cases that belong together",
    },
    Definition {
        term: "question",
        meaning: "what a reader wants to know inside a group",
    },
    Definition {
        term: "variant",
        meaning: "one answer to a question",
    },
    Definition {
        term: "case",
        meaning: "one benchmark; its id is stable for ever",
    },
    Definition {
        term: "run",
        meaning: "one execution of a suite on one commit, machine, allocator and toolchain; stored as one record",
    },
    Definition {
        term: "launch",
        meaning: "one new process that times one case",
    },
    Definition {
        term: "layout",
        meaning: "an order of the functions in the binary; it moves times and no counts",
    },
    Definition {
        term: "± of a time",
        meaning: "how far the 95 % interval of the median reaches to its farther side",
    },
    Definition {
        term: "exact",
        meaning: "every repetition in every process agreed",
    },
    Definition {
        term: "sampled",
        meaning: "repetitions differ; the median is shown behind a ~",
    },
    Definition {
        term: "▲ more",
        meaning: "every judged number that changed grew (WORSE)",
    },
    Definition {
        term: "▼ less",
        meaning: "every judged number that changed shrank (BETTER)",
    },
    Definition {
        term: "⇅ mixed",
        meaning: "some numbers grew and some shrank (MIXED)",
    },
    Definition {
        term: "= same",
        meaning: "no exact number changed (SAME)",
    },
    Definition {
        term: "◆ retains",
        meaning: "leaves live bytes behind in every repetition, without being a leak demonstration",
    },
    Definition {
        term: "◇ demo",
        meaning: "shows a leak or its remedy on purpose; listed, and counted in no headline",
    },
    Definition {
        term: "tape",
        meaning: "live bytes over the allocation events of one iteration",
    },
    Definition {
        term: "size class",
        meaning: "the power of two at or above the requested size",
    },
];
