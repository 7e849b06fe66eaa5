//! Measures what the live profile costs: the CPU time of the server for the same requests, with and
//! without a watch, alternately.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use cargo_heapmark::profile::load::{Amount, Mix, Target, round};

use cargo_heapmark::cli::stop_flag;
use cargo_heapmark::profile::run::subject::Subject as _;
use cargo_heapmark::profile::run::{Server, Tool, folder};

use super::{Example, build, mix};

/// Counted runs; one more warms up both servers. Other programs change single runs by up to a half,
/// and the median of many runs absorbs that.
const TURNS: usize = 15;
/// Requests of a run. It takes some tenths of a second of CPU time, which the kernel reports in
/// hundredths.
const REQUESTS: u64 = 20_000;
/// The highest allowed cost, as a multiple of the plain server.
const MOST: f64 = 4.0;
const LONGEST: Duration = Duration::from_secs(240);

struct LoadedServer {
    server: Server,
    target: Target,
}

impl LoadedServer {
    fn start(tool: Tool, deadline: Instant) -> Result<Self> {
        let example = Example { leaky: false };
        let program = example.program(tool)?;
        let folder = folder(Tool::Live)?;
        let mut server = Server::start(tool, &program, &example.arguments(tool), &folder)?;
        let authority = server.wait_until_ready(None, deadline, stop_flag())?;
        let target = Target::new(&authority, None)?;
        Ok(Self { server, target })
    }

    /// Sends the requests of one run and returns their CPU time.
    fn turn(&self, mix: &Mix, number: u64, deadline: Instant) -> Result<Duration> {
        let before = self.server.cpu_time()?;
        let left = deadline.saturating_duration_since(Instant::now());
        let amount = Amount::Requests(REQUESTS);
        let outcome = round(
            self.target,
            mix,
            number * REQUESTS,
            amount,
            left,
            stop_flag(),
        )?;
        if let Some(unexpected) = outcome.first_unexpected {
            bail!("{unexpected}");
        }
        Ok(self.server.cpu_time()?.saturating_sub(before))
    }
}

/// Returns whether the live profile costs more than is allowed.
pub fn run() -> Result<bool> {
    // Both are built before either one runs.
    build::example(Tool::Live)?;
    build::example(Tool::Plain)?;
    let deadline = Instant::now() + LONGEST;
    let mut plain = LoadedServer::start(Tool::Plain, deadline)?;
    let mut watched = LoadedServer::start(Tool::Live, deadline)?;
    let mix = mix(false)?;
    let mut turns = Vec::new();
    for number in 0..=TURNS as u64 {
        // The first of two runs starts with colder caches, so the servers alternate.
        let sides = match number % 2 {
            0 => [&plain, &watched],
            _ => [&watched, &plain],
        };
        let mut times = Vec::new();
        for side in sides {
            times.push(side.turn(&mix, number, deadline)?.as_secs_f64());
        }
        if number % 2 == 1 {
            times.reverse();
        }
        if number > 0 {
            turns.push((times[0], times[1]));
        }
    }
    plain.server.stop(deadline, stop_flag())?;
    watched.server.stop(deadline, stop_flag())?;
    let micros = |seconds: f64| seconds * 1e6 / REQUESTS as f64;
    let [_, plain, _] = quartiles(turns.iter().map(|(plain, _)| micros(*plain)));
    let [_, watched, _] = quartiles(turns.iter().map(|(_, watched)| micros(*watched)));
    // If a side took no time, it was not measured.
    let [low, ratio, high] = quartiles(turns.iter().map(|(plain, watched)| watched / plain));
    let mut out = io::stdout();
    writeln!(
        out,
        "      cost  ×{ratio:.2} the CPU time of the plain server (middle half of the runs: ×{low:.2} to ×{high:.2}); at most ×{MOST} is allowed"
    )?;
    writeln!(
        out,
        "            {plain:.1} µs per request without a watch, {watched:.1} µs with one; medians of {TURNS} runs of {REQUESTS} requests each"
    )?;
    Ok(!ratio.is_finite() || ratio > MOST)
}

/// The lower quartile, the median and the upper quartile, by nearest rank.
fn quartiles(values: impl Iterator<Item = f64>) -> [f64; 3] {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[(values.len() - 1) * quarter / 4])
}

#[cfg(test)]
mod tests {
    use super::quartiles;

    #[test]
    fn quartiles_are_values_that_were_seen() {
        assert_eq!(
            quartiles([5.0, 1.0, 4.0, 2.0, 3.0].into_iter()),
            [2.0, 3.0, 4.0]
        );
    }
}
