//! What watching costs: CPU time of the server for the same requests, with and without, in turns.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use cargo_heapmark::profile::load::{Amount, Mix, Target, round};

use cargo_heapmark::cli::stop_flag;
use cargo_heapmark::profile::run::subject::Subject as _;
use cargo_heapmark::profile::run::{Server, Tool, folder};

use super::{Example, build, mix};

/// Turns that are counted; one more warms both servers up. What else runs on the machine makes
/// single turns differ by half, which the median of many bears.
const TURNS: usize = 15;
/// Requests of a turn: some tenths of a second of CPU time, which the kernel tells in hundredths.
const REQUESTS: u64 = 20_000;
/// The most that watching may cost, as a multiple of the plain server.
const MOST: f64 = 4.0;
const LONGEST: Duration = Duration::from_secs(240);

struct Side {
    server: Server,
    target: Target,
}

impl Side {
    fn start(tool: Tool, deadline: Instant) -> Result<Self> {
        let example = Example { leaky: false };
        let program = example.program(tool)?;
        let folder = folder(Tool::Live)?;
        let mut server = Server::start(tool, &program, &example.arguments(tool), &folder)?;
        let authority = server.wait_until_ready(None, deadline, stop_flag())?;
        let target = Target::new(&authority, None)?;
        Ok(Self { server, target })
    }

    /// CPU time of one turn.
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

/// Whether it costs more than it may.
pub fn run() -> Result<bool> {
    // Both are built before either runs.
    build::example(Tool::Live)?;
    build::example(Tool::Plain)?;
    let deadline = Instant::now() + LONGEST;
    let mut plain = Side::start(Tool::Plain, deadline)?;
    let mut watched = Side::start(Tool::Live, deadline)?;
    let mix = mix(false)?;
    let mut turns = Vec::new();
    for number in 0..=TURNS as u64 {
        // The first of two is colder, so they take turns at that as well.
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
    // A side of no time at all would be one that was not measured.
    let [low, ratio, high] = quartiles(turns.iter().map(|(plain, watched)| watched / plain));
    let mut out = io::stdout();
    writeln!(
        out,
        "      cost  {ratio:.2} × the CPU time of the plain server, half of the turns {low:.2} to {high:.2}; at most {MOST} are allowed"
    )?;
    writeln!(
        out,
        "            {plain:.1} µs a request plain, {watched:.1} µs watched; medians of {TURNS} turns of {REQUESTS} requests to each"
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
