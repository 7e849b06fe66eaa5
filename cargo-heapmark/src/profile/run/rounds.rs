//! Sends the load as equal rounds and samples live memory after each, while the server is idle.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::profile::load::{Amount, Mix, Outcome, Target, round};
use anyhow::{Context, Result, bail};

use super::ask;
use super::server::Server;
use heapmark_model::format::{as_signed, count, duration, plural};
use heapmark_model::growth::Level;

/// The number of rounds that are compared, after one round of warm-up.
pub const ROUNDS: u32 = 5;
/// The idle time at a sample. The sample is taken in its middle, because the tools' clocks begin up
/// to 0.2 s after ours.
const REST: Duration = Duration::from_millis(500);

/// The amount of load.
#[derive(Clone, Copy)]
pub struct Size {
    pub load: Duration,
    pub requests: Option<u64>,
    pub deadline: Instant,
}

/// The requests that were sent, and the samples between rounds.
pub struct Marks {
    /// The times of the samples, in milliseconds since the start of the tool.
    pub at: Vec<u64>,
    /// The live memory at each sample, if the server or the tool reports it during the run.
    pub levels: Vec<Level>,
    /// The number of requests in each round.
    pub requests: u64,
    last: Outcome,
    /// The number of all requests, including the warm-up.
    pub sent: u64,
}

impl Marks {
    /// How many requests were sent, and the rate and latency of the last round.
    pub fn sentence(&self) -> String {
        let latency = |share| {
            let latency = self.last.percentile(share).unwrap_or_default();
            duration(
                u64::try_from(latency.as_nanos())
                    .unwrap_or(u64::MAX)
                    .saturating_mul(1_000),
            )
        };
        format!(
            "{} requests, {ROUNDS} rounds of {}; last round: {}/s, p50 {}, p99 {}",
            count(as_signed(self.sent)),
            count(as_signed(self.requests)),
            count(self.last.rate().round() as i64),
            latency(0.5),
            latency(0.99),
        )
    }
}

/// Sends the rounds and takes a sample after each. `ask` states whether the server reports its live
/// memory at `/stats`.
///
/// # Errors
///
/// If a request fails, a response has an unexpected status, or the run is interrupted.
pub fn drive(
    target: Target,
    mix: &Mix,
    size: Size,
    server: &Server,
    ask: bool,
    stop: &AtomicBool,
) -> Result<Marks> {
    let cycle = mix.cycle();
    let whole = |requests: u64| (requests / cycle).max(1) * cycle;
    let share = size.load / (ROUNDS + 1);
    let warm_up = match size.requests {
        Some(requests) => Amount::Requests(whole(requests / u64::from(ROUNDS + 1))),
        None => Amount::Lasting(share),
    };
    let mut sent = 0;
    let mut one = |amount| {
        let left = size.deadline.saturating_duration_since(Instant::now());
        let outcome = round(target, mix, sent, amount, left, stop)?;
        sent += outcome.requests();
        if let Some(first) = &outcome.first_unexpected {
            bail!(
                "{} of {} had an unexpected status; the first: {first}",
                count(as_signed(outcome.unexpected)),
                plural(outcome.requests() as usize, "response"),
            );
        }
        anyhow::Ok(outcome)
    };
    let warm = one(warm_up)?;
    let requests = whole(warm.requests());
    let mut marks = Marks {
        at: Vec::new(),
        levels: Vec::new(),
        requests,
        last: warm,
        sent: 0,
    };
    marks.set(target, server, ask)?;
    for _ in 0..ROUNDS {
        marks.last = one(Amount::Requests(requests))?;
        if stop.load(Ordering::SeqCst) {
            bail!("interrupted");
        }
        marks.set(target, server, ask)?;
    }
    marks.sent = sent;
    Ok(marks)
}

impl Marks {
    fn set(&mut self, target: Target, server: &Server, ask: bool) -> Result<()> {
        thread::sleep(REST / 2);
        self.at.push(server.began.elapsed().as_millis() as u64);
        if let Some(level) = server.snapshot(self.at.len())? {
            self.levels.push(level);
        } else if ask {
            self.levels.push(ask_for_level(target)?);
        }
        thread::sleep(REST / 2);
        Ok(())
    }
}

/// Reads the live memory that the example server reports at `/stats`.
fn ask_for_level(target: Target) -> Result<Level> {
    let answer = ask::body(target.address(), "/stats", Duration::from_secs(5))?;
    let stats: serde_json::Value = serde_json::from_str(&answer)?;
    let number = |key: &str| {
        stats["heap"][key]
            .as_i64()
            .with_context(|| format!("the response of /stats has no number heap.{key}"))
    };
    Ok(Level {
        blocks: number("live_blocks")?,
        bytes: number("live_bytes")?,
    })
}
