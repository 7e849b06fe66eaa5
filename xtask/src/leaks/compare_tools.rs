//! `leaks --compare-tools`: runs memcheck and LeakSanitizer, which look once at exit, on the leak
//! patterns of the suite, and stores a record.
//!
//! ```text
//! the bench target         ─▶ 200 iterations of each case under memcheck ─┐
//! built with LeakSanitizer ─▶ 200 iterations of each case                ─┴▶ results/tools/…json
//! ```
//!
//! The worker exits normally, like a server that receives a stop signal. The state of a case is
//! therefore freed before the tools look.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use cargo_heapmark::profile::{self, Profile};
use cargo_heapmark::runner;
use heapmark_model::format::{growth_rate, plural};
use heapmark_model::launch::Launcher;
use heapmark_model::protocol::{self, Pass, Reply, Request, WORKER_ARGUMENT};
use heapmark_model::record::{ToolCell, ToolRecord, ToolRow, ToolSubject, ToolVerdict};

use crate::measurement::Measurement;
use crate::processes::{end_of, say};
use crate::profile::build::sanitized;
use cargo_heapmark::profile::run::{Lost, Tool, name_crates};

/// Iterations of a case: one that warms up, and those that are counted.
const ITERATIONS: u32 = 200;
const GROUP: &str = "leak_patterns";
/// Time limit for listing the cases.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs both tools and records their verdicts.
pub fn run() -> Result<()> {
    static NEVER: AtomicBool = AtomicBool::new(false);
    let tools = [Tool::Memcheck, Tool::Lsan];
    for tool in tools {
        if let Some(install) = tool.missing() {
            anyhow::bail!("{} is not installed; {install}", tool.name());
        }
    }
    let measurement = Measurement::begin("memory_benchmarks")?;
    say("Building", "memory_benchmarks")?;
    let built = runner::build(&measurement.workspace, &measurement.target, &[])?;
    let cases = cases(&Launcher::new(built.binary.clone(), PATIENCE, &NEVER))?;
    let mut rows = Vec::new();
    for tool in tools {
        let binary = match tool {
            Tool::Lsan => {
                say("Building", "memory_benchmarks with LeakSanitizer")?;
                let (folder, variables) = sanitized();
                let mut apart = measurement.workspace.clone();
                apart.target = apart.root.join(folder);
                runner::build(&apart, &measurement.target, &variables)?.binary
            }
            _ => built.binary.clone(),
        };
        say(
            "Running",
            &format!("{} under {}", plural(cases.len(), "case"), tool.name()),
        )?;
        let cells = cases.iter().map(|case| cell(tool, &binary, case));
        rows.push(ToolRow {
            tool: tool.name().to_owned(),
            version: tool.version(),
            cells: cells.collect::<Result<_>>()?,
        });
    }
    write(&rows, &mut io::stdout())?;
    measurement.save(&ToolRecord {
        provenance: measurement.provenance.clone(),
        subject: ToolSubject::Suite,
        repetitions: u64::from(ITERATIONS),
        tools: rows,
        agreement: None,
    })
}

/// The ids of the suite's leak patterns.
fn cases(launcher: &Launcher<'_>) -> Result<Vec<String>> {
    let replies = launcher.ask(&Request::List)?.into_iter();
    let ids = replies.filter_map(|reply| match reply {
        Reply::Case(case) if case.group == GROUP => Some(case.id),
        _ => None,
    });
    let ids: Vec<String> = ids.collect();
    ensure!(
        !ids.is_empty(),
        "the bench target memory_benchmarks has no group `{GROUP}`"
    );
    Ok(ids)
}

/// Repeats a case under a tool, in a process that exits normally.
fn cell(tool: Tool, binary: &Path, case: &str) -> Result<ToolCell> {
    let folder = tempfile::tempdir()?;
    let request = protocol::encode(&Request::Run {
        case: case.to_owned(),
        pass: Pass::Count,
        repetitions: ITERATIONS - 1,
    });
    let mut words = tool.wrapper(folder.path());
    words.push(binary.into());
    let mut command = Command::new(&words[0]);
    command
        .args(&words[1..])
        .args(["--bench", WORKER_ARGUMENT])
        .env("LSAN_OPTIONS", "fast_unwind_on_malloc=0")
        .stdin(Stdio::piped())
        .stdout(File::create(folder.path().join("stdout.txt"))?)
        .stderr(File::create(folder.path().join("stderr.txt"))?);
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot run {:?}", words[0]))?;
    if let Some(mut stdin) = child.stdin.take() {
        writeln!(stdin, "{request}")?;
    }
    let status = end_of(&mut child, &format!("{case} under {}", tool.name()))?;
    let said = std::fs::read_to_string(folder.path().join("stdout.txt"))?;
    let replies = said.lines().map(protocol::decode::<Reply>);
    let is_done = replies
        .flatten()
        .flatten()
        .any(|reply| matches!(reply, Reply::Done));
    ensure!(
        is_done,
        "{case} failed under {} ({status}); its output was:\n{said}",
        tool.name()
    );
    let output = folder.path().join(tool.output());
    let is_silent = tool == Tool::Lsan && status.success();
    let mut profile = (!is_silent).then(|| profile::read(&output)).transpose()?;
    if let Some(profile) = &mut profile {
        name_crates(profile, binary);
    }
    Ok(of_profile(case, profile.as_ref(), tool))
}

fn of_profile(case: &str, profile: Option<&Profile>, tool: Tool) -> ToolCell {
    let sites = profile.into_iter().flat_map(|profile| &profile.callsites);
    let lost = Lost::among(tool, sites);
    let leaks = !lost.sites.is_empty();
    let each = |sum: u64| leaks.then_some(sum as f64 / f64::from(ITERATIONS));
    let place = profile.and_then(|profile| {
        let most = lost.sites.iter().max_by_key(|site| site.end.bytes)?;
        profile::place(profile.stack(most)).cloned()
    });
    ToolCell {
        pattern: case.to_owned(),
        verdict: match leaks {
            true => ToolVerdict::Leak,
            false => ToolVerdict::Nothing,
        },
        bytes: each(lost.bytes),
        blocks: each(lost.blocks),
        callsite: place,
    }
}

/// ```text
///   memcheck       lsan
///       leak       leak  leak_patterns/know-one-s-parent/problem  +48 B +2 blocks per iteration
///    nothing    nothing  leak_patterns/unbounded_cache_growth
/// ```
fn write(rows: &[ToolRow], out: &mut dyn Write) -> io::Result<()> {
    let names: String = rows.iter().map(|row| format!("{:>11}", row.tool)).collect();
    writeln!(out, "{names}")?;
    let cases = rows.first().map_or(&[][..], |row| &row.cells);
    for (number, case) in cases.iter().enumerate() {
        let cells = rows.iter().filter_map(|row| row.cells.get(number));
        let mut line = String::new();
        for cell in cells.clone() {
            let word = match cell.verdict {
                ToolVerdict::Leak => "leak",
                _ => "nothing",
            };
            line += &format!("{word:>11}");
        }
        line += &format!("  {}", case.pattern);
        let mut amounts = cells.filter_map(|cell| Some((cell.blocks?, cell.bytes?)));
        if let Some((blocks, bytes)) = amounts.next() {
            line += &format!("  {}", growth_rate(bytes, blocks, "per iteration"));
        }
        writeln!(out, "{line}")?;
    }
    Ok(())
}
