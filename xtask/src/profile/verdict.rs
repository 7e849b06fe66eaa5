//! What a tool's output says about leaks, by the rule that fits what the tool can see.
//!
//! | tool | a leak is |
//! |---|---|
//! | memcheck | bytes that are definitely lost |
//! | dhat, heaptrack, massif | live bytes that grow in every one of the equal rounds |
//! | valgrind-dhat | not told: it only knows the end |

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};
use regex::Regex;

use super::growth::{Level, growth};
use super::rounds::Marks;
use super::tool::Tool;

pub struct Verdict {
    pub leaks: bool,
    pub sentence: String,
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
    let of = |levels: &[Level]| by_growth(levels, marks.requests);
    match tool {
        Tool::Dhat => {
            json(&output)?;
            of(&marks.levels)
        }
        Tool::ValgrindDhat => {
            json(&output)?;
            let sentence = String::from("it knows the end only, and has no rule for leaks");
            Ok(Verdict {
                leaks: false,
                sentence,
            })
        }
        Tool::Memcheck => memcheck(&std::fs::read_to_string(&output)?),
        Tool::Massif => of(&marks.levels),
        Tool::Heaptrack => of(&heaptrack(&output, &marks.at)?),
    }
}

fn json(path: &Path) -> Result<()> {
    let file = BufReader::new(std::fs::File::open(path)?);
    let _: serde::de::IgnoredAny =
        serde_json::from_reader(file).with_context(|| path.display().to_string())?;
    Ok(())
}

fn by_growth(levels: &[Level], requests: u64) -> Result<Verdict> {
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
    Ok(Verdict {
        leaks: growth.steady,
        sentence: format!("{:+.1} B{blocks} a request, {rounds}", growth.bytes),
    })
}

/// Definite bytes of memcheck's XML already hold what is lost with them.
fn memcheck(xml: &str) -> Result<Verdict> {
    if !xml.trim_end().ends_with("</valgrindoutput>") {
        bail!("memcheck's output breaks off");
    }
    let definite =
        Regex::new(r"(?s)<kind>Leak_DefinitelyLost</kind>.*?<leakedbytes>([0-9]+)</leakedbytes>")?;
    let mut bytes = 0_u64;
    let mut sites = 0;
    for found in definite.captures_iter(xml) {
        bytes += found[1].parse::<u64>()?;
        sites += 1;
    }
    Ok(Verdict {
        leaks: bytes > 0,
        sentence: format!("{bytes} B definitely lost at {sites} call stacks"),
    })
}

/// What lives at each mark, from heaptrack's log of every allocation: `a SIZE TRACE` names a kind
/// of allocation, `+ KIND` and `- KIND` are events, `c MS` is the time; all in hexadecimal.
fn heaptrack(path: &Path, marks: &[u64]) -> Result<Vec<Level>> {
    let mut zstd = Command::new("zstd")
        .arg("-dcq")
        .arg(path)
        .stdout(Stdio::piped())
        .spawn()
        .context("zstd; install it with: sudo apt-get install -y zstd")?;
    let log = zstd.stdout.take().context("zstd has no output")?;
    let levels = log_levels(BufReader::new(log), marks);
    let ended = zstd.wait()?;
    let levels = levels?;
    if !ended.success() {
        bail!("heaptrack's file breaks off");
    }
    Ok(levels)
}

fn log_levels(mut log: impl BufRead, marks: &[u64]) -> Result<Vec<Level>> {
    let mut sizes = Vec::new();
    let mut live = Level::default();
    let mut levels = Vec::new();
    let mut line = Vec::new();
    while log.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line);
        let mut words = text.split_ascii_whitespace();
        let (kind, word) = (words.next(), words.next());
        let number = || i64::from_str_radix(word.unwrap_or_default(), 16);
        match kind {
            Some("a") => sizes.push(number()?),
            Some(sign @ ("+" | "-")) => {
                let size = usize::try_from(number()?)
                    .ok()
                    .and_then(|kind| sizes.get(kind));
                let size =
                    size.context("heaptrack's file names an allocation that it does not have")?;
                let sign = if sign == "+" { 1 } else { -1 };
                live.blocks += sign;
                live.bytes += sign * size;
            }
            Some("c") => {
                let now = u64::try_from(number()?)?;
                while marks.get(levels.len()).is_some_and(|&mark| mark < now) {
                    levels.push(live);
                }
            }
            _ => {}
        }
        line.clear();
    }
    levels.resize(marks.len(), live);
    Ok(levels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heaptracks_log_is_read_at_the_marks() {
        let log = "v 10400 2\na 10 1\na 20 1\n+ 0\nc a\n+ 1\n+ 1\nc 14\n- 0\nc 1e\n";
        let levels = log_levels(log.as_bytes(), &[0x9, 0x12, 0x40]).unwrap();
        let level = |blocks, bytes| Level { blocks, bytes };
        assert_eq!(levels, [level(1, 0x10), level(3, 0x50), level(2, 0x40)]);
        assert!(log_levels("+ 7\n".as_bytes(), &[1]).is_err());
    }

    #[test]
    fn memchecks_definite_bytes_are_a_leak_and_reachable_ones_are_not() {
        let leak = |kind| {
            format!(
                "<valgrindoutput><error><kind>{kind}</kind><xwhat><leakedbytes>464</leakedbytes></xwhat></error></valgrindoutput>\n"
            )
        };
        assert!(memcheck(&leak("Leak_DefinitelyLost")).unwrap().leaks);
        assert!(!memcheck(&leak("Leak_StillReachable")).unwrap().leaks);
        assert!(memcheck("<valgrindoutput>").is_err());
    }
}
