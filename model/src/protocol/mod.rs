//! The protocol between a parent and a worker process: one JSON value per line.
//!
//! ```text
//!  parent                                     worker (BIN --bench --heapmark-worker)
//!    │ ── Request::List ──────────────────────▶ │
//!    │ ◀─ Hello, Group…, Case…, Done ────────── │
//!    │ ── Request::Run { case, pass, … } ─────▶ │   one case per process
//!    │ ◀─ Hello, Observation…, Done ─────────── │
//!    │ ── Request::Time { case, … } ──────────▶ │   one case per process
//!    │ ◀─ Hello, Batches, Done ──────────────── │
//! ```
//!
//! Each message is an object whose first key is `heapmark`, with the version of the protocol as its
//! value. Lines without that key are output of the case and are ignored, so a case may print. This
//! module does no I/O.

mod line;

use crate::json::json_word;

use crate::record::{Callsite, CaseInfo, GroupInfo, Growth, HashSeeds, Observation, Totals};
pub use line::{Message, ProtocolError, decode, encode};

/// The protocol version of this build.
pub const VERSION: u32 = 1;

/// How every line of a message begins, in any version.
pub const BEGINNING: &str = "{\"heapmark\":";

/// The argument that turns a bench binary into a worker.
pub const WORKER_ARGUMENT: &str = "--heapmark-worker";

/// A request of the parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// List all cases.
    List,
    /// Run one case.
    Run {
        /// The id of the case.
        case: String,
        /// How to run it.
        pass: Pass,
        /// The number of repetitions, after one warm-up call.
        repetitions: u32,
    },
    /// Run every case in one process, each in a child process if the system allows it. For workers
    /// whose cases take long to register.
    RunEach {
        /// How to run them.
        pass: Pass,
        /// The number of repetitions of each case, after one warm-up call.
        repetitions: u32,
    },
    /// Time one case.
    Time {
        /// The id of the case.
        case: String,
        /// How to time it.
        launch: Launch,
    },
}

impl Request {
    /// The id of the case that the request is about; `None` if it is about all cases.
    pub fn case(&self) -> Option<&str> {
        match self {
            Self::Run { case, .. } | Self::Time { case, .. } => Some(case),
            Self::List | Self::RunEach { .. } => None,
        }
    }
}

/// How one process times a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Launch {
    /// The seed of the heap state that the case starts with.
    pub heap_seed: u32,
    /// The number of timed batches, after a warm-up.
    pub batches: u32,
    /// The intended length of a batch, in microseconds.
    pub batch_microseconds: u32,
    /// Makes the case look slower by this many percent: a batch runs that many more iterations than
    /// its time is divided by. For calibrations; absent in normal measurements.
    pub slower_percent: Option<u32>,
}

/// One way of running a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pass {
    /// Counts allocation events.
    Count,
    /// Counts instructions. Only a worker under callgrind can run it. Such a worker answers several
    /// requests, each in a separate child process. Any other worker answers `Unsupported`.
    Instructions,
    /// Adds up the metrics of many iterations; answered by `Totals`.
    Rate,
    /// Collects the call stacks that allocate in one iteration; answered by `Callsites`.
    Callsites,
    /// Repeats the case until it is certain whether live memory grows; answered by `Growth`. Older
    /// workers answer `Unsupported`.
    Growth,
}

/// A reply of the worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The first reply: identifies the worker.
    Hello {
        /// The version of heapmark inside the worker.
        version: String,
        /// The type of the global allocator under the counters; null if heapmark's allocator is not
        /// installed.
        allocator: Option<String>,
        /// The value of `HEAPMARK_REVISION` when the worker was compiled; null if it was not set.
        /// Absent in older workers.
        revision: Option<String>,
    },
    /// A group of the worker's cases.
    Group(GroupInfo),
    /// One of the worker's cases.
    Case(CaseInfo),
    /// The replies that follow are about this case; only after [`Request::RunEach`].
    About {
        /// The id of the case.
        case: String,
    },
    /// The list of cases may lack some, because the program failed before it registered them.
    Incomplete {
        /// How it failed.
        reason: String,
    },
    /// One repetition of the requested case.
    Observation {
        /// What it did to the heap.
        observation: Box<Observation>,
        /// The assertions of the case, and whether this repetition passes them.
        claims: Vec<(String, bool)>,
    },
    /// The sums over many iterations of the case.
    Totals {
        /// The sums at each checkpoint that was reached.
        totals: Vec<Totals>,
    },
    /// The times of the batches.
    Batches {
        /// Picoseconds per iteration, one number per batch in run order.
        picoseconds: Vec<u64>,
        /// The time of a fixed piece of work before the first batch and after each batch, in
        /// nanoseconds.
        paces: Vec<u64>,
    },
    /// callgrind has written the instructions of the requested case.
    Instructions {
        /// The id of the process that ran the case; the names of callgrind's files contain it.
        process: u32,
        /// The number of repetitions, each in a separate file.
        repetitions: u32,
        /// Whether the process had other threads, whose instructions callgrind did not count.
        other_threads: bool,
        /// The source of the hash seeds.
        hash_seeds: HashSeeds,
    },
    /// The call stacks that allocated in one iteration.
    Callsites {
        /// Each distinct stack once.
        callsites: Vec<Callsite>,
    },
    /// Whether live memory grows while the case is repeated.
    Growth {
        /// The verdict and its evidence.
        growth: Box<Growth>,
    },
    /// The worker knows the pass but cannot run it.
    Unsupported {
        /// The requested pass.
        pass: Pass,
    },
    /// The request could not be carried out.
    Failed {
        /// What happened.
        reason: String,
    },
    /// The last reply. An answer without it was cut off.
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
    fn output_of_a_case_is_ignored() {
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
