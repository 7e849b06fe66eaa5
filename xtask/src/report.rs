//! Flags of `report` that only this repository has: studies that are made before the report.

use anyhow::Result;

use crate::{allocators, contention};

/// Which studies.
#[derive(clap::Args)]
pub struct Arguments {
    /// Compare these allocators by the same work first; the first of them is what the others are
    /// held against. All: system,jemalloc,mimalloc,snmalloc,rpmalloc,dlmalloc.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    allocators: Vec<allocators::Name>,
    /// Measure what threads that want the same thing cost each other first.
    #[arg(long)]
    contention: bool,
}

/// Makes them.
pub fn before(arguments: &Arguments) -> Result<()> {
    if !arguments.allocators.is_empty() {
        allocators::run(&arguments.allocators)?;
    }
    if arguments.contention {
        contention::run()?;
    }
    Ok(())
}
