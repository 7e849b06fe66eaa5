//! What a parent and a worker process say to each other: one JSON value a line.
//!
//! ```text
//!  parent                                     worker (BIN --bench --heapmark-worker)
//!    │ ── Request::List ──────────────────────▶ │
//!    │ ◀─ Hello, Group…, Case…, Done ────────── │
//!    │ ── Request::Run { case, pass, … } ─────▶ │   one case a process
//!    │ ◀─ Hello, Observation…, Done ─────────── │
//!    │ ── Request::Time { case, … } ──────────▶ │   one case a process
//!    │ ◀─ Hello, Batches, Done ──────────────── │
//! ```
//!
//! Each line is an object whose first key is `heapmark`, which holds the protocol's version. Lines
//! without it are the case's own output and are passed over, so a case may print. No I/O here.

mod line;

use crate::json::json_word;

use crate::record::{Callsite, CaseInfo, GroupInfo, Growth, HashSeeds, Observation, Totals};
pub use line::{Message, ProtocolError, decode, encode};

/// The version of the protocol that this build speaks.
pub const VERSION: u32 = 1;

/// What every line of a message begins with, whatever its version.
pub const BEGINNING: &str = "{\"heapmark\":";

/// The argument that turns a bench binary into a worker.
pub const WORKER_ARGUMENT: &str = "--heapmark-worker";

/// What a parent asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Name every case.
    List,
    /// Run one case.
    Run {
        /// The id of the case.
        case: String,
        /// How to run it.
        pass: Pass,
        /// How often, after one warm-up call.
        repetitions: u32,
    },
    /// Time one case.
    Time {
        /// The id of the case.
        case: String,
        /// How.
        launch: Launch,
    },
}

/// How one process times a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Launch {
    /// What the heap that the case finds is drawn from.
    pub heap_seed: u32,
    /// Timed batches, after a warm-up.
    pub batches: u32,
    /// How long a batch is meant to take, in microseconds.
    pub batch_microseconds: u32,
    /// How many percent more iterations a batch runs than it is divided by, for whoever wants to
    /// see a case slower by just so much; absent for an honest time.
    pub slower_percent: Option<u32>,
}

/// One way of running a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// Counts allocation events.
    Count,
    /// Counts instructions. Only a worker under callgrind runs it, as often as it is asked, each
    /// case in a child of its own; any other answers `Unsupported`.
    Instructions,
    /// Adds up what many iterations do to the heap; answered by `Totals`.
    Rate,
    /// Collects the call stacks that allocate, in one iteration; answered by `Callsites`.
    Callsites,
    /// Repeats until it is sure whether live memory grows; answered by `Growth`, and by
    /// `Unsupported` in workers of before there was one.
    Growth,
}

/// What a worker answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Comes first: who speaks.
    Hello {
        /// The version of heapmark inside the worker.
        version: String,
        /// The type of the global allocator under the counters; null where heapmark's
        /// allocator is not installed.
        allocator: Option<String>,
        /// What `HEAPMARK_REVISION` was when the worker was compiled; null where it was not set,
        /// absent in workers of before it was told.
        revision: Option<String>,
    },
    /// A group of the worker's cases.
    Group(GroupInfo),
    /// A case that the worker knows.
    Case(CaseInfo),
    /// One repetition of the case that was asked for.
    Observation {
        /// What it did to the heap.
        observation: Box<Observation>,
        /// Claims of the case, and whether this repetition kept them.
        claims: Vec<(String, bool)>,
    },
    /// What many iterations of the case add up to.
    Totals {
        /// The sums at each checkpoint that was reached.
        totals: Vec<Totals>,
    },
    /// What the batches took.
    Batches {
        /// Picoseconds an iteration, one number a batch in the order they were run.
        picoseconds: Vec<u64>,
        /// What a fixed piece of work took before the first batch and behind each, in nanoseconds.
        paces: Vec<u64>,
    },
    /// callgrind has written down the instructions of the case that was asked for.
    Instructions {
        /// The process that ran the case; its number is in the names of callgrind's files.
        process: u32,
        /// Repetitions that were written, each to a file of its own.
        repetitions: u32,
        /// Whether other threads were there, whose work callgrind did not count.
        other_threads: bool,
        /// Where hash seeds came from.
        hash_seeds: HashSeeds,
    },
    /// Which call stacks asked for memory in one iteration.
    Callsites {
        /// Each different stack once.
        callsites: Vec<Callsite>,
    },
    /// Whether live memory grows while the case is repeated.
    Growth {
        /// What was found.
        growth: Box<Growth>,
    },
    /// The worker knows the pass by name but does not run it.
    Unsupported {
        /// The pass that was asked for.
        pass: Pass,
    },
    /// The request could not be carried out.
    Failed {
        /// What happened.
        reason: String,
    },
    /// Comes last; a stream that ends without it was cut off.
    Done,
}

json_word!(Pass {
    Count = "count",
    Instructions = "instructions",
    Rate = "rate",
    Callsites = "callsites",
    Growth = "growth",
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_survives_the_round_trip() {
        let reply = Reply::Observation {
            observation: Box::new(Observation {
                size_classes: vec![(8, 1), (64, 2)],
                ..Observation::default()
            }),
            claims: vec![("allocs == 1".to_owned(), true)],
        };
        let line = encode(&reply);
        assert!(line.starts_with(BEGINNING), "{line}");
        assert_eq!(decode(&line).unwrap(), Some(reply));
    }

    #[test]
    fn what_a_case_prints_is_passed_over() {
        for noise in [
            "hello",
            "{\"my\": \"json\"}",
            "",
            "{",
            "{\"heapmark\": \"no\"}",
        ] {
            assert_eq!(decode::<Reply>(noise).unwrap(), None, "{noise}");
        }
    }

    #[test]
    fn another_version_is_an_error_that_names_both() {
        let error = decode::<Reply>("{\"heapmark\":99,\"reply\":\"done\"}").unwrap_err();
        assert!(error.to_string().contains("protocol 99"), "{error}");
    }

    #[test]
    fn an_unknown_reply_of_our_version_is_malformed() {
        assert!(decode::<Reply>("{\"heapmark\":1,\"reply\":\"sing\"}").is_err());
    }
}
