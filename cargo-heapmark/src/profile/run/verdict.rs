//! What a tool's output says about leaks, by the rule that fits what the tool can see.
//!
//! | tool | a leak is |
//! |---|---|
//! | memcheck | bytes that are definitely lost |
//! | lsan | bytes that it reports |
//! | dhat, massif | live bytes that grow in every one of the equal rounds |
//! | heaptrack | the same, or those of one place |
//! | valgrind-dhat | not told: it only knows the end |

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;

use crate::profile::{self, Callsite, Profile};
use anyhow::{Context, Result, bail};
use heapmark_model::format::plural;
use heapmark_model::growth::{Course, Level, judge as judge_levels};
use rustix::process::Signal;

use super::crates::name_crates;
use super::lost::Lost;
use super::place::{Place, rounded};
use super::rounds::Marks;
use super::subject::DHAT_LINES;
use super::tool::Tool;

/// The exit code of a program of which LeakSanitizer reports something.
const REPORTS: i32 = 23;

/// What a tool finds.
pub struct Verdict {
    /// Whether its rule finds a leak.
    pub leaks: bool,
    /// Whether it has a rule for what was run.
    pub has_rule: bool,
    /// What it finds, in a sentence.
    pub sentence: String,
    /// The places that grow in every round or in steps, where the tool knows them.
    pub growing: Vec<Place>,
    /// All that the tool found out.
    pub profile: Profile,
}

/// What the tool's output says of a server that was loaded in rounds.
///
/// # Errors
///
/// If there is no output, it is not a profile, or the server did not end in order.
pub fn of_server(
    tool: Tool,
    server: &Path,
    folder: &Path,
    status: ExitStatus,
    marks: &Marks,
) -> Result<Verdict> {
    if !is_orderly(status) && !is_report(tool, status) {
        bail!("the server under {} ended with {status}", tool.name());
    }
    let profile = output(tool, server, folder, status, &marks.at)?;
    refuse_unseen(tool, &profile, marks.sent)?;
    let (growing, sure) = growing(&profile, marks.requests);
    let has_rule = has_rule(tool, &marks.levels);
    let (leaks, sentence) = match tool {
        Tool::Live | Tool::Plain => bail!("{} writes no profile", tool.name()),
        _ if !has_rule => no_rule(tool),
        // dhat's own file knows the end alone, so the server tells of itself at each mark. Massif is
        // asked for a snapshot there: those that it takes in passing may hide a leak.
        Tool::Dhat | Tool::Massif => by_growth(&marks.levels, marks.requests)?,
        Tool::Memcheck | Tool::Lsan => lost(tool, &profile),
        Tool::Heaptrack | Tool::ValgrindDhat => {
            let (leaks, sentence) = by_growth(&sums(&profile, marks.at.len()), marks.requests)?;
            // What something else gives back in the same round would hide it in the sum.
            match sure {
                sure if leaks || sure == 0 => (leaks, sentence),
                1 => (true, sentence + ", but one place grows"),
                more => (true, format!("{sentence}, but {more} places grow")),
            }
        }
    };
    Ok(Verdict {
        growing: if leaks { growing } else { Vec::new() },
        leaks,
        has_rule,
        sentence,
        profile,
    })
}

/// What the tool's output says of a program that ran to its end. Only what looks at the end for
/// blocks that nothing points to has a rule for it: growth takes rounds.
///
/// # Errors
///
/// If there is no output, or it is not a profile.
pub fn of_program(
    tool: Tool,
    program: &Path,
    folder: &Path,
    status: ExitStatus,
) -> Result<Verdict> {
    let profile = output(tool, program, folder, status, &[])
        .with_context(|| format!("the program ended with {status}"))?;
    let (leaks, sentence) = match tool {
        Tool::Memcheck | Tool::Lsan => lost(tool, &profile),
        _ => {
            let at_end = profile.sum(|site| site.end);
            let sentence = match profile::words(at_end) {
                Some(held) => format!("{held} live at exit, which is not a leak by itself"),
                None => "it does not know what lives at exit".to_owned(),
            };
            (false, sentence)
        }
    };
    Ok(Verdict {
        growing: Vec::new(),
        leaks,
        has_rule: matches!(tool, Tool::Memcheck | Tool::Lsan),
        sentence,
        profile,
    })
}

