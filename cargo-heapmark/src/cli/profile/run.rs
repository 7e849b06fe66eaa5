//! Profiles a program, or a server under load, by one tool or by all.

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

/// What is profiled.
#[derive(Debug, clap::Args)]
pub struct TargetArguments {
    /// Profile this binary of the package here; cargo builds it as the tool wants it.
    #[arg(long, value_name = "NAME", conflicts_with = "example")]
    bin: Option<String>,
    /// Profile this example of the package here; cargo builds it as the tool wants it.
    #[arg(long, value_name = "NAME")]
    example: Option<String>,
    /// The package of the binary or the example [default: the one here].
    #[arg(short, long, value_name = "NAME")]
    package: Option<String>,
    /// The program to profile, and its arguments; with --bin or --example the arguments alone.
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// What is done with profiles that there are.
#[derive(Debug, clap::Subcommand)]
pub enum Other {
    /// Show the output of a tool, or convert it to another format.
    Show(ShowArguments),
    /// Compare two profiles call site by call site.
    Diff(DiffArguments),
}

impl Other {
    /// Does it; the reason if a call site of a comparison asks for more.
    ///
    /// # Errors
    ///
    /// If a file is not a profile, or two have nothing in common.
    pub fn run(&self) -> Result<Option<String>> {
        match self {
            Self::Show(arguments) => show::show(arguments).map(|()| None),
            Self::Diff(arguments) => diff::diff(arguments),
        }
    }
}

/// Which tool, and how the program is loaded if it is a server.
#[derive(Debug, clap::Args)]
pub struct RunArguments {
    /// The tool.
    #[arg(value_enum, required = true)]
    pub tool: Option<Choice>,
    /// How long a server is loaded [default: 10].
    #[arg(value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub seconds: Option<u64>,
    /// Load a server by this many requests instead, the same under each tool; for `live` to each
    /// endpoint in each round.
    #[arg(long, conflicts_with = "seconds")]
    pub requests: Option<u64>,
    /// Where a server answers once it is ready, as in <http://127.0.0.1:8080/health>. Port 0 is
    /// the one that the server names in a line `ready pid=PID address=HOST:PORT`.
    #[arg(long, requires = "load")]
    pub ready_url: Option<String>,
    /// The requests to a server: a TOML file of `[[request]]` tables with method, path, body,
    /// weight, status.
    #[arg(long, value_name = "FILE")]
    pub load: Option<PathBuf>,
    /// The one host beside this machine that may be loaded.
    #[arg(long, value_name = "HOST")]
    pub allow_remote: Option<String>,
    /// How to print the result.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// How the result is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// The verdict, the totals and the call sites that hold most.
    #[default]
    Human,
    /// The whole profile, with how it came about.
    Json,
}

/// Profiles the program; the reason if a tool's rule finds a leak.
///
/// # Errors
///
/// If something could not be measured.
pub fn profile(arguments: &ProfileArguments, stop: &AtomicBool) -> Result<Option<String>> {
    if let Some(other) = &arguments.other {
        return other.run();
    }
    let run = &arguments.run;
    let Some(subject) = arguments.target.subject(run.ready_url.clone()) else {
        bail!(
            "name the program: `-- COMMAND ARGS…` for one that is built already, `--bin NAME` or `--example NAME` for one of the package here"
        );
    };
    let mix = run.load.as_ref().map(|path| read_mix(path)).transpose()?;
    let load = mix.map(|mix| run.load_of(mix));
    if load.is_none() && (run.seconds.is_some() || run.requests.is_some()) {
        bail!(
            "a program without --load FILE runs to its end, so it takes no SECONDS and no --requests"
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
    /// The load that was asked for, of these requests.
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
    /// The program, if one is named.
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

/// Runs the job under each tool that was asked for; the reason if a rule finds a leak. Of several
/// tools, those that are missing or cannot see the program are left out.
///
/// # Errors
///
/// If a tool could not measure.
pub fn run_all(choice: Option<Choice>, format: Format, job: &Job<'_>) -> Result<Option<String>> {
    let tools = choice.map(Choice::tools).unwrap_or_default();
    // Of several tools, live keeps its own number of requests: it counts those to each endpoint.
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
            writeln!(io::stderr(), "left out {}: {reason}", tool.name())?;
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
        bail!("none of the tools is installed and can see the program");
    }
    if !failed.is_empty() {
        bail!("could not measure with {}", failed.join("; "));
    }
    let found = || format!("by the rule of {} the program leaks", leaks.join(", "));
    Ok((!leaks.is_empty()).then(found))
}

/// Why one tool of several cannot see the program.
fn left_out(tool: Tool, job: &Job<'_>, tools: usize) -> Option<String> {
    if tools == 1 {
        return None;
    }
    if tool == Tool::Live && job.load.is_none() {
        return Some("it asks a server between rounds of requests".to_owned());
    }
    let is_missing = job.subject.program_needs(tool).is_some();
    is_missing.then(|| "it has to be part of the program".to_owned())
}

fn run(tool: Tool, format: Format, of_live: Option<u64>, job: &Job<'_>) -> Result<bool> {
    if tool == Tool::Live {
        let Some(load) = &job.load else {
            bail!(
                "live profiles a server that answers `/live` (the documentation of `heapmark::live` has the lines to add), between rounds of requests; name the requests by --load FILE"
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

/// Makes the page of a profile and prints where it is. What was measured stands without it.
pub(super) fn make_page(kept: &Kept) -> io::Result<()> {
    match publish_profile(kept) {
        Ok(page) => writeln!(io::stderr(), "      Page  {}", page.display()),
        Err(error) => writeln!(io::stderr(), "the page was not written: {error:#}"),
    }
}

/// Prints the verdict, what grows, and what a person looks for first in the profile.
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
