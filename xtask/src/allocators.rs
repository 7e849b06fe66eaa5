//! `report --allocators A,B,…`: the same fixed work under several allocators, before the report.
//!
//! ```text
//! build a binary an allocator ─▶ rounds: every work under every allocator, in random order
//!                                └─▶ medians ─▶ results/allocators/MACHINE/…json ─▶ the site
//! ```
//!
//! The first allocator runs twice in each round: by how much it differs from itself is the noise
//! that everything else stands beside.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use heapmark::record::{Allocator, AllocatorMeasurement, AllocatorResult, AllocatorStudy, Sample};
use heapmark::runner::{Environment, Workspace};
use heapmark::store::Store;
use heapmark::view;

use crate::locked::locked;

/// Flags of `report` that only this repository has.
#[derive(clap::Args)]
pub struct Arguments {
    /// Compare these allocators by the same work first; the first of them is what the others are
    /// held against. All: system,jemalloc,mimalloc,snmalloc,rpmalloc,dlmalloc.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub allocators: Vec<Name>,
}

/// An allocator that has a binary in benches/allocators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Name {
    System,
    Jemalloc,
    Mimalloc,
    Snmalloc,
    Rpmalloc,
    Dlmalloc,
}

impl Name {
    fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Jemalloc => "jemalloc",
            Self::Mimalloc => "mimalloc",
            Self::Snmalloc => "snmalloc",
            Self::Rpmalloc => "rpmalloc",
            Self::Dlmalloc => "dlmalloc",
        }
    }

    /// The crate that it comes from; the system's comes from none.
    fn package(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Jemalloc => Some("tikv-jemallocator"),
            Self::Mimalloc => Some("mimalloc"),
            Self::Snmalloc => Some("snmalloc-rs"),
            Self::Rpmalloc => Some("rpmalloc"),
            Self::Dlmalloc => Some("dlmalloc"),
        }
    }
}

/// Processes for each work and allocator.
const ROUNDS: u32 = 5;
/// Work takes well below a second; one that takes this long hangs.
const PATIENCE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(1);

/// Compares the allocators and records the result.
pub fn run(names: &[Name]) -> Result<()> {
    for (position, name) in names.iter().enumerate() {
        ensure!(
            !names[..position].contains(name),
            "{} is named twice",
            name.as_str()
        );
    }
    let workspace = Workspace::find(&std::env::current_dir()?)?;
    let results = workspace.root.join("results");
    let target = workspace.bench(Some("memory_benchmarks"), None)?;
    let environment = Environment::read(&workspace.root, &target.package, &results, None)?;
    let provenance = environment.provenance().map_err(anyhow::Error::msg)?;
    let store = Store::open(results);
    store.check_writable()?;
    build(&workspace.root, names)?;
    let folder = workspace.target.join("release");
    let binary = |name: Name| folder.join(format!("allocator-{}", name.as_str()));
    let measured = rounds(names, &binary)?;
    let study = AllocatorStudy {
        provenance,
        processes: ROUNDS,
        allocators: allocators(&workspace.root, names),
        results: measured,
    };
    let path = store.save_beside(&study)?;
    say("Stored", &path.display().to_string())?;
    for finding in view::allocator_findings(&study) {
        say("Allocator", &finding)?;
    }
    Ok(())
}

fn build(root: &Path, names: &[Name]) -> Result<()> {
    let features: Vec<&str> = names
        .iter()
        .filter(|name| name.package().is_some())
        .map(|name| name.as_str())
        .collect();
    say("Building", "a binary for each allocator")?;
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--release", "--package", "heapmark-allocators"])
        .args(["--features", &features.join(",")])
        .current_dir(root)
        .status()
        .context("starting cargo")?;
    ensure!(
        status.success(),
        "the allocators were not built; mend what cargo reports above"
    );
    Ok(())
}

/// A turn of an allocator: the first one has two.
type Turn = (Name, bool);