/// Whether the tool can tell growth: dhat's file knows the end alone, so it needs a server that
/// states its live memory at each mark, and massif a snapshot there.
fn has_rule(tool: Tool, levels: &[Level]) -> bool {
    match tool {
        Tool::Dhat | Tool::Massif => !levels.is_empty(),
        _ => tool != Tool::ValgrindDhat,
    }
}

fn no_rule(tool: Tool) -> (bool, String) {
    let sentence = match tool {
        Tool::ValgrindDhat => "it knows the end only, so that it cannot tell growth",
        _ => "the server does not state its live memory at /stats, so growth is not known",
    };
    (false, sentence.to_owned())
}

/// Whether the exit code says that LeakSanitizer reports something.
pub fn is_report(tool: Tool, status: ExitStatus) -> bool {
    tool == Tool::Lsan && status.code() == Some(REPORTS)
}

fn output(
    tool: Tool,
    program: &Path,
    folder: &Path,
    status: ExitStatus,
    marks: &[u64],
) -> Result<Profile> {
    let output = folder.join(tool.output());
    if tool == Tool::Dhat && !output.exists() {
        bail!(
            "the program wrote no {}; add to it\n\n{DHAT_LINES}",
            output.display()
        );
    }
    let length = std::fs::metadata(&output)
        .with_context(|| format!("{} left no output, {}", tool.name(), output.display()))?
        .len();
    let is_silent = tool == Tool::Lsan && length == 0 && status.success();
    if length == 0 && !is_silent {
        bail!("{} left an empty output, {}", tool.name(), output.display());
    }
    let mut profile = match is_silent {
        true => Profile::new(profile::Tool::Lsan),
        false => profile::read_at(&output, marks)?,
    };
    name_crates(&mut profile, program);
    Ok(profile)
}

/// Blocks that any server asks for while it is started and answers some requests.
const FEWEST_BLOCKS: u64 = 100;
/// Requests after which fewer blocks are not believed.
const BELIEVED: u64 = 1_000;

/// A server whose blocks the tool did not see has another allocator than the system's, whatever it
/// calls itself: that would be a false all-clear.
fn refuse_unseen(tool: Tool, profile: &Profile, sent: u64) -> Result<()> {
    // dhat's totals make no verdict, and the others do not know how much was asked for.
    if tool != Tool::Heaptrack {
        return Ok(());
    }
    let blocks = profile.asked_for_by_program().unwrap_or_default();
    if blocks >= FEWEST_BLOCKS || sent < BELIEVED {
        return Ok(());
    }
    bail!(
        "{} saw {blocks} allocations of the server in {sent} requests, so it does not see its heap: it replaces malloc, and the server seems to bring an allocator of its own; build it with the system's allocator",
        tool.name()
    )
}

/// A server that knows nothing of SIGTERM ends by it, and a shell around it says so by 128 + 15.
fn is_orderly(status: ExitStatus) -> bool {
    let terminated = Signal::TERM.as_raw();
    status.success()
        || status.signal() == Some(terminated)
        || status.code() == Some(128 + terminated)
}

fn by_growth(levels: &[Level], requests: u64) -> Result<(bool, String)> {
    let growth = judge_levels(levels, requests).context("too few marks to tell growth")?;
    // Of a whole server, steps may be those of many tables that each find their size.
    let steady = growth.course == Some(Course::Steady);
    let (blocks, bytes) = rounded(&growth);
    let blocks = match levels.iter().any(|level| level.blocks != 0) {
        true => format!(" and {blocks:+.3} blocks"),
        false => String::new(),
    };
    let rounds = if steady {
        "in every round"
    } else {
        "not in every round"
    };
    let sentence = format!("{bytes:+.1} B{blocks} a request, {rounds}");
    Ok((steady, sentence))
}

