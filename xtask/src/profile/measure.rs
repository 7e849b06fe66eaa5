//! One server under one tool: started, loaded in rounds, ended, judged.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use cargo_heapmark::profile::load::{Mix, Target};

use super::keep::keep;
use super::rounds::{self, Marks};
use super::server::{Server, refuse_elsewhere};
use super::tool::Tool;
use super::verdict::{self, Verdict};
use super::{STOP, build, folder};

/// Beyond the load: start, marks and the end of a tool. Then whatever runs is ended.
const SPARE: Duration = Duration::from_secs(28);

/// What is measured.
pub struct Job {
    /// A server that is there already, instead of the example.
    pub foreign: Option<Foreign>,
    pub mix: Mix,
    /// Whether the example has its leak patterns.
    pub leaky: bool,
    /// How long the load takes, where no number of requests says it.
    pub load: Duration,
    pub requests: Option<u64>,
    pub allow_remote: Option<String>,
}

/// A server that nobody built for this.
pub struct Foreign {
    pub program: PathBuf,
    pub ready_url: String,
}

impl Job {
    /// So many requests of a mix to the example server.
    pub fn of_example(mix: Mix, leaky: bool, requests: u64) -> Self {
        Self {
            foreign: None,
            mix,
            leaky,
            // The most that the slowest tool may take for them.
            load: Duration::from_secs(60),
            requests: Some(requests),
            allow_remote: None,
        }
    }
}

/// What came of it.
pub struct Measured {
    pub verdict: Verdict,
    pub marks: Marks,
    server: PathBuf,
    folder: PathBuf,
    elapsed: Duration,
}

pub fn measure(tool: Tool, job: &Job) -> Result<Measured> {
    let program = match &job.foreign {
        Some(_) if tool.is_inside() => {
            let name = tool.name();
            bail!("{name} has to be built into a server; use valgrind-dhat or heaptrack")
        }
        Some(foreign) => std::path::absolute(&foreign.program)?,
        None => build::example(tool)?,
    };
    tool.refuse_foreign_allocator(&program)?;
    let url = job.foreign.as_ref().map(|foreign| &*foreign.ready_url);
    let allowed = job.allow_remote.as_deref();
    url.map(|url| refuse_elsewhere(url, allowed)).transpose()?;
    let folder = folder(tool)?;
    let began = Instant::now();
    let deadline = began + job.load + SPARE;
    let is_foreign = job.foreign.is_some();

    let mut server = Server::start(tool, &program, &folder, job.leaky, is_foreign)?;
    let authority = server.wait_until_ready(url, deadline, &STOP)?;
    let target = Target::new(&authority, allowed)?;
    let amount = rounds::Size {
        load: job.load,
        requests: job.requests,
        deadline,
    };
    let marks = rounds::drive(target, &job.mix, amount, &server, !is_foreign, &STOP)?;
    let status = server.stop(deadline, &STOP)?;
    Ok(Measured {
        verdict: verdict::judge(tool, &program, &folder, status, &marks)?,
        marks,
        server: program,
        folder,
        elapsed: began.elapsed(),
    })
}

impl Measured {
    /// Tells the verdict, what grows, and what a person looks for first in the profile.
    pub fn tell(&self, tool: Tool) -> io::Result<()> {
        let mut out = io::stdout();
        let Self { verdict, marks, .. } = self;
        let word = match (tool, verdict.leaks) {
            (_, true) => "LEAKS",
            (Tool::ValgrindDhat, false) => "NO RULE",
            (_, false) => "CLEAN",
        };
        writeln!(out, "{word:>10}  {}: {}", tool.name(), verdict.sentence)?;
        writeln!(out, "            {}", marks.sentence())?;
        writeln!(
            out,
            "            {} s, output in {}",
            self.elapsed.as_secs(),
            self.folder.join(tool.output()).display()
        )?;
        for place in &verdict.growing {
            writeln!(out, "     grows  {place}")?;
        }
        cargo_heapmark::profile::summary(&verdict.profile, &mut out)
    }

    /// Keeps the profile, and tells where its page is. What was measured stands without it.
    pub fn keep(&self, tool: Tool) -> io::Result<()> {
        let page = keep(tool, &self.server, &self.folder, &self.verdict, &self.marks);
        match page {
            Ok(Some(page)) => writeln!(io::stdout(), "      Page  {}", page.display()),
            Ok(None) => Ok(()),
            Err(error) => writeln!(io::stderr(), "the page was not written: {error:#}"),
        }
    }
}

/// The requests in the file at `path`.
pub fn read_mix(path: &std::path::Path) -> Result<Mix> {
    std::fs::read_to_string(path)
        .map_err(anyhow::Error::from)
        .and_then(|text| Ok(Mix::parse(&text)?))
        .with_context(|| path.display().to_string())
}
