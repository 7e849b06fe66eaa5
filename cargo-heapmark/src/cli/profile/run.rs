//! `profile TOOL`: profiles a program, or a server under load, with one memory tool or with all.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Result, bail};

use super::diff::{self, DiffArguments};
use super::pages::publish_profile;
use super::show::{self, ShowArguments};
use crate::profile::load::Mix;
use crate::profile::run::subject::{CargoTarget, Given, Subject};
use crate::profile::run::{Choice, Job, Load, Measured, Tool, kept, live, measure, read_mix};
use crate::profile::{self, Kept, Ranking};

/// Flags of `profile`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct ProfileArguments {
    #[command(subcommand)]
    other: Option<Other>,
    #[command(flatten)]
    run: RunArguments,
    #[command(flatten)]
    target: TargetArguments,
}

/// The program to profile.
#[derive(Debug, clap::Args)]
pub struct TargetArguments {
    /// Build and profile this binary of the package, with the build settings that the tool needs.
    #[arg(long, value_name = "NAME", conflicts_with = "example")]
    bin: Option<String>,
    /// Build and profile this example of the package, with the build settings that the tool needs.
    #[arg(long, value_name = "NAME")]
    example: Option<String>,
    /// Package of the binary or example [default: the package in the current folder].
    #[arg(short, long, value_name = "NAME")]
    package: Option<String>,
    /// The program to profile and its arguments; with --bin or --example only the arguments.
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// The commands for existing profiles.
#[derive(Debug, clap::Subcommand)]
pub enum Other {
    /// Show the output of a memory tool, or convert it to another format.
    Show(ShowArguments),
    /// Compare two profiles call site by call site.
    Diff(DiffArguments),
}

impl Other {
    /// Runs the command. Returns a reason if a call site of a comparison allocates more.
    ///
    /// # Errors
    ///
    /// If a file is not a profile, or two profiles have no measure in common.
    pub fn run(&self) -> Result<Option<String>> {
        match self {
            Self::Show(arguments) => show::show(arguments).map(|()| None),
            Self::Diff(arguments) => diff::diff(arguments),
        }
    }
}

/// The tool, and the load if the program is a server.
#[derive(Debug, clap::Args)]
pub struct RunArguments {
    /// Memory tool.
    #[arg(value_enum, required = true)]
    pub tool: Option<Choice>,
    /// Seconds of load on a server [default: 10].
    #[arg(value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub seconds: Option<u64>,
    /// Send this many requests to a server instead of loading it for SECONDS; with `live`, this
    /// many per endpoint and round.
    #[arg(long, conflicts_with = "seconds")]
    pub requests: Option<u64>,
    /// URL that a server answers when it is ready, as in <http://127.0.0.1:8080/health>. If its
    /// port is 0, the server must print its address in a line `ready pid=PID address=HOST:PORT`.
    #[arg(long, requires = "load")]
    pub ready_url: Option<String>,
    /// TOML file of the requests to a server: `[[request]]` tables with method, path, body, weight,
    /// status.
    #[arg(long, value_name = "FILE")]
    pub load: Option<PathBuf>,
    /// Allow load on this host, in addition to this machine.
    #[arg(long, value_name = "HOST")]
    pub allow_remote: Option<String>,
    /// Output format.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// The output format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// The verdict, the totals and the call sites with the most live bytes.
    #[default]
    Human,
    /// The whole profile and how it was measured.
    Json,
}

/// Profiles the program. Returns a reason if a tool finds a leak.
///
/// # Errors
///
/// If something could not be measured.
pub fn profile(arguments: &ProfileArguments, stop: &AtomicBool) -> Result<Option<String>> {
    if let Some(other) = &arguments.other {
        return other.run();
    }
    let run = &arguments.run;
    run.check()?;
    let Some(subject) = arguments.target.subject(run.ready_url.clone()) else {
        bail!(
            "no program given: add `-- COMMAND ARGS…` for a program that is already built, or `--bin NAME` or `--example NAME` for one of this package"
        );
    };
    let mix = run.load.as_ref().map(|path| read_mix(path)).transpose()?;
    let load = mix.map(|mix| run.load_of(mix));
    if load.is_none() && (run.seconds.is_some() || run.requests.is_some()) {
        bail!(
            "SECONDS and --requests need --load FILE; without it, the program runs until it exits"
        );
    }
    let job = Job {
        subject: &*subject,
        load,
        stop,
    };
    run_all(run.tool, run.format, &job)
}

impl RunArguments {
    /// Rejects arguments that have no effect on `live`.
    ///
    /// # Errors
    ///
    /// If the tool is `live`, and SECONDS or --allow-remote is given.
    pub fn check(&self) -> Result<()> {
        if self.tool != Some(Choice::Live) {
            return Ok(());
        }
        if self.seconds.is_some() {
            bail!(
                "live sends a fixed number of requests to each endpoint, so SECONDS has no effect; use --requests NUMBER"
            );
        }
        if self.allow_remote.is_some() {
            bail!("live sends requests only to this machine; remove --allow-remote");
        }
        Ok(())
    }