fn lost(tool: Tool, profile: &Profile) -> (bool, String) {
    let lost = Lost::among(tool, profile.callsites.iter());
    let word = match tool {
        Tool::Memcheck => "definitely lost",
        _ => "lost",
    };
    let found = profile::found(profile).filter(|_| lost.bytes == 0);
    let sentence = found.unwrap_or_else(|| {
        let errors = profile::other_errors(profile);
        let errors = errors.map_or_else(String::new, |errors| format!("; other errors: {errors}"));
        let sites = lost.sites.len();
        let sites = plural(sites, "call stack");
        format!("{} B {word} at {sites}{errors}", lost.bytes)
    });
    (lost.bytes > 0, sentence)
}

/// What lived at each mark, over all callsites.
fn sums(profile: &Profile, marks: usize) -> Vec<Level> {
    let at = |mark: usize| {
        let sites = profile.callsites.iter();
        let live = sites.filter_map(|site| site.marks.get(mark));
        live.fold(Level::default(), |sum, tally| sum + level(*tally))
    };
    (0..marks).map(at).collect()
}

/// Places whose live bytes rise from each mark to the next or in steps, those that rise most
/// first, and of how many of them that is a leak by itself. A buffer that happens to be larger rises
/// by less than a hundredth of the whole.
fn growing(profile: &Profile, requests: u64) -> (Vec<Place>, usize) {
    // Stacks that differ further out are one place to whoever mends it.
    let mut places: BTreeMap<String, (&Callsite, Vec<Level>)> = BTreeMap::new();
    for site in &profile.callsites {
        let none = || (site, vec![Level::default(); site.marks.len()]);
        let sentence = profile::place_of(profile.stack(site));
        let (_, levels) = places.entry(sentence).or_insert_with(none);
        for (sum, tally) in levels.iter_mut().zip(&site.marks) {
            *sum = *sum + level(*tally);
        }
    }
    let risen = places.into_iter().filter_map(|(sentence, (site, levels))| {
        let rises = levels.windows(2).all(|pair| pair[0].bytes < pair[1].bytes);
        let slope = judge_levels(&levels, requests)?;
        let place = Place {
            sentence,
            frame: profile::place(profile.stack(site)).cloned(),
            slope,
        };
        (rises || slope.course.is_some()).then_some((is_sure(&levels, slope.course), place))
    });
    let mut risen: Vec<(bool, Place)> = risen.collect();
    risen.sort_by(|(_, left), (_, right)| right.slope.bytes.total_cmp(&left.slope.bytes));
    let all: f64 = risen.iter().map(|(_, place)| place.slope.bytes).sum();
    risen.retain(|(is_sure, place)| *is_sure || place.slope.bytes * 100.0 >= all);
    let sure = risen.iter().filter(|(is_sure, _)| *is_sure).count();
    (risen.into_iter().map(|(_, place)| place).collect(), sure)
}

/// Whether a place of many is more than a table that finds its size: of a list without a bound that
/// was as long as a round of requests, five more make the fourfold, less what does not grow.
fn is_sure(levels: &[Level], course: Option<Course>) -> bool {
    match (course, levels) {
        (Some(Course::Steady), _) => true,
        (Some(Course::Steps), [first, .., last]) => {
            first.bytes > 0 && last.bytes >= first.bytes.saturating_mul(7) / 2
        }
        _ => false,
    }
}

