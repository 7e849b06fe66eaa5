//! The load, endpoint by endpoint, round by round, with a mark between any two, so that whatever
//! grew in between was asked for by one endpoint.
//!
//! ```text
//! round 0 (warm-up)   │ /health │ /json │ /leak/cache │ …
//! round 1             │ /health │ /json │ /leak/cache │ …
//!                     ▲         ▲       ▲ a mark: what each stack holds
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::profile::load::{Amount, Mix, Target, round};
use anyhow::{Context, Result, bail};
use heapmark_model::growth::Level;
use heapmark_model::record::Frame;
use serde::Deserialize;

use super::super::place::below_here;
use super::super::{ROUNDS, ask};

/// The server's side of a connection ends a moment after ours.
const REST: Duration = Duration::from_millis(20);
/// The first places are looked up in all the debug information of the server.
const PATIENCE: Duration = Duration::from_secs(10);

/// What was seen at the marks.
pub struct Seen {
    /// What each stack held, by its number: `marks[round * endpoints + endpoint]` is before that
    /// endpoint's segment, and the next one after it.
    pub marks: Vec<BTreeMap<u32, Level>>,
    /// The places of each stack that held anything after the warm-up, innermost first.
    pub stacks: BTreeMap<u32, Vec<Frame>>,
    pub walk: Walk,
}

/// What `/live` answers.
#[derive(Deserialize)]
struct Answer {
    walk: Walk,
    held: Vec<Held>,
}

/// How the server takes stacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Walk {
    /// Along frame pointers.
    FramePointers,
    /// By the tables for unwinding.
    Unwinding,
}

#[derive(Deserialize)]
struct Held {
    stack: u32,
    blocks: i64,
    bytes: i64,
}

impl Held {
    fn level(&self) -> Level {
        Level {
            blocks: self.blocks,
            bytes: self.bytes,
        }
    }
}

pub fn drive(
    target: Target,
    endpoints: &[(String, Mix)],
    requests: u64,
    deadline: Instant,
    stop: &AtomicBool,
) -> Result<Seen> {
    let mark = || -> Result<(Walk, BTreeMap<u32, Level>)> {
        thread::sleep(REST);
        let answer = ask::body(target.address(), "/live", PATIENCE)?;
        let answer: Answer = serde_json::from_str(&answer)
            .context("/live tells nothing; does the server answer it, as examples/memory_profile_server does with --live?")?;
        let held = answer.held.iter().map(|held| (held.stack, held.level()));
        Ok((answer.walk, held.collect()))
    };
    let (walk, first) = mark()?;
    let mut marks = vec![first];
    for number in 0..=ROUNDS {
        for (name, mix) in endpoints {
            let left = deadline.saturating_duration_since(Instant::now());
            let first = u64::from(number) * requests;
            let outcome = round(target, mix, first, Amount::Requests(requests), left, stop)?;
            if let Some(unexpected) = outcome.first_unexpected {
                bail!("{unexpected}");
            }
            if outcome.requests() != requests || stop.load(Ordering::SeqCst) {
                bail!("{name} was interrupted");
            }
            marks.push(mark()?.1);
        }
    }
    let after = &marks[endpoints.len()..];
    let held: BTreeSet<u32> = after.iter().flat_map(BTreeMap::keys).copied().collect();
    let stacks = held
        .into_iter()
        .map(|stack| Ok((stack, frames(target.address(), stack)?)));
    Ok(Seen {
        stacks: stacks.collect::<Result<_>>()?,
        marks,
        walk,
    })
}

fn frames(server: SocketAddr, stack: u32) -> Result<Vec<Frame>> {
    let answer = ask::body(server, &format!("/live/{stack}"), PATIENCE)?;
    let mut frames: Vec<Frame> =
        serde_json::from_str(&answer).with_context(|| format!("/live/{stack}: {answer}"))?;
    for frame in &mut frames {
        frame.file = below_here(&frame.file);
    }
    Ok(frames)
}
