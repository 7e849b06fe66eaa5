//! Flags of `report` that only this repository has: measurements before the report.

use anyhow::Result;

use crate::{allocators, contention};

/// The extra measurements before a report.
#[derive(clap::Args)]
pub struct Arguments {
    /// Before the report, run the same work under each of these allocators and compare the others
    /// with the first. All: system,jemalloc,mimalloc,snmalloc,rpmalloc,dlmalloc.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    allocators: Vec<allocators::Name>,
    /// Before the report, measure how much slower operations are if several threads use the same
    /// object at once.
    #[arg(long)]
    contention: bool,
}

/// Runs the extra measurements.
pub fn before(arguments: &Arguments) -> Result<()> {
    if !arguments.allocators.is_empty() {
        allocators::run(&arguments.allocators)?;
    }
    if arguments.contention {
        contention::run()?;
    }
    Ok(())
}