    /// The load that the flags describe, with the requests `mix`.
    pub fn load_of(&self, mix: Mix) -> Load {
        Load {
            mix,
            lasting: Duration::from_secs(self.seconds.unwrap_or(10)),
            requests: self.requests,
            allow_remote: self.allow_remote.clone(),
        }
    }
}

impl TargetArguments {
    /// The program, if one is given.
    pub fn subject(&self, ready_url: Option<String>) -> Option<Box<dyn Subject>> {
        let target = match (&self.bin, &self.example) {
            (Some(name), _) => Some((name, "--bin", false)),
            (_, Some(name)) => Some((name, "--example", true)),
            _ => None,
        };
        if let Some((name, flag, is_example)) = target {
            let mut chosen: Vec<OsString> = vec![flag.into(), name.into()];
            if let Some(package) = &self.package {
                chosen.extend(["--package".into(), package.into()]);
            }
            return Some(Box::new(CargoTarget {
                chosen,
                name: name.clone(),
                is_example,
                arguments: self.command.clone(),
                ready_url,
            }));
        }
        let (program, rest) = self.command.split_first()?;
        Some(Box::new(Given {
            program: program.into(),
            arguments: rest.to_vec(),
            ready_url,
        }))
    }
}

/// Runs the job under each chosen tool. Returns a reason if a tool finds a leak. If several tools
/// are chosen, those that are not installed or cannot see the program are skipped.
///
/// # Errors
///
/// If a tool could not measure.
pub fn run_all(choice: Option<Choice>, format: Format, job: &Job<'_>) -> Result<Option<String>> {
    let tools = choice.map(Choice::tools).unwrap_or_default();
    // With several tools, live uses its own number of requests, which is per endpoint.
    let requests = job.load.as_ref().and_then(|load| load.requests);
    let of_live = requests.filter(|_| tools.len() == 1);
    let mut leaks = Vec::new();
    let (mut ran, mut failed) = (0, Vec::new());
    for &tool in &tools {
        let reason = match tool.missing() {
            Some(install) => Some(format!("not installed; {install}")),
            None => left_out(tool, job, tools.len()),
        };
        if let Some(reason) = reason {
            if let [_] = tools[..] {
                bail!("{} is {reason}", tool.name());
            }
            writeln!(io::stderr(), "{:>10}  {}: {reason}", "Skipped", tool.name())?;
            continue;
        }
        ran += 1;
        match run(tool, format, of_live, job) {
            Ok(true) => leaks.push(tool.name()),
            Ok(false) => {}
            Err(error) if tools.len() == 1 || job.stop.load(Ordering::SeqCst) => return Err(error),
            Err(error) => failed.push(format!("{}: {error:#}", tool.name())),
        }
    }
    if ran == 0 {
        bail!("no tool could run; the lines above state why");
    }
    if !failed.is_empty() {
        bail!("could not measure with {}", failed.join("; "));
    }
    let found = || format!("the program leaks according to {}", leaks.join(", "));
    Ok((!leaks.is_empty()).then(found))
}

/// The reason why one of several tools is skipped.
fn left_out(tool: Tool, job: &Job<'_>, tools: usize) -> Option<String> {
    if tools == 1 {
        return None;
    }
    if tool == Tool::Live {
        let Some(load) = &job.load else {
            return Some("it needs a server and --load FILE".to_owned());
        };
        if load.allow_remote.is_some() {
            return Some(
                "it sends requests only to this machine, not to --allow-remote".to_owned(),
            );
        }
    }
    let is_missing = job.subject.program_needs(tool).is_some();
    is_missing.then(|| "the program does not contain it".to_owned())
}

fn run(tool: Tool, format: Format, of_live: Option<u64>, job: &Job<'_>) -> Result<bool> {
    if tool == Tool::Live {
        let Some(load) = &job.load else {
            bail!(
                "live needs --load FILE with the requests, and a server that answers `/live` (the documentation of `heapmark::live` shows the lines to add)"
            );
        };
        let requests = of_live.unwrap_or(live::REQUESTS);
        let measured = live::measure(job.subject, &load.mix, requests, job.stop)?;
        measured.write(&mut io::stdout())?;
        return Ok(measured.leaks());
    }
    let measured = measure(tool, job)?;
    let kept = kept(tool, &measured)?;
    match format {
        Format::Human => print(tool, &measured)?,
        Format::Json => {
            let out = &mut io::BufWriter::new(io::stdout().lock());
            serde_json::to_writer_pretty(&mut *out, &kept)?;
            writeln!(out)?;
            out.flush()?;
        }
    }
    make_page(&kept)?;
    Ok(measured.verdict.leaks)
}

/// Renders the page of a profile and prints its path. If that fails, the profile is still valid.
pub(super) fn make_page(kept: &Kept) -> io::Result<()> {
    match publish_profile(kept) {
        Ok(page) => writeln!(io::stderr(), "      Page  {}", page.display()),
        Err(error) => writeln!(
            io::stderr(),
            "      Note  the page could not be written: {error:#}"
        ),
    }
}

/// Prints the verdict, the call sites that grow, and the summary of the profile.
///
/// # Errors
///
/// If stdout cannot be written.
pub fn print(tool: Tool, measured: &Measured) -> io::Result<()> {
    let out = &mut io::BufWriter::new(io::stdout().lock());
    let Measured { verdict, marks, .. } = measured;
    let word = match (verdict.leaks, verdict.has_rule) {
        (true, _) => "LEAKS",
        (_, false) => "NO RULE",
        _ => "CLEAN",
    };
    writeln!(out, "{word:>10}  {}: {}", tool.name(), verdict.sentence)?;
    if let Some(marks) = marks {
        writeln!(out, "            {}", marks.sentence())?;
    }
    if let Some(ended) = &measured.ended {
        writeln!(out, "            the program ended with {ended}")?;
    }
    writeln!(
        out,
        "            {:.1} s, output in {}",
        measured.elapsed.as_secs_f64(),
        measured.folder.join(tool.output()).display()
    )?;
    for place in &verdict.growing {
        writeln!(out, "     grows  {place}")?;
    }
    let by = match marks {
        Some(_) => Ranking::End,
        None => Ranking::Peak,
    };
    profile::summary(&verdict.profile, by, out)?;
    out.flush()
}
