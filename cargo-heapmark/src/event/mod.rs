//! Events of a run. Code that measures sends them to a [`Listener`] and prints nothing itself.

use std::path::PathBuf;

use heapmark_model::record::{Entry, Failure};

/// A step of a run.
#[derive(Clone, Debug)]
pub enum Event {
    /// cargo starts to build the bench target. cargo prints its own progress.
    Building {
        /// The bench target.
        bench: String,
    },
    /// Some crates are measured with features that only dev-dependencies enable. In a program, they
    /// may allocate differently.
    DevFeatures {
        /// The crates, each with its features.
        crates: Vec<String>,
    },
    /// A bench target installs a global allocator, which was removed from its copy.
    ReplacedAllocator {
        /// The source file, relative to the workspace.
        file: PathBuf,
    },
    /// Locked packages were too old for heapmark, and were updated in the copy.
    Updated {
        /// Their names.
        packages: Vec<String>,
    },
    /// Some cases of the bench targets are unknown.
    Incomplete {
        /// Why, one sentence.
        reason: String,
    },
    /// The counting of the chosen cases starts.
    Counting {
        /// Number of cases.
        cases: usize,
    },
    /// The counting of a case starts.
    CaseStarted {
        /// Its id.
        id: String,
    },
    /// A case has been counted.
    CaseCounted(Box<Entry>),
    /// A case could not be measured. The run continues with the others.
    CaseFailed(Failure),
    /// A case that varies is counted over many iterations.
    Varying {
        /// Its id.
        id: String,
    },
    /// All cases have been counted.
    Counted,
    /// The bench target is linked in several link orders.
    LayingOut {
        /// Number of link orders.
        link_orders: u32,
    },
    /// Launches that follow, in addition to those announced before.
    Timing {
        /// Number of launches.
        launches: usize,
    },
    /// A process starts to time a case. The next event follows when it has ended.
    Launching {
        /// The id of the case.
        id: String,
    },
    /// All cases have been timed.
    Timed,
    /// The counting of instructions starts.
    CountingInstructions {
        /// Number of cases.
        cases: usize,
    },
    /// The instructions of a case have been counted, or could not be.
    InstructionsCounted {
        /// Its id.
        id: String,
    },
    /// The search for growth starts.
    Repeating {
        /// Number of cases.
        cases: usize,
    },
    /// A case was repeated and judged.
    Repeated {
        /// Its id.
        id: String,
    },
    /// The instructions of one case or of all cases could not be counted.
    NoInstructions {
        /// The reason, one sentence.
        reason: String,
    },
    /// A command has finished its measurements.
    Took {
        /// The phases of the command, each with its seconds.
        phases: String,
    },
    /// The record was written.
    Stored {
        /// Its path.
        path: PathBuf,
    },
    /// The run was not recorded.
    NotStored {
        /// The reason.
        reason: String,
    },
    /// Something was skipped, for example an unreadable record. The command continues.
    Skipped {
        /// What was skipped and why, one sentence.
        reason: String,
    },
    /// The site was written.
    Rendered {
        /// The page to open.
        index: PathBuf,
        /// Number of pages and data files.
        files: usize,
    },
}

/// Receives events.
pub trait Listener {
    /// Handles an event.
    fn on(&mut self, event: &Event);
}

/// Ignores all events, for callers that need only the result.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Listener for Silent {
    fn on(&mut self, _: &Event) {}
}
