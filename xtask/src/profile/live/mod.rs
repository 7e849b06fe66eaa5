//! `cargo xtask profile live`: which endpoints of a server leave something behind with each
//! request, and which lines ask for it, as heapmark's own allocator in the server tells.
//!
//! ```text
//! build ─▶ start ─▶ segments: each endpoint in turn, a mark between any two ─▶ SIGTERM
//!                       └▶ endpoints: what each line held at its marks, judged
//! ```

mod cost;
mod endpoints;
mod segments;

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use cargo_heapmark::profile::load::{Mix, Target};

use super::measure::{Foreign, read_mix};
use super::server::{Server, refuse_elsewhere};
use super::tool::Tool;
use super::{ROUNDS, STOP, build, folder, rounds};
use segments::Walk;

pub use endpoints::Endpoint;

/// Requests of a round to each endpoint.
const REQUESTS: u64 = 200;
/// The whole run may take so long after the build.
const LONGEST: Duration = Duration::from_secs(120);

#[derive(clap::Args)]
pub struct Arguments {
    /// Requests to each endpoint in each of its rounds. Fewer leave too little behind to be told
    /// from noise.
    #[arg(long, default_value_t = REQUESTS, value_parser = clap::value_parser!(u64).range(100..=100_000))]
    requests: u64,
    /// Ask for the five leak patterns as well, not for their solutions alone.
    #[arg(long, conflicts_with = "server")]
    leaky: bool,
    /// Another server, built already, that tells at `/live` what it holds.
    #[arg(long, requires_all = ["ready_url", "load"])]
    server: Option<PathBuf>,
    /// Where that server answers once it is ready, as in <http://127.0.0.1:8080/health> Port 0 is
    /// the one that the server names in a line `ready pid=PID address=HOST:PORT`.
    #[arg(long, requires = "server")]
    ready_url: Option<String>,
    /// Its endpoints: `[[request]]` tables with method, path, body, status.
    #[arg(long, requires = "server")]
    load: Option<PathBuf>,
    /// Tell what it costs instead: CPU time a request, beside the same server without it.
    #[arg(long, conflicts_with_all = ["requests", "leaky", "server"])]
    cost: bool,
}

/// Whether anything grows, or costs more than it may.
pub fn run(arguments: &Arguments) -> Result<bool> {
    if arguments.cost {
        return cost::run();
    }
    let foreign = arguments.server.clone().zip(arguments.ready_url.clone());
    let foreign = foreign.map(|(program, ready_url)| Foreign { program, ready_url });
    let mix = match &arguments.load {
        Some(path) => read_mix(path)?,
        None => mix(arguments.leaky)?,
    };
    told(foreign.as_ref(), &mix, arguments.requests)
}

/// Whether anything grows in the example server.
pub fn of_example(leaky: bool) -> Result<bool> {
    told(None, &mix(leaky)?, REQUESTS)
}

fn told(foreign: Option<&Foreign>, mix: &Mix, requests: u64) -> Result<bool> {
    let measured = measure(foreign, mix, requests)?;
    let mut out = io::stdout();
    for endpoint in &measured.endpoints {
        endpoint.write(&mut out)?;
    }
    let growing = measured.endpoints.iter().filter(|one| one.grows()).count();
    let all = measured.endpoints.len();
    let Measured {
        elapsed, requests, ..
    } = measured;
    writeln!(
        out,
        "   Summary  {growing} of {all} endpoints grow; {ROUNDS} rounds of {requests} requests to each, {:.1} s, stacks {}",
        elapsed.as_secs_f64(),
        match measured.walk {
            Walk::FramePointers => "along frame pointers",
            Walk::Unwinding =>
                "by unwinding: RUSTFLAGS=\"-C force-frame-pointers=yes\" makes them cheap",
        },
    )?;
    writeln!(out, "            output in {}", measured.output.display())?;
    Ok(growing > 0)
}

/// What was seen of each endpoint.
pub struct Measured {
    pub endpoints: Vec<Endpoint>,
    pub requests: u64,
    pub elapsed: Duration,
    pub walk: Walk,
    /// The file that has the endpoints as JSON.
    pub output: PathBuf,
}

/// Asks for each endpoint of a server in turn; of the example, where there is no other.
pub fn measure(foreign: Option<&Foreign>, mix: &Mix, requests: u64) -> Result<Measured> {
    let program = match foreign {
        Some(foreign) => std::path::absolute(&foreign.program)?,
        None => build::example(Tool::Live)?,
    };
    let url = foreign.map(|foreign| &*foreign.ready_url);
    url.map(|url| refuse_elsewhere(url, None)).transpose()?;
    let began = Instant::now();
    let deadline = began + LONGEST;
    let folder = folder(Tool::Live)?;
    // The solutions stand beside the patterns, and are asked for in either case.
    let (leaky, is_foreign) = (foreign.is_none(), foreign.is_some());
    let mut server = Server::start(Tool::Live, &program, &folder, leaky, is_foreign)?;
    let authority = server.wait_until_ready(url, deadline, &STOP)?;
    let target = Target::new(&authority, None)?;
    let mixes = mix.each();
    let seen = segments::drive(target, &mixes, requests, deadline, &STOP)?;
    let names = mixes.into_iter().map(|(name, _)| name).collect();
    let endpoints = endpoints::judge(names, &seen, requests);
    server.stop(deadline, &STOP)?;
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

/// The usual requests, the five solutions and, where asked for, the five patterns.
pub fn mix(leaky: bool) -> Result<Mix> {
    let kinds: &[&str] = if leaky {
        &["fixed", "leak"]
    } else {
        &["fixed"]
    };
    Mix::parse(&rounds::example_text(kinds)).context("the requests to the example server")
}
