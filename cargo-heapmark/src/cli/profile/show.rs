//! `profile show`: prints the output of a memory tool as text or in the format of another tool.

use std::io::{self, Write};
use std::path::PathBuf;

use crate::profile;
use anyhow::Result;

/// Flags of `profile show`.
#[derive(Debug, clap::Args)]
pub struct ShowArguments {
    /// Output of dhat, heaptrack, massif, memcheck or LeakSanitizer; the format is detected.
    file: PathBuf,
    /// Output format.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum Format {
    /// The totals, and the call sites with the most live bytes.
    #[default]
    Human,
    /// heapmark's own format.
    Json,
    /// One line per call stack, for flame graphs.
    Folded,
    /// For <https://www.speedscope.app>.
    Speedscope,
    /// For dhat's viewer.
    Dhat,
    /// For `go tool pprof`, Pyroscope and Parca; binary, so redirect it to a file.
    Pprof,
}

/// Prints the profile in the chosen format.
///
/// # Errors
///
/// If the file is not a profile, or stdout cannot be written.
pub fn show(arguments: &ShowArguments) -> Result<()> {
    let profile = profile::read(&arguments.file)?;
    let out = &mut io::BufWriter::new(io::stdout().lock());
    match arguments.format {
        Format::Human => profile::summary(&profile, profile::Ranking::End, out)?,
        Format::Folded => profile::folded(&profile, out)?,
        Format::Speedscope => profile::speedscope(&profile, out)?,
        Format::Pprof => profile::pprof(&profile, out)?,
        Format::Dhat => profile::dhat(&profile, out)?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &profile)?;
            writeln!(out)?;
        }
    }
    out.flush()?;
    Ok(())
}
