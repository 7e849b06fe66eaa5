//! Decides from a tool's output whether a program leaks. Each tool has its own rule:
//!
//! | tool | a leak is |
//! |---|---|
//! | memcheck | bytes that are definitely lost |
//! | lsan | bytes that it reports |
//! | dhat, massif | live bytes that grow in each of the equal rounds |
//! | heaptrack | the same, or growth at one call site |
//! | valgrind-dhat | no rule: it records only the state at exit |

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;

use crate::profile::{self, Callsite, Profile};
use anyhow::{Context, Result, bail};
use heapmark_model::format::plural;
use heapmark_model::growth::{GrowthPattern, Level, judge as judge_levels};
use rustix::process::Signal;

use super::crates::name_crates;
use super::growing_site::{GrowingSite, rate};
use super::lost::Lost;
use super::rounds::Marks;
use super::subject::DHAT_LINES;
use super::tool::Tool;

/// The exit code of a program if LeakSanitizer reports a leak.
const REPORTS: i32 = 23;

/// The result of a tool.
pub struct ToolFinding {
    /// Whether the tool's rule finds a leak.
    pub leaks: bool,
    /// Whether the tool has a rule for this run.
    pub has_rule: bool,
    /// The result as a sentence.
    pub sentence: String,
    /// The call sites that grow in every round or in steps, if the tool records them.
    pub growing: Vec<GrowingSite>,
    /// The profile that the tool recorded.
    pub profile: Profile,
}

/// Judges the tool's output for a server that received rounds of requests.
///
/// # Errors
///
/// - The tool wrote no profile.
/// - The tool did not see the server's heap.
/// - The server did not exit cleanly.
pub fn of_server(
    tool: Tool,
    server: &Path,
    folder: &Path,
    status: ExitStatus,
    marks: &Marks,
) -> Result<ToolFinding> {
    if !is_orderly(status) && !is_report(tool, status) {
        bail!("the server under {} exited with {status}", tool.name());
    }
    let profile = output(tool, server, folder, status, &marks.at)?;
    refuse_unseen(tool, &profile, marks.sent)?;
    let (growing, sure) = growing(&profile, marks.requests);
    let has_rule = has_rule(tool, &marks.levels);
    let (leaks, sentence) = match tool {
        Tool::Live | Tool::Plain => bail!("{} writes no profile", tool.name()),
        _ if !has_rule => no_rule(tool),
        // dhat's file contains only the state at exit, so the samples are those that the server
        // reports. massif takes a snapshot for each sample, because its automatic ones may hide a
        // leak.
        Tool::Dhat | Tool::Massif => by_growth(&marks.levels, marks.requests)?,
        Tool::Memcheck | Tool::Lsan => lost(tool, &profile),
        Tool::Heaptrack | Tool::ValgrindDhat => {
            let (leaks, sentence) = by_growth(&sums(&profile, marks.at.len()), marks.requests)?;
            // Memory that is freed elsewhere in the same round could hide growth in the sum.
            match sure {
                sure if leaks || sure == 0 => (leaks, sentence),
                1 => (true, sentence + ", but 1 call site grows"),
                more => (true, format!("{sentence}, but {more} call sites grow")),
            }
        }
    };
    Ok(ToolFinding {
        growing: if leaks { growing } else { Vec::new() },
        leaks,
        has_rule,
        sentence,
        profile,
    })
}

/// Judges the tool's output for a program that ran to its end. Only memcheck and lsan have a rule
/// for it, because growth can only be measured over rounds.
///
/// # Errors
///
/// If there is no output, or it is not a profile.
pub fn of_program(
    tool: Tool,
    program: &Path,
    folder: &Path,
    status: ExitStatus,
) -> Result<ToolFinding> {
    let profile = output(tool, program, folder, status, &[])
        .with_context(|| format!("the program exited with {status}"))?;
    let (leaks, sentence) = match tool {
        Tool::Memcheck | Tool::Lsan => lost(tool, &profile),
        _ => {
            let at_end = profile.sum(|site| site.end);
            let sentence = match profile::words(at_end) {
                Some(held) => format!("{held} live at exit, which is not a leak by itself"),
                None => "it does not record what is live at exit".to_owned(),
            };
            (false, sentence)
        }
    };
    Ok(ToolFinding {
        growing: Vec::new(),
        leaks,
        has_rule: matches!(tool, Tool::Memcheck | Tool::Lsan),
        sentence,
        profile,
    })
}

/// Whether the tool can measure growth. dhat's file contains only the state at exit, so dhat needs
/// a server that reports its live memory; massif needs its snapshots.
fn has_rule(tool: Tool, levels: &[Level]) -> bool {
    match tool {
        Tool::Dhat | Tool::Massif => !levels.is_empty(),
        _ => tool != Tool::ValgrindDhat,
    }
}

fn no_rule(tool: Tool) -> (bool, String) {
    let sentence = match tool {
        Tool::Massif => "no snapshot was taken between rounds, so growth is unknown",
        Tool::Dhat => {
            "it records only the state at exit, and heapmark reads the live memory between rounds only from its example server; use heaptrack to measure growth"
        }
        _ => "it records only the state at exit; use heaptrack to measure growth",
    };
    (false, sentence.to_owned())
}

