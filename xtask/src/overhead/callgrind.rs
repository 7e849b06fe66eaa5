//! Counts the instructions per pair with callgrind. It does not measure time.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

use super::binaries::{Binaries, WRAPPERS};

/// Instructions per pair by wrapper; `None` if valgrind is not installed.
pub type Instructions = Option<BTreeMap<&'static str, f64>>;

/// Pairs of the shorter and the longer run. Their difference removes what both have in common,
/// mostly start-up. The shorter run is long enough to contain everything that happens only the
/// first time.
const SHORT: u64 = 1_000;
const LONG: u64 = 11_000;

/// Counts every wrapper.
pub fn per_pair(binaries: &Binaries) -> anyhow::Result<Instructions> {
    let mut counts = BTreeMap::new();
    for wrapper in WRAPPERS {
        let path = binaries.path(wrapper, 0);
        let (Some(short), Some(long)) = (collected(&path, SHORT)?, collected(&path, LONG)?) else {
            return Ok(None);
        };
        let difference = long as f64 - short as f64;
        counts.insert(wrapper, difference / (LONG - SHORT) as f64);
    }
    Ok(Some(counts))
}

/// Instructions of one run; `None` if valgrind is not installed.
fn collected(binary: &Path, pairs: u64) -> anyhow::Result<Option<u64>> {
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(binary)
        .args(["count", &pairs.to_string()])
        .output();
    let output = match run {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        other => other.context("cannot run `valgrind`")?,
    };
    let text = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!(
            "callgrind failed on {}; its output was:\n{text}",
            binary.display()
        );
    }
    let counted = parse(&text);
    counted.map(Some).with_context(|| {
        format!("callgrind printed no number of instructions; its output was:\n{text}")
    })
}

/// The number of instructions in the last lines of callgrind: `==123== Collected : 456`.
fn parse(text: &str) -> Option<u64> {
    let mut lines = text.lines();
    let collected = lines.find_map(|line| line.split_once("Collected :"))?.1;
    collected.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn the_collected_instructions_are_found() {
        let text = "==7== Callgrind, a call-graph generating cache profiler\n\
                    ==7== \n==7== Events    : Ir\n==7== Collected : 1985041\n==7== \n\
                    ==7== I   refs:      1,985,041\n";
        assert_eq!(parse(text), Some(1_985_041));
    }

    #[test]
    fn a_run_that_collected_nothing_has_no_number() {
        assert_eq!(parse("==7== Collected : \n"), None);
        assert_eq!(parse("valgrind: unknown tool"), None);
    }
}
