//! `profile live`: which endpoints of a server leave something behind with each request, and which
//! lines ask for it, from heapmark's own allocator in the server.
//!
//! ```text
//! build ─▶ start ─▶ segments: each endpoint in turn, a mark between any two ─▶ SIGTERM
//!                       └▶ endpoints: what each line held at its marks, judged
//! ```

mod endpoints;
mod segments;

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::server::{Server, refuse_elsewhere};
use super::subject::Subject;
use super::tool::Tool;
use super::{ROUNDS, folder};
use crate::profile::load::{Mix, Target};

pub use endpoints::Endpoint;
pub use segments::Walk;

/// Requests of a round to each endpoint, if nothing else is asked for.
pub const REQUESTS: u64 = 200;
/// Fewer leave too little behind.
const FEWEST: u64 = 100;
/// The whole run may take so long after the build.
const LONGEST: Duration = Duration::from_secs(120);

/// What was seen of each endpoint.
pub struct Measured {
    /// The endpoints, in the order of the requests.
    pub endpoints: Vec<Endpoint>,
    /// Requests of a round to each.
    pub requests: u64,
    /// How long it took.
    pub elapsed: Duration,
    /// How the server takes stacks.
    pub walk: Walk,
    /// The file that has the endpoints as JSON.
    pub output: PathBuf,
}

/// Asks for each endpoint of a server in turn.
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
            "{requests} requests of a round leave too little behind to be told from noise; take {FEWEST} at least"
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
    std::fs::write(&output, text + "\n").with_context(|| output.display().to_string())?;
    Ok(Measured {
        endpoints,
        requests,
        elapsed: began.elapsed(),
        walk: seen.walk,
        output,
    })
}

impl Measured {
    /// Whether anything grows.
    pub fn leaks(&self) -> bool {
        self.endpoints.iter().any(Endpoint::grows)
    }

    /// Prints each endpoint, and how many of them grow.
    ///
    /// # Errors
    ///
    /// If `out` cannot be written.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        for endpoint in &self.endpoints {
            endpoint.write(out)?;
        }
        let growing = self.endpoints.iter().filter(|one| one.grows()).count();
        writeln!(
            out,
            "   Summary  {growing} of {} endpoints grow; {ROUNDS} rounds of {} requests to each, {:.1} s, stacks {}",
            self.endpoints.len(),
            self.requests,
            self.elapsed.as_secs_f64(),
            match self.walk {
                Walk::FramePointers => "along frame pointers",
                Walk::Unwinding =>
                    "by unwinding: RUSTFLAGS=\"-C force-frame-pointers=yes\" makes them cheap",
            },
        )?;
        writeln!(out, "            output in {}", self.output.display())
    }
}
