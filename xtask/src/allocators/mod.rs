//! `report --allocators A,B,…`: runs the same work under several allocators, and stores a record,
//! before the report.
//!
//! ```text
//! build binaries for each allocator ─┬─▶ works   fixed work: CPU time, faults, memory
//!                                    └─▶ suite   every case of the suite: time
//!        each in rounds, interleaved at random ─▶ results/allocators/…json ─▶ the site
//! ```
//!
//! The first allocator runs twice in each round. The difference between its two runs is the noise
//! of the measurement.

mod suite;
mod works;

use std::path::Path;
use std::process::Command;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result, ensure};
use heapmark_model::record::{Allocator, AllocatorRecord};
use heapmark_site::view;

use crate::measurement::Measurement;
use crate::processes::say;
use cargo_heapmark::runner::locked;

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

    /// The crate that contains it; none for the allocator of the system.
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

/// An allocator, and whether this is its second run. Only the first allocator has one.
type Turn = (Name, bool);

fn turns(names: &[Name]) -> Vec<Turn> {
    let once = names.iter().map(|name| (*name, false));
    let again = names.first().map(|first| (*first, true));
    once.chain(again).collect()
}

/// Compares the allocators and records the result.
pub fn run(names: &[Name]) -> Result<()> {
    static NEVER: AtomicBool = AtomicBool::new(false);
    for (position, name) in names.iter().enumerate() {
        ensure!(
            !names[..position].contains(name),
            "--allocators names `{}` twice",
            name.as_str()
        );
    }
    let begun = Measurement::begin("memory_benchmarks")?;
    let workspace = &begun.workspace;
    build(&workspace.root, names)?;
    let folder = workspace.target.join("release");
    let binary = |name: Name| folder.join(format!("allocator-{}", name.as_str()));
    let results = works::measure(names, &binary)?;
    let triple = &begun.environment.toolchain.target;
    let cases = suite::measure(names, workspace, triple, &NEVER)?;
    let measurement = AllocatorRecord {
        provenance: begun.provenance.clone(),
        processes: works::ROUNDS,
        allocators: allocators(&workspace.root, names),
        results,
        cases,
    };
    begun.save(&measurement)?;
    for finding in view::allocator_findings(&measurement) {
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
        .context("cannot run `cargo`")?;
    ensure!(
        status.success(),
        "the allocators do not build; see the errors of cargo above"
    );
    Ok(())
}

/// The allocators, with their versions in the lock file.
fn allocators(root: &Path, names: &[Name]) -> Vec<Allocator> {
    let named = names.iter().map(|name| Allocator {
        name: name.as_str().to_owned(),
        version: name.package().and_then(|package| locked(root, package)),
    });
    named.collect()
}
