use serde::{Deserialize, Serialize};

use crate::record::Frame;

/// What a tool found out about a program's heap. What a tool does not know is absent, never 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Which tool.
    pub tool: Tool,
    /// What was run, as the tool has it.
    pub command: Option<String>,
    /// The unit of the timeline, as in `ms` or `instructions`.
    pub clock: Option<String>,
    /// Live memory over the run.
    pub timeline: Vec<Moment>,
    /// Every place that call stacks name, once.
    pub frames: Vec<Frame>,
    /// What each call stack asked for.
    pub callsites: Vec<Callsite>,
    /// What a reader should know, a sentence each.
    pub warnings: Vec<String>,
}

/// A tool whose output is understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tool {
    /// dhat, the crate or valgrind's.
    Dhat,
    /// heaptrack.
    Heaptrack,
    /// valgrind's massif.
    Massif,
    /// valgrind's memcheck.
    Memcheck,
    /// The compiler's LeakSanitizer.
    Lsan,
}

/// Live memory at one time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// When, in the profile's clock.
    pub at: u64,
    /// What lives.
    pub live: Tally,
    /// Resident memory in bytes.
    pub resident: Option<u64>,
}

/// So many blocks of so many bytes together, as far as either is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Blocks.
    pub blocks: Option<u64>,
    /// Bytes.
    pub bytes: Option<u64>,
}

/// A call stack and what it asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callsite {
    /// Places in the profile's frames, innermost first.
    pub stack: Vec<u32>,
    /// All of it.
    pub total: Tally,
    /// What lived when the program's memory peaked.
    pub peak: Tally,
    /// What lived, or was lost, at the end.
    pub end: Tally,
    /// What lived at each mark that the reader was given; empty where the tool has no event log.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Tally>,
    /// How memcheck or LeakSanitizer call what is left.
    pub kind: Option<Kind>,
}

/// What is left at the end, by who still knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Nothing points to it.
    Lost,
    /// Only what is lost points to it.
    LostWithIt,
    /// Something points into it.
    PossiblyLost,
    /// Something points to it.
    Reachable,
}

impl Tally {
    /// Both, known.
    pub fn of(blocks: u64, bytes: u64) -> Self {
        Self {
            blocks: Some(blocks),
            bytes: Some(bytes),
        }
    }
}

impl Profile {
    pub(super) fn new(tool: Tool) -> Self {
        Self {
            tool,
            command: None,
            clock: None,
            timeline: Vec::new(),
            frames: Vec::new(),
            callsites: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// The places of a stack, innermost first.
    pub fn stack<'a>(&'a self, callsite: &'a Callsite) -> impl Iterator<Item = &'a Frame> {
        let places = callsite.stack.iter();
        places.filter_map(|place| self.frames.get(usize::try_from(*place).ok()?))
    }

    /// The sum over all stacks, of what is known of all of them.
    pub fn sum(&self, of: fn(&Callsite) -> Tally) -> Tally {
        let all = || self.callsites.iter().map(of);
        Tally {
            blocks: all().map(|tally| tally.blocks).sum(),
            bytes: all().map(|tally| tally.bytes).sum(),
        }
    }
}
