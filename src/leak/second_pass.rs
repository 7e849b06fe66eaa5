//! Runs the second pass in a fresh process, if one that does the same can be started. Its statics
//! and thread-locals are empty, as in the first pass. A step that hangs, crashes or exits there
//! does not affect the verdict of the first pass.
//!
//! ```text
//!  this process: first pass ─▶ First ──the same program, arguments and input──▶ second pass
//!                                                                                    │
//!                report ◀─ CallSites ◀──────── lines on its stdout ──────────────────┘
//! ```

use std::env;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, ExitStatus, Output, Stdio, exit};
use std::time::Duration;

use crate::alloc::Live;
use heapmark_model::record::{Frame, Verdict};

use super::callsite::Callsite;
use super::stacks::CallSites;

/// Environment variable of a process that runs only the second pass: the result of the first pass.
const VARIABLE: &str = "HEAPMARK_LEAK_SECOND_PASS";
/// Exit code of a second pass that did not finish, the same as of timeout(1). Nothing is printed
/// then, because a step that hangs may hold the lock of a stream.
pub(super) const LATE: i32 = 124;
/// Precedes the result in the output of the second pass.
const MARK: &str = "\u{1}heapmark second pass\n";

/// The data of the first pass that the second pass needs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct First {
    pub verdict: Verdict,
    pub steps: u64,
    /// Its duration.
    pub took: Duration,
    /// Live memory after the state was dropped.
    pub after_drop: Live,
    /// Growth of live memory between the first step and the last.
    pub grown: Live,
}

/// The result of the second pass, or the reason why it has none.
pub(super) type Found = Result<CallSites, String>;

/// The result of the first pass, if this process was started to run the second.
pub(super) fn asked() -> Option<First> {
    let asked = env::var(VARIABLE).ok()?;
    let (asker, first) = asked.split_once(' ')?;
    // A process that a step starts inherits the variable but has another parent.
    #[cfg(unix)]
    if asker.parse() != Ok(std::os::unix::process::parent_id()) {
        return None;
    }
    let _ = asker;
    First::read(first)
}

/// Starts this program again for the second pass, with `input` on its stdin. That process ends
/// itself after `limit`.
pub(super) fn ask(first: &First, input: &str, limit: Duration) -> Found {
    let output = start(first, input)
        .map_err(|error| format!("could not start a process for the second pass: {error}"))?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    let found = stdout.rsplit_once(MARK).and_then(|(_, said)| read(said));
    found.unwrap_or_else(|| match output.status.code() {
        Some(LATE) => Err(late(limit)),
        _ => Err(died(output.status, &output.stderr)),
    })
}

/// The reason why a second pass that did not finish has no result.
pub(super) fn late(limit: Duration) -> String {
    format!("the second pass did not end within {limit:?}")
}

fn start(first: &First, input: &str) -> std::io::Result<Output> {
    let mut child = Command::new(env::current_exe()?)
        .args(env::args_os().skip(1))
        .env(
            VARIABLE,
            format!("{} {}", std::process::id(), first.write()),
        )
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A process that ends before it reads is noticed below.
        let _ = writeln!(stdin, "{input}");
    }
    child.wait_with_output()
}

fn died(status: ExitStatus, stderr: &[u8]) -> String {
    let stderr = String::from_utf8_lossy(stderr);
    let last = stderr.lines().rfind(|line| !line.trim().is_empty());
    let last = last.map_or_else(String::new, |line| format!(": {}", line.trim()));
    format!("the process of the second pass ended early ({status}){last}")
}

/// Prints the result of a second pass and ends its process.
pub(super) fn answer(found: &Found) -> ! {
    // A closed pipe means that the parent no longer needs the result.
    let _ = write!(std::io::stdout(), "\n{MARK}{}", write(found));
    exit(0);
}

impl First {
    fn write(&self) -> String {
        let Self {
            verdict,
            steps,
            took,
            after_drop,
            grown,
        } = self;
        let verdict = verdict.to_string();
        let took = took.as_nanos();
        let [left, grown] =
            [after_drop, grown].map(|live| format!("{} {}", live.bytes, live.blocks));
        format!("{verdict} {steps} {took} {left} {grown}")
    }

