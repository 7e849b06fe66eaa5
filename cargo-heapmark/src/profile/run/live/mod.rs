//! `profile live`: finds the endpoints of a server whose requests leave memory behind, and the call
//! sites that allocate it, with heapmark's own allocator in the server.
//!
//! ```text
//! build ─▶ start ─▶ segments: each endpoint in turn, a sample between any two ─▶ SIGTERM
//!                       └▶ endpoints: what each call site held at the samples, judged
//! ```

mod endpoints;
mod segments;

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use heapmark_model::format::plural;

use super::server::{Server, refuse_elsewhere};
use super::subject::Subject;
use super::tool::Tool;
use super::{ROUNDS, folder};
use crate::profile::load::{Mix, Target};

pub use endpoints::Endpoint;
pub use segments::Walk;

/// The default number of requests to each endpoint in each round.
pub const REQUESTS: u64 = 200;
/// The lowest number of requests: fewer leave too little memory behind to detect growth.
const FEWEST: u64 = 100;
/// The time limit of the whole run after the build.
const LONGEST: Duration = Duration::from_secs(120);

/// The result for each endpoint.
pub struct Measured {
    /// The endpoints, in the order of the requests.
    pub endpoints: Vec<Endpoint>,
    /// The number of requests to each endpoint in each round.
    pub requests: u64,
    /// The duration of the run.
    pub elapsed: Duration,
    /// How the server takes call stacks.
    pub walk: Walk,
    /// The JSON file that contains the endpoints.
    pub output: PathBuf,
}

/// Sends requests to each endpoint of a server in turn and samples its live memory in between.
///
/// # Errors
///
/// If the server does not build, start or answer `/live`.
pub fn measure(
    subject: &dyn Subject,
    mix: &Mix,
    requests: u64,
    stop: &AtomicBool,
) -> Result<Measured> {
    if requests < FEWEST {
        bail!(
            "{requests} requests per round are too few to distinguish growth from noise; use --requests {FEWEST} or more"
        );
    }
    let program = subject.program(Tool::Live)?;
    let url = subject.ready_url();
    url.map(|url| refuse_elsewhere(url, None)).transpose()?;
    let began = Instant::now();
    let deadline = began + LONGEST;
    let folder = folder(Tool::Live)?;
    let arguments = subject.arguments(Tool::Live);
    let mut server = Server::start(Tool::Live, &program, &arguments, &folder)?;
    let authority = server.wait_until_ready(url, deadline, stop)?;
    let target = Target::new(&authority, None)?;
    let mixes = mix.each();
    let seen = segments::drive(target, &mixes, requests, deadline, stop)?;
    let names = mixes.into_iter().map(|(name, _)| name).collect();
    let endpoints = endpoints::judge(names, &seen, requests);
    server.stop(deadline, stop)?;
    let output = folder.join(Tool::Live.output());
    let text = serde_json::to_string_pretty(&endpoints)?;
    std::fs::write(&output, text + "\n")
        .with_context(|| format!("cannot write {}", output.display()))?;
    Ok(Measured {
        endpoints,
        requests,
        elapsed: began.elapsed(),
        walk: seen.walk,
        output,
    })
}

impl Measured {
    /// Whether an endpoint grows.
    pub fn leaks(&self) -> bool {
        self.endpoints.iter().any(Endpoint::grows)
    }

    /// Prints each endpoint, and how many of them grow.
    ///
    /// # Errors
    ///
    /// If writing to `out` fails.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        for endpoint in &self.endpoints {
            endpoint.write(out)?;
        }
        let growing = self.endpoints.iter().filter(|one| one.grows()).count();
        writeln!(
            out,
            "   Summary  {growing} of {} {}; {ROUNDS} rounds of {} requests to each, {:.1} s, stacks {}",
            plural(self.endpoints.len(), "endpoint"),
            if growing == 1 { "grows" } else { "grow" },
            self.requests,
            self.elapsed.as_secs_f64(),
            match self.walk {
                Walk::FramePointers => "along frame pointers",
                Walk::Unwinding =>
                    "by unwinding, which is slow: build with RUSTFLAGS=\"-C force-frame-pointers=yes\"",
            },
        )?;
        writeln!(out, "            output in {}", self.output.display())
    }
}
