//! What watching costs: CPU time of the server for the same requests, with and without, in turns.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use heapmark::profile::load::{Amount, Mix, Target, round};

use super::super::server::Server;
use super::super::tool::Tool;
use super::super::{STOP, build, folder, rounds};

/// Turns that are counted; one more warms both servers up.
const TURNS: u64 = 5;
/// Requests of a turn: some tenths of a second of CPU time, which the kernel tells in hundredths.
const REQUESTS: u64 = 10_000;
/// The most that watching may cost, as a multiple of the plain server.
const MOST: f64 = 4.0;
const LONGEST: Duration = Duration::from_secs(240);

struct Side {
    server: Server,
    target: Target,
}

impl Side {
    fn start(tool: Tool, deadline: Instant) -> Result<Self> {
        let program = build::example(tool)?;
        let folder = folder(Tool::Growth)?;
        let mut server = Server::start(tool, &program, &folder, false, false)?;
        let authority = server.wait_until_ready(None, deadline, &STOP)?;
        let target = Target::new(&authority, None)?;
        Ok(Self { server, target })
    }

    /// CPU time of one turn.
    fn turn(&self, mix: &Mix, number: u64, deadline: Instant) -> Result<Duration> {
        let before = self.server.cpu_time()?;
        let left = deadline.saturating_duration_since(Instant::now());
        let amount = Amount::Requests(REQUESTS);
        let outcome = round(self.target, mix, number * REQUESTS, amount, left, &STOP)?;
        if let Some(unexpected) = outcome.first_unexpected {
            bail!("{unexpected}");
        }
        Ok(self.server.cpu_time()?.saturating_sub(before))
    }
}

/// Whether it costs more than it may.
pub fn run() -> Result<bool> {
    // Both are built before either runs.
    build::example(Tool::Growth)?;
    build::example(Tool::Heaptrack)?;
    let deadline = Instant::now() + LONGEST;
    // A server as the tools that need no help of it get it, which is the plain one.
    let mut plain = Side::start(Tool::Heaptrack, deadline)?;
    let mut watched = Side::start(Tool::Growth, deadline)?;
    let mix = rounds::example_mix(false)?;
    let mut sums = [Duration::ZERO; 2];
    let mut ratios = Vec::new();
    for number in 0..=TURNS {
        let one = plain.turn(&mix, number, deadline)?;
        let other = watched.turn(&mix, number, deadline)?;
        if number > 0 {
            sums[0] += one;
            sums[1] += other;
            ratios.push(other.as_secs_f64() / one.as_secs_f64().max(f64::MIN_POSITIVE));
        }
    }
    plain.server.stop(deadline, &STOP)?;
    watched.server.stop(deadline, &STOP)?;
    let [one, other] = sums.map(|sum| sum.as_secs_f64() * 1e6 / (TURNS * REQUESTS) as f64);
    let ratio = other / one;
    ratios.sort_by(f64::total_cmp);
    let mut out = io::stdout();
    writeln!(
        out,
        "      cost  {ratio:.2} × the CPU time of the plain server, {:.2} to {:.2} in {TURNS} turns; at most {MOST} are allowed",
        ratios[0],
        ratios[ratios.len() - 1],
    )?;
    writeln!(
        out,
        "            {one:.1} µs a request plain, {other:.1} µs watched; {REQUESTS} requests a turn and side, in turns"
    )?;
    Ok(ratio > MOST)
}