/// What is not known counts as nothing.
pub fn level(tally: profile::Tally) -> Level {
    let known = |number: Option<u64>| i64::try_from(number.unwrap_or_default()).unwrap_or(i64::MAX);
    Level {
        blocks: known(tally.blocks),
        bytes: known(tally.bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::{Level, Tool, growing, has_rule, is_sure, judge_levels, lost, refuse_unseen, sums};
    use crate::profile;

    #[test]
    fn only_places_that_rise_in_every_round_are_named_most_first() {
        // Two places, each got twice: before the first mark and before the second.
        let mut log = "v 10400 3\ns 4 leak\ns 4 a.rs\ns 4 burst\n".to_owned();
        log += "i 1 0 1 2 7\nt 1 0\ni 2 0 3 2 9\nt 2 0\na 50 1\na 400 2\n";
        log += "+ 0\n+ 1\nc a\n+ 0\n- 1\nc 14\n+ 0\nc 1e\n";
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("log");
        std::fs::write(&file, log).unwrap();
        let profile = profile::read_at(&file, &[0x9, 0x13, 0x1d]).unwrap();
        let levels = sums(&profile, 3);
        let levels: Vec<(i64, i64)> = levels
            .iter()
            .map(|level| (level.blocks, level.bytes))
            .collect();
        assert_eq!(levels, [(2, 0x450), (2, 0xa0), (3, 0xf0)]);
        let (growing, sure) = growing(&profile, 1);
        assert_eq!(sure, 0, "80 bytes are within the noise");
        let lines: Vec<String> = growing.iter().map(ToString::to_string).collect();
        assert_eq!(lines, ["+1.000 blocks, +80.0 B a request  a.rs:7 leak"]);
    }

    #[test]
    fn a_list_that_only_grows_is_surer_than_a_table_that_finds_its_size() {
        let sure = |kilobytes: [i64; 6]| {
            let level = |kilobytes| Level {
                blocks: 1,
                bytes: kilobytes << 10,
            };
            let levels = kilobytes.map(level);
            is_sure(&levels, judge_levels(&levels, 100).unwrap().course)
        };
        assert!(sure([64, 64, 128, 128, 256, 256]));
        assert!(!sure([64, 128, 128, 128, 160, 160]));
        assert!(!sure([0, 0, 1, 1, 2, 2]));
        assert!(sure([1, 2, 3, 4, 5, 6]));
    }

    #[test]
    fn a_tool_that_sees_next_to_nothing_of_a_busy_server_is_refused() {
        let log = "v 10400 3\ns 1 f\ni 1 0 1 1 7\nt 1 0\na 50 1\n+ 0\n";
        let profile = profile::parse(log.as_bytes()).unwrap();
        let refused = refuse_unseen(Tool::Heaptrack, &profile, 1_000).unwrap_err();
        assert!(refused.to_string().contains("an allocator of its own"));
        assert!(refuse_unseen(Tool::Heaptrack, &profile, 999).is_ok());
        assert!(refuse_unseen(Tool::Memcheck, &profile, 1_000).is_ok());
    }

    #[test]
    fn a_server_that_does_not_state_its_memory_is_not_called_clean_by_dhat() {
        assert!(!has_rule(Tool::Dhat, &[]));
        assert!(has_rule(Tool::Dhat, &[Level::default(); 6]));
        assert!(!has_rule(Tool::ValgrindDhat, &[Level::default(); 6]));
        assert!(has_rule(Tool::Heaptrack, &[]));
    }

    #[test]
    fn memchecks_definite_bytes_are_a_leak_and_reachable_ones_are_not() {
        let leak = |kind| {
            let text = format!(
                "<valgrindoutput><error><kind>{kind}</kind><xwhat><leakedbytes>464</leakedbytes></xwhat></error></valgrindoutput>\n"
            );
            profile::parse(text.as_bytes()).unwrap()
        };
        assert!(lost(Tool::Memcheck, &leak("Leak_DefinitelyLost")).0);
        assert!(!lost(Tool::Memcheck, &leak("Leak_StillReachable")).0);
    }
}
