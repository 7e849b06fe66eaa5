//! Flags of `report` that only this repository has: measurements before the report.

use anyhow::Result;

use crate::{allocators, contention};

/// The extra measurements before a report.
#[derive(clap::Args)]
pub struct Arguments {
    /// First compare these allocators with the same work; the first one is the base. All:
    /// system,jemalloc,mimalloc,snmalloc,rpmalloc,dlmalloc.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    allocators: Vec<allocators::Name>,
    /// First measure what threads cost each other if they use the same thing at once.
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
