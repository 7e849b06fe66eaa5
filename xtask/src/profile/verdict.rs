//! What a tool's output says about leaks, by the rule that fits what the tool can see.
//!
//! | tool | a leak is |
//! |---|---|
//! | memcheck | bytes that are definitely lost |
//! | dhat, heaptrack, massif | live bytes that grow in every one of the equal rounds |
//! | valgrind-dhat | not told: it only knows the end |

use std::path::Path;
use std::process::ExitStatus;

use anyhow::{Context, Result, bail};
use heapmark::profile::{self, Kind, Profile};

use super::growth::{Level, growth};
use super::rounds::Marks;
use super::tool::Tool;

pub struct Verdict {
    pub leaks: bool,
    pub sentence: String,
    /// All that the tool found out.
    pub profile: Profile,
}

pub fn judge(tool: Tool, folder: &Path, status: ExitStatus, marks: &Marks) -> Result<Verdict> {
    let output = folder.join(tool.output());
    let length = std::fs::metadata(&output)
        .with_context(|| format!("{} left no output, {}", tool.name(), output.display()))?
        .len();
    if length == 0 {
        bail!("{} left an empty output, {}", tool.name(), output.display());
    }
    if !status.success() {
        bail!("the server under {} ended with {status}", tool.name());
    }
    let profile = profile::read(&output)?;
    let (leaks, sentence) = match tool {
        // dhat's own file knows the end alone; the server tells of itself at each mark.
        Tool::Dhat => by_growth(&marks.levels, marks.requests)?,
        Tool::ValgrindDhat => (
            false,
            "it knows the end only, and has no rule for leaks".to_owned(),
        ),
        Tool::Memcheck => lost(&profile),
        Tool::Massif | Tool::Heaptrack => {
            by_growth(&levels_at(&profile, &marks.at), marks.requests)?
        }
    };
    Ok(Verdict {
        leaks,
        sentence,
        profile,
    })
}

fn by_growth(levels: &[Level], requests: u64) -> Result<(bool, String)> {
    let growth = growth(levels, requests).context("too few marks to tell growth")?;
    let blocks = match levels.iter().any(|level| level.blocks != 0) {
        true => format!(" and {:+.3} blocks", growth.blocks),
        false => String::new(),
    };
    let rounds = if growth.steady {
        "in every round"
    } else {
        "not in every round"
    };
    let sentence = format!("{:+.1} B{blocks} a request, {rounds}", growth.bytes);
    Ok((growth.steady, sentence))
}

/// Definite bytes of memcheck's XML already hold what is lost with them.
fn lost(profile: &Profile) -> (bool, String) {
    let sites = profile.callsites.iter();
    let definite = sites.filter(|site| site.kind == Some(Kind::Lost));
    let bytes: u64 = definite.clone().filter_map(|site| site.end.bytes).sum();
    let sentence = format!(
        "{bytes} B definitely lost at {} call stacks",
        definite.count()
    );
    (bytes > 0, sentence)
}

/// What lived at each mark: the last moment before it that the tool knows.
fn levels_at(profile: &Profile, marks: &[u64]) -> Vec<Level> {
    let at = |mark: &u64| {
        let before = profile
            .timeline
            .iter()
            .take_while(|moment| moment.at <= *mark);
        let live = before.last().map(|moment| moment.live).unwrap_or_default();
        let known =
            |number: Option<u64>| i64::try_from(number.unwrap_or_default()).unwrap_or(i64::MAX);
        Level {
            blocks: known(live.blocks),
            bytes: known(live.bytes),
        }
    };
    marks.iter().map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::{levels_at, lost};
    use heapmark::profile;

    #[test]
    fn a_mark_takes_the_last_moment_before_it() {
        let log = "v 10400 2\na 10 0\na 20 0\n+ 0\nc a\nR 1\n+ 1\n+ 1\nc 14\nR 1\n- 0\nc 1e\nR 1\n";
        let profile = profile::parse(log.as_bytes()).unwrap();
        let levels = levels_at(&profile, &[0x9, 0xa, 0x16, 0x40]);
        let levels: Vec<(i64, i64)> = levels
            .iter()
            .map(|level| (level.blocks, level.bytes))
            .collect();
        assert_eq!(levels, [(0, 0), (1, 0x10), (3, 0x50), (2, 0x40)]);
    }

    #[test]
    fn memchecks_definite_bytes_are_a_leak_and_reachable_ones_are_not() {
        let leak = |kind| {
            let text = format!(
                "<valgrindoutput><error><kind>{kind}</kind><xwhat><leakedbytes>464</leakedbytes></xwhat></error></valgrindoutput>\n"
            );
            profile::parse(text.as_bytes()).unwrap()
        };
        assert!(lost(&leak("Leak_DefinitelyLost")).0);
        assert!(!lost(&leak("Leak_StillReachable")).0);
    }
}
