use std::io::{self, Write};

use super::arguments::Options;
use crate::bencher::Instance;

/// Names the cases as libtest does, which is what cargo-nextest reads.
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
        writeln!(out, "\n{} {kind}s", shown.len())?;
    }
    Ok(())
}
