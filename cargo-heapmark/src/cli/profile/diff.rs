//! `profile diff`: compares two profiles call site by call site.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::profile::{self, Changed, Diff, Kept, Measure, Profile, ProfileSide};
use anyhow::{Context, Result, bail};
use heapmark_model::format::{bytes, code_in_cell, count, plural, visible};

/// Number of call sites that are printed. The JSON has all of them.
const SHOWN: usize = 20;

/// Flags of `profile diff`.
#[derive(Debug, clap::Args)]
pub struct DiffArguments {
    /// First profile: the output of a memory tool, or a stored `target/heapmark/profile/ID.json`.
    before: PathBuf,
    /// Second profile.
    after: PathBuf,
    /// Requests that the first server answered [default: from the stored profile].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    requests_a: Option<u64>,
    /// Requests that the second server answered [default: from the stored profile].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    requests_b: Option<u64>,
    /// Output format.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum Format {
    /// Two lines per call site and a summary.
    #[default]
    Human,
    /// All data.
    Json,
    /// A table for a pull request.
    Markdown,
}

/// Compares two profiles. Returns a reason if a call site allocates more.
///
/// # Errors
///
/// If a file is not a profile, or the two profiles have no measure in common.
pub fn diff(arguments: &DiffArguments) -> Result<Option<String>> {
    let (before, requests_a) = read(&arguments.before)?;
    let (after, requests_b) = read(&arguments.after)?;
    let requests = (
        arguments.requests_a.or(requests_a),
        arguments.requests_b.or(requests_b),
    );
    if requests.0.is_some() != requests.1.is_some() {
        bail!(
            "the number of requests is known for one profile only; give both --requests-a and --requests-b"
        );
    }
    let side = |profile, requests| ProfileSide { profile, requests };
    let diff = profile::diff(side(&before, requests.0), side(&after, requests.1))?;
    let out = &mut io::BufWriter::new(io::stdout().lock());
    match arguments.format {
        Format::Human => human(&diff, out)?,
        Format::Markdown => markdown(&diff, out)?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &diff)?;
            writeln!(out)?;
        }
    }
    out.flush()?;
    Ok(diff
        .is_worse()
        .then(|| "a call site allocates more than before".to_owned()))
}

/// A profile in any supported format, and its number of requests if the file has it.
fn read(path: &Path) -> Result<(Profile, Option<u64>)> {
    if path.extension().is_some_and(|end| end == "json") {
        let text = fs::read(path).with_context(|| path.display().to_string())?;
        if let Ok(kept) = serde_json::from_slice::<Kept>(&text) {
            return Ok((kept.profile, kept.sent));
        }
        if let Ok(profile) = serde_json::from_slice::<Profile>(&text) {
            return Ok((profile, None));
        }
    }
    Ok((profile::read(path)?, None))
}

fn human(diff: &Diff, out: &mut dyn Write) -> io::Result<()> {
    for site in diff.changed.iter().take(SHOWN) {
        writeln!(out, "{:>10}  {}", word(site, diff), visible(&site.place))?;
        writeln!(out, "            {}", differences(&site.sides, diff))?;
    }
    let more = diff.changed.len().saturating_sub(SHOWN);
    if more > 0 {
        writeln!(out, "            and {more} more; --format json prints all")?;
    }
    writeln!(out, "{:>10}  {}", "Summary", summary(diff))
}

fn markdown(diff: &Diff, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}\n", summary(diff))?;
    if diff.changed.is_empty() {
        return Ok(());
    }
    writeln!(out, "| verdict | call site | change |\n|---|---|---|")?;
    for site in diff.changed.iter().take(SHOWN) {
        let place = code_in_cell(&site.place);
        let change = differences(&site.sides, diff);
        writeln!(out, "| {} | {place} | {change} |", word(site, diff))?;
    }
    Ok(())
}

fn word(site: &Changed, diff: &Diff) -> &'static str {
    let is_new = site.sides.iter().all(|(before, _)| *before == 0.0);
    let is_gone = site.sides.iter().all(|(_, after)| *after == 0.0);
    let falls = site
        .sides
        .iter()
        .zip(&diff.whole)
        .any(|(side, whole)| side.0 - side.1 > profile::NOISE * whole.0.max(whole.1));
    match (is_new, is_gone, site.more, falls) {
        (true, ..) => "ADDED",
        (_, true, ..) => "REMOVED",
        (_, _, true, true) => "MIXED",
        (_, _, true, _) => "WORSE",
        _ => "BETTER",
    }
}

fn summary(diff: &Diff) -> String {
    let more = diff.changed.iter().filter(|site| site.more).count();
    let less = diff.changed.len() - more;
    format!(
        "{} grew, {less} shrank, {} changed by less than {:.1} % of the total · {}",
        plural(more, "call site"),
        diff.smaller,
        profile::NOISE * 100.0,
        differences(&diff.whole, diff)
    )
}

/// The differences, each with its unit.
fn differences(sides: &[(f64, f64)], diff: &Diff) -> String {
    let parts = diff.measures.iter().zip(sides);
    let parts = parts.filter(|(_, (before, after))| before != after);
    let parts: Vec<String> = parts
        .map(|(&measure, &(before, after))| {
            let is_rate = diff.per_request && matches!(measure, Measure::Blocks | Measure::Bytes);
            let when = match (measure, is_rate) {
                (_, true) => " a request",
                (Measure::Blocks | Measure::Bytes, _) => "",
                (Measure::PeakBytes, _) => " at the peak",
                (Measure::EndBlocks | Measure::EndBytes, _) => " at the end",
            };
            format!("{}{when}", amount(after - before, measure, is_rate))
        })
        .collect();
    if parts.is_empty() {
        return "no difference in total".to_owned();
    }
    parts.join(", ")
}

fn amount(change: f64, measure: Measure, is_rate: bool) -> String {
    let sign = if change < 0.0 { '\u{2212}' } else { '+' };
    let size = change.abs();
    match (measure.is_bytes(), is_rate && size < 10_000.0) {
        (true, true) => format!("{sign}{size:.1} B"),
        (true, false) => format!("{sign}{}", bytes(size.round() as i64)),
        (false, true) => format!("{sign}{size:.3} blocks"),
        (false, false) => format!("{sign}{} blocks", count(size.round() as i64)),
    }
}
