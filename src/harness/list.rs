//! List mode: prints the cases.

use std::io::{self, Write};

use heapmark_model::format::plural;

use super::arguments::Options;
use crate::bencher::Instance;

/// Lists the cases in the format of libtest, which cargo-nextest reads.
pub(super) fn print(
    chosen: &[Instance],
    options: &Options,
    out: &mut impl Write,
) -> io::Result<()> {
    let kind = if options.bench { "benchmark" } else { "test" };
    let shown = if options.ignored { &[] } else { chosen };
    for instance in shown {
        writeln!(out, "{}: {kind}", instance.id())?;
    }
    if !options.terse {
        writeln!(out, "\n{}", plural(shown.len(), kind))?;
    }
    Ok(())
}
