//! Sends the load endpoint by endpoint in each round, and samples live memory between any two
//! endpoints. Growth between two samples therefore belongs to one endpoint.
//!
//! ```text
//! round 0 (warm-up)   │ /health │ /json │ /leak/cache │ …
//! round 1             │ /health │ /json │ /leak/cache │ …
//!                     ▲         ▲       ▲ a sample: what each stack holds
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

use super::super::growing_site::below_here;
use super::super::{ROUNDS, ask};

/// The pause before a sample: the server closes its side of a connection shortly after the client.
const REST: Duration = Duration::from_millis(20);
/// How long a response may take. The first frames are slow, because the server then reads all its
/// debug information.
const PATIENCE: Duration = Duration::from_secs(10);

/// The samples of a run.
pub struct Seen {
    /// What each stack held, by its number: `marks[round * endpoints + endpoint]` is the sample
    /// before that endpoint's segment, and the next element is the one after it.
    pub marks: Vec<BTreeMap<u32, Level>>,
    /// The frames of each stack that held memory after the warm-up, innermost first.
    pub stacks: BTreeMap<u32, Vec<Frame>>,
    pub walk: Walk,
}

/// The response of `/live`.
#[derive(Deserialize)]
struct LiveReply {
    walk: Walk,
    held: Vec<Held>,
}

/// How the server takes call stacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Walk {
    /// Along frame pointers.
    FramePointers,
    /// With the unwind tables.
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
        let answer: LiveReply = serde_json::from_str(&answer)
            .context("the response of /live is not the JSON of `heapmark::live`; add the route as in examples/memory_profile_server/live.rs")?;
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
    let mut frames: Vec<Frame> = serde_json::from_str(&answer)
        .with_context(|| format!("cannot parse the response of /live/{stack}: {answer}"))?;
    for frame in &mut frames {
        frame.file = below_here(&frame.file);
    }
    Ok(frames)
}