/// Whether the exit code is that of a report by LeakSanitizer.
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
            "the program did not write {}; add these lines to it:\n\n{DHAT_LINES}",
            output.display()
        );
    }
    let length = std::fs::metadata(&output)
        .with_context(|| format!("{} did not write {}", tool.name(), output.display()))?
        .len();
    let is_silent = tool == Tool::Lsan && length == 0 && status.success();
    if length == 0 && !is_silent {
        bail!("{} wrote an empty file {}", tool.name(), output.display());
    }
    let mut profile = match is_silent {
        true => Profile::new(profile::Tool::Lsan),
        false => profile::read_at(&output, marks)?,
    };
    name_crates(&mut profile, program);
    Ok(profile)
}

/// The lowest number of blocks that a server allocates for its start and some requests.
const FEWEST_BLOCKS: u64 = 100;
/// The number of requests from which on a lower number of blocks is not plausible.
const BELIEVED: u64 = 1_000;

/// Rejects a server whose blocks the tool did not see. Such a server does not use the system's
/// allocator, so every leak would be reported as clean.
fn refuse_unseen(tool: Tool, profile: &Profile, sent: u64) -> Result<()> {
    // Only heaptrack's verdict depends on the blocks that it saw.
    if tool != Tool::Heaptrack {
        return Ok(());
    }
    let blocks = profile.asked_for_by_program().unwrap_or_default();
    if blocks >= FEWEST_BLOCKS || sent < BELIEVED {
        return Ok(());
    }
    bail!(
        "{} saw only {} of the server in {sent} requests, so it does not see its heap: it replaces malloc, and the server seems to contain its own allocator; build the server with the system's allocator",
        tool.name(),
        plural(blocks as usize, "allocation"),
    )
}

/// Whether the server exited cleanly after SIGTERM. A server without a handler is terminated by the
/// signal, which a shell around it reports as 128 + 15.
fn is_orderly(status: ExitStatus) -> bool {
    let terminated = Signal::TERM.as_raw();
    status.success()
        || status.signal() == Some(terminated)
        || status.code() == Some(128 + terminated)
}

fn by_growth(levels: &[Level], requests: u64) -> Result<(bool, String)> {
    let growth = judge_levels(levels, requests).context("too few samples to measure growth")?;
    // In the sum over the whole server, steps can be many tables that each reach their final size.
    let steady = growth.course == Some(GrowthPattern::Steady);
    let rounds = if steady {
        "in every round"
    } else {
        "not in every round"
    };
    let sentence = format!("{}, {rounds}", rate(&growth));
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

/// The live memory at each sample, over all call sites.
fn sums(profile: &Profile, marks: usize) -> Vec<Level> {
    let at = |mark: usize| {
        let sites = profile.callsites.iter();
        let live = sites.filter_map(|site| site.marks.get(mark));
        live.fold(Level::default(), |sum, tally| sum + level(*tally))
    };
    (0..marks).map(at).collect()
}

/// The call sites whose live bytes rise from each sample to the next or in steps, most growth
/// first, and the number of them that are certainly leaks. Growth below a hundredth of the whole is
/// left out, because a buffer can happen to be larger.
fn growing(profile: &Profile, requests: u64) -> (Vec<GrowingSite>, usize) {
    // Stacks that differ only in outer callers are one call site.
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
        let place = GrowingSite {
            sentence,
            frame: profile::place(profile.stack(site)).cloned(),
            slope,
        };
        (rises || slope.course.is_some()).then_some((is_sure(&levels, slope.course), place))
    });
    let mut risen: Vec<(bool, GrowingSite)> = risen.collect();
    risen.sort_by(|(_, left), (_, right)| right.slope.bytes.total_cmp(&left.slope.bytes));
    let all: f64 = risen.iter().map(|(_, place)| place.slope.bytes).sum();
    risen.retain(|(is_sure, place)| *is_sure || place.slope.bytes * 100.0 >= all);
    let sure = risen.iter().filter(|(is_sure, _)| *is_sure).count();
    (risen.into_iter().map(|(_, place)| place).collect(), sure)
}

/// Whether the growth of one call site is certainly a leak and not a table that reaches its final
/// size. An unbounded list that is one round long after the warm-up has about four times as many
/// bytes after five more rounds, less the part that does not grow.
fn is_sure(levels: &[Level], course: Option<GrowthPattern>) -> bool {
    match (course, levels) {
        (Some(GrowthPattern::Steady), _) => true,
        (Some(GrowthPattern::Steps), [first, .., last]) => {
            first.bytes > 0 && last.bytes >= first.bytes.saturating_mul(7) / 2
        }
        _ => false,
    }
}

/// The tally as a level; unknown numbers are 0.
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
    fn only_call_sites_that_rise_in_every_round_are_named_most_first() {
        // Two call sites, each with two allocations: before the first sample and before the second.
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
        assert_eq!(lines, ["+80 B +1 block a request  a.rs:7 leak"]);
    }

    #[test]
    fn a_list_that_only_grows_is_a_leak_and_a_table_that_reaches_its_size_is_not() {
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
        assert!(refused.to_string().contains("its own allocator"));
        assert!(refuse_unseen(Tool::Heaptrack, &profile, 999).is_ok());
        assert!(refuse_unseen(Tool::Memcheck, &profile, 1_000).is_ok());
    }

    #[test]
    fn dhat_does_not_report_a_server_without_samples_as_clean() {
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