    fn read(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split(' ').collect();
        let [verdict, steps, took, numbers @ ..] = words.as_slice() else {
            return None;
        };
        let known = [
            Verdict::Steady,
            Verdict::Leak,
            Verdict::Retains,
            Verdict::Undecided,
        ];
        let numbers: Vec<i64> = numbers.iter().map_while(|word| word.parse().ok()).collect();
        let &[left_bytes, left_blocks, grown_bytes, grown_blocks] = numbers.as_slice() else {
            return None;
        };
        let live = |bytes, blocks| Live { bytes, blocks };
        Some(Self {
            verdict: known.into_iter().find(|one| one.to_string() == *verdict)?,
            steps: steps.parse().ok()?,
            took: Duration::from_nanos(took.parse().ok()?),
            after_drop: live(left_bytes, left_blocks),
            grown: live(grown_bytes, grown_blocks),
        })
    }
}

/// Encodes the result: one item per line, with tabs between its parts.
fn write(found: &Found) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let mut line = |parts: &[&dyn std::fmt::Display]| {
        let parts = parts
            .iter()
            .map(|part| part.to_string().replace(['\t', '\n'], " "));
        let _ = writeln!(text, "{}", parts.collect::<Vec<_>>().join("\t"));
    };
    match found {
        Err(why) => line(&[&"failed", why]),
        Ok(call_sites) => {
            if let Some(how) = &call_sites.how {
                line(&[&"grows", how]);
            }
            if call_sites.is_lost {
                line(&[&"lost"]);
            }
            if call_sites.disturbances > 0 {
                line(&[&"disturbances", &call_sites.disturbances]);
            }
            if let Some(why) = &call_sites.missing {
                line(&[&"missing", why]);
            }
            if call_sites.unlisted > 0 {
                line(&[&"unlisted", &call_sites.unlisted]);
            }
            for site in &call_sites.callsites {
                line(&[&"site", &site.bytes_per_step, &site.blocks_per_step]);
                for frame in &site.frames {
                    line(&[&"frame", &frame.line, &frame.file, &frame.function]);
                }
            }
        }
    }
    line(&[&"end"]);
    text
}

/// Decodes the output of [`write()`]; `None` if its end is missing.
fn read(text: &str) -> Option<Found> {
    let mut call_sites = CallSites::default();
    for line in text.lines() {
        let parts: Vec<&str> = line.split('\t').collect();
        match parts.as_slice() {
            ["failed", why] => return Some(Err((*why).to_owned())),
            ["grows", how] => call_sites.how = Some((*how).to_owned()),
            ["lost"] => call_sites.is_lost = true,
            ["disturbances", events] => call_sites.disturbances = events.parse().ok()?,
            ["missing", why] => call_sites.missing = Some((*why).to_owned()),
            ["unlisted", count] => call_sites.unlisted = count.parse().ok()?,
            ["site", bytes, blocks] => call_sites.callsites.push(Callsite {
                bytes_per_step: bytes.parse().ok()?,
                blocks_per_step: blocks.parse().ok()?,
                frames: Vec::new(),
            }),
            ["frame", line, file, function] => {
                call_sites.callsites.last_mut()?.frames.push(Frame {
                    function: (*function).to_owned(),
                    file: (*file).to_owned(),
                    line: line.parse().ok()?,
                })
            }
            ["end"] => return Some(Ok(call_sites)),
            _ => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_process_writes_the_other_reads() {
        let live = |bytes, blocks| Live { bytes, blocks };
        let first = First {
            verdict: Verdict::Leak,
            steps: 175_000,
            took: Duration::from_nanos(12_345),
            after_drop: live(-3, 0),
            grown: live(1 << 40, 7),
        };
        assert_eq!(First::read(&first.write()), Some(first));
        let frame = |line| Frame {
            function: "app::keep<T, U>".to_owned(),
            file: "src/my cache.rs".to_owned(),
            line,
        };
        let site = |bytes_per_step, frames| Callsite {
            bytes_per_step,
            blocks_per_step: 1.0 / 3.0,
            frames,
        };
        let call_sites = CallSites {
            how: Some("steadily".to_owned()),
            is_lost: true,
            disturbances: 3,
            missing: Some("two\nlines".to_owned()),
            callsites: vec![site(0.1, vec![frame(1), frame(2)]), site(7.0, Vec::new())],
            unlisted: 2,
        };
        let written = write(&Ok(call_sites.clone()));
        let mut expected = call_sites;
        expected.missing = Some("two lines".to_owned());
        assert_eq!(read(&written), Some(Ok(expected)));
        let cut = written.len() - 5;
        assert_eq!(read(&written[..cut]), None);
        let failed: Found = Err("it panicked".to_owned());
        assert_eq!(read(&write(&failed)), Some(failed));
    }
}