fn rounds(names: &[Name], binary: &dyn Fn(Name) -> PathBuf) -> Result<Vec<AllocatorResult>> {
    let first = *names.first().context("no allocator is named")?;
    let works = ask(&binary(first), None)?;
    let works: Vec<&str> = works.lines().collect();
    let turns: Vec<Turn> = names
        .iter()
        .map(|name| (*name, false))
        .chain([(first, true)])
        .collect();
    let plan: Vec<(usize, Turn)> = (0..works.len())
        .flat_map(|work| turns.iter().map(move |turn| (work, *turn)))
        .collect();
    say(
        "Running",
        &format!("{} processes", plan.len() * ROUNDS as usize),
    )?;
    let mut random = fastrand::Rng::new();
    let mut seen: BTreeMap<(usize, Turn), Vec<AllocatorMeasurement>> = BTreeMap::new();
    for _ in 0..ROUNDS {
        let mut order = plan.clone();
        random.shuffle(&mut order);
        for (work, turn) in order {
            let line = ask(&binary(turn.0), Some(works[work]))?;
            let measurement = serde_json::from_str(&line)
                .with_context(|| format!("{} printed no measurement: {line}", turn.0.as_str()))?;
            seen.entry((work, turn)).or_default().push(measurement);
        }
    }
    let results = plan.into_iter().filter_map(|(work, turn)| {
        let measured = seen.get(&(work, turn))?;
        let sample =
            |of: fn(&AllocatorMeasurement) -> u64| sample(measured.iter().map(of).collect());
        Some(AllocatorResult {
            work: works[work].to_owned(),
            allocator: turn.0.as_str().to_owned(),
            again: turn.1,
            cpu_nanoseconds: sample(|m| m.cpu_nanoseconds),
            minor_faults: sample(|m| m.minor_faults),
            highest_resident: sample(|m| m.highest_resident),
            anonymous_after: sample(|m| m.anonymous_after),
            held: measured.first()?.held,
        })
    });
    Ok(results.collect())
}

fn sample(mut values: Vec<u64>) -> Sample {
    values.sort_unstable();
    let at = |index: usize| values.get(index).copied().unwrap_or_default();
    Sample {
        min: at(0),
        median: at(values.len() / 2),
        max: at(values.len().saturating_sub(1)),
    }
}

/// What a process prints, which ends in time and well.
fn ask(binary: &Path, work: Option<&str>) -> Result<String> {
    let mut child = Command::new(binary)
        .args(work)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| binary.display().to_string())?;
    let what = || format!("{} {}", binary.display(), work.unwrap_or_default());
    let deadline = Instant::now() + PATIENCE;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if Instant::now() >= deadline {
            let _ = child.kill();
            let _ = child.wait();
            bail!("{} did not end within {} s", what(), PATIENCE.as_secs());
        }
        thread::sleep(GLANCE);
    };
    // A line or a few names fit the pipe, so that nobody waits for a reader.
    let mut text = String::new();
    if let Some(mut out) = child.stdout.take() {
        out.read_to_string(&mut text)?;
    }
    ensure!(status.success(), "{} ended with {status}", what());
    Ok(text)
}

/// The allocators with the versions that the lock file holds.
fn allocators(root: &Path, names: &[Name]) -> Vec<Allocator> {
    let named = names.iter().map(|name| Allocator {
        name: name.as_str().to_owned(),
        version: name.package().and_then(|package| locked(root, package)),
    });
    named.collect()
}

fn say(word: &str, text: &str) -> io::Result<()> {
    writeln!(io::stderr(), "{word:>10}  {text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_fails_or_says_nothing_of_use_is_named() {
        let failed = rounds(&[Name::System], &|_| "false".into()).unwrap_err();
        assert!(format!("{failed:#}").contains("ended with"), "{failed:#}");
        let odd = rounds(&[Name::System], &|_| "echo".into()).unwrap_err();
        assert!(
            format!("{odd:#}").contains("printed no measurement"),
            "{odd:#}"
        );
        let missing = rounds(&[Name::System], &|_| "/no/such/binary".into()).unwrap_err();
        assert!(
            format!("{missing:#}").contains("/no/such/binary"),
            "{missing:#}"
        );
    }

    #[test]
    fn a_sample_has_the_middle_one() {
        let three = sample(vec![5, 1, 9]);
        assert_eq!((three.min, three.median, three.max), (1, 5, 9));
    }
}
