//! The load as equal rounds, with a mark after each while the server rests.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::profile::load::{Amount, Mix, Outcome, Target, round};
use anyhow::{Context, Result, bail};

use super::ask;
use super::server::Server;
use heapmark_model::growth::Level;

/// Rounds that are compared; one more warms the server up.
pub const ROUNDS: u32 = 5;
/// The server rests at a mark for so long, and is read in the middle: the tools' clocks begin up
/// to 0.2 s after ours.
const REST: Duration = Duration::from_millis(500);

/// How much load.
#[derive(Clone, Copy)]
pub struct Size {
    pub load: Duration,
    pub requests: Option<u64>,
    pub deadline: Instant,
}

/// What was sent, and the state between rounds.
pub struct Marks {
    /// Milliseconds since the tool was started, in the middle of each rest.
    pub at: Vec<u64>,
    /// What the server says of its heap at each mark, where it can be asked.
    pub levels: Vec<Level>,
    /// Requests of each round.
    pub requests: u64,
    last: Outcome,
    /// All requests, those of the warm-up too.
    pub sent: u64,
}

impl Marks {
    /// What was sent and how it was answered.
    pub fn sentence(&self) -> String {
        let micros = |share| self.last.percentile(share).unwrap_or_default().as_micros();
        format!(
            "{} requests, {ROUNDS} rounds of {}; the last at {:.0}/s, p50 {} µs, p99 {} µs",
            self.sent,
            self.requests,
            self.last.rate(),
            micros(0.5),
            micros(0.99),
        )
    }
}

/// Sends the rounds and sets a mark after each; `ask` whether the server states its heap.
///
/// # Errors
///
/// If a request fails or is answered otherwise than wanted, and if it is interrupted.
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
                "{} answers had another status than wanted; {first}",
                outcome.unexpected
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

/// Reads `/stats` of the example server.
fn ask_for_level(target: Target) -> Result<Level> {
    let answer = ask::body(target.address(), "/stats", Duration::from_secs(5))?;
    let stats: serde_json::Value = serde_json::from_str(&answer)?;
    let number = |key: &str| {
        stats["heap"][key]
            .as_i64()
            .with_context(|| format!("/stats has no {key}"))
    };
    Ok(Level {
        blocks: number("live_blocks")?,
        bytes: number("live_bytes")?,
    })
}
