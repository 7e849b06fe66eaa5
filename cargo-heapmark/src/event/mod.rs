//! What happens during a run, as values; nothing prints while it computes.

use std::path::PathBuf;

use heapmark_model::record::{Entry, Failure};

/// A step of a run.
#[derive(Clone, Debug)]
pub enum Event {
    /// cargo has begun to build the bench target; it reports for itself.
    Building {
        /// The bench target.
        bench: String,
    },
    /// Crates are measured with features that only dev-dependencies turn on, so that their heap may be
    /// another one in a program.
    DevFeatures {
        /// The crates, each with its features.
        crates: Vec<String>,
    },
    /// The cases are known and about to be run.
    Counting {
        /// How many cases were chosen.
        cases: usize,
    },
    /// A case is being counted.
    CaseStarted {
        /// Its id.
        id: String,
    },
    /// A case has been counted.
    CaseCounted(Box<Entry>),
    /// A case could not be measured; the others go on.
    CaseFailed(Failure),
    /// A case that varies is about to be run over many iterations.
    Varying {
        /// Its id.
        id: String,
    },
    /// All cases have had their turn.
    Counted,
    /// The linker is about to make layouts of the code.
    LayingOut {
        /// How many.
        layouts: u32,
    },
    /// So many launches are about to come; a further round adds to them.
    Timing {
        /// How many.
        launches: usize,
    },
    /// A process is about to time a case; nothing is told until it has ended.
    Launching {
        /// The id of the case.
        id: String,
    },
    /// All times are taken.
    Timed,
    /// The instructions of so many cases are about to be counted.
    CountingInstructions {
        /// How many cases there are.
        cases: usize,
    },
    /// The instructions of a case have been counted, or could not be.
    InstructionsCounted {
        /// Its id.
        id: String,
    },
    /// So many cases are about to be repeated, to see whether they grow.
    Repeating {
        /// How many cases there are.
        cases: usize,
    },
    /// It is known whether a case grows.
    Repeated {
        /// Its id.
        id: String,
    },
    /// Instructions were not counted, of all cases or of one; the rest stands without them.
    NoInstructions {
        /// One sentence on why.
        reason: String,
    },
    /// A command has done its work.
    Took {
        /// Its phases, each with its seconds.
        phases: String,
    },
    /// The record was written.
    Stored {
        /// Where it stands.
        path: PathBuf,
    },
    /// The run was not to be, or could not be, recorded.
    NotStored {
        /// Why.
        reason: String,
    },
    /// Something in the store could not be used; the rest was.
    Skipped {
        /// One sentence on what and why.
        reason: String,
    },
    /// The site was written.
    Rendered {
        /// The page to open.
        index: PathBuf,
        /// How many pages and data files it has.
        files: usize,
    },
}

/// Is told what happens.
pub trait Listener {
    /// Something has happened.
    fn on(&mut self, event: &Event);
}

/// Listens to nothing; for callers that want only the result.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Listener for Silent {
    fn on(&mut self, _: &Event) {}
}
