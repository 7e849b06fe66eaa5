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
    /// When most bytes lived, in the profile's clock.
    #[serde(default)]
    pub peak_at: Option<u64>,
    /// Every place that call stacks name, once.
    pub frames: Vec<Frame>,
    /// What each call stack asked for.
    pub callsites: Vec<Callsite>,
    /// What memcheck found beside leaks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Finding>,
    /// Whether the tool was told not to look for leaks, so that none of them says nothing.
    #[serde(default)]
    pub leaks_unknown: bool,
    /// What a reader should know, a sentence each.
    pub warnings: Vec<String>,
}

/// An error of another kind than a leak, as often as the tool saw it at one call stack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How the tool calls the kind, as in `InvalidRead`.
    pub kind: String,
    /// How often.
    pub times: u64,
    /// Places in the profile's frames, innermost first.
    pub stack: Vec<u32>,
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
    /// Bytes that the allocator needs beside those that were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<u64>,
    /// Bytes of the stacks of all threads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stacks: Option<u64>,
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
    /// The most that ever lived of this call stack alone.
    #[serde(default, skip_serializing_if = "Tally::is_unknown")]
    pub highest: Tally,
    /// How long all of its blocks lived together, in the profile's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifetime: Option<u64>,
    /// What lived at each mark that the reader was given; empty where the tool has no event log.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Tally>,
    /// How memcheck or LeakSanitizer call what is left.
    pub kind: Option<Kind>,
}

/// What is left at the end, by who still knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

    /// So many bytes in an unknown number of blocks.
    pub fn bytes(bytes: u64) -> Self {
        Self {
            blocks: None,
            bytes: Some(bytes),
        }
    }

    /// Both together, at most what a number can hold; unknown where one of both is.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            blocks: plus(self.blocks, other.blocks),
            bytes: plus(self.bytes, other.bytes),
        }
    }

    fn is_unknown(&self) -> bool {
        *self == Self::default()
    }
}

fn plus(left: Option<u64>, right: Option<u64>) -> Option<u64> {
    Some(left?.saturating_add(right?))
}

impl Callsite {
    /// Adds what another callsite with the same stack has. When both had most is not known, so
    /// that the most of both together is not either.
    pub fn add(&mut self, other: &Self) {
        self.total = self.total.plus(other.total);
        self.peak = self.peak.plus(other.peak);
        self.end = self.end.plus(other.end);
        self.lifetime = plus(self.lifetime, other.lifetime);
        self.highest = Tally::default();
        for (sum, one) in self.marks.iter_mut().zip(&other.marks) {
            *sum = sum.plus(*one);
        }
        self.kind = self.kind.filter(|kind| other.kind == Some(*kind));
    }
}

impl Profile {
    /// Of which nothing is known yet.
    pub fn new(tool: Tool) -> Self {
        Self {
            tool,
            command: None,
            clock: None,
            timeline: Vec::new(),
            peak_at: None,
            frames: Vec::new(),
            callsites: Vec::new(),
            errors: Vec::new(),
            leaks_unknown: false,
            warnings: Vec::new(),
        }
    }

    /// The places of a stack, innermost first.
    pub fn places<'a>(&'a self, stack: &'a [u32]) -> impl Iterator<Item = &'a Frame> {
        let places = stack.iter();
        places.filter_map(|place| self.frames.get(usize::try_from(*place).ok()?))
    }

    /// The places of a stack, innermost first.
    pub fn stack<'a>(&'a self, callsite: &'a Callsite) -> impl Iterator<Item = &'a Frame> {
        self.places(&callsite.stack)
    }

    /// How many frames of all stacks have a file and a line, and how many there are beside those
    /// of shared libraries that have none.
    pub fn placed(&self) -> (u64, u64) {
        let frames = self.callsites.iter().flat_map(|site| self.stack(site));
        frames.fold((0, 0), |(placed, all), frame| {
            let Frame { function, file, .. } = frame;
            match frame.line {
                // dhat's name of the place above all others, and what stands for no place.
                0 if is_library(file) || function == "[root]" || function == BELOW => (placed, all),
                0 => (placed, all + 1),
                _ => (placed + 1, all + 1),
            }
        })
    }

    /// Blocks that the program itself has asked for, and not a shared library for its own needs, as
    /// the C library does for each thread. `None` where the tool does not know all that was asked
    /// for.
    pub fn asked_for_by_program(&self) -> Option<u64> {
        let by_program = self.callsites.iter().filter(|site| {
            let caller = self.stack(site).next();
            caller.is_some_and(|frame| !is_library(&frame.file) && !is_of_libc(&frame.file))
        });
        by_program
            .map(|site| site.total.blocks)
            .try_fold(0_u64, |sum, blocks| Some(sum.saturating_add(blocks?)))
    }

    /// The moment of the timeline at which most bytes lived, the first of several.
    pub fn peak_moment(&self) -> Option<&Moment> {
        let known = self.timeline.iter().rev();
        let known = known.filter(|moment| moment.live.bytes.is_some());
        known.max_by_key(|moment| moment.live.bytes)
    }

    /// What lived when most bytes did. massif knows that of all its snapshots, but the stacks of
    /// some alone.
    pub fn peak(&self) -> Tally {
        match self.tool {
            Tool::Massif => self.peak_moment().map_or(Tally::default(), |at| at.live),
            _ => self.sum(|site| site.peak),
        }
    }

    /// The most bytes that the stacks of all threads ever had together.
    pub fn most_stacks(&self) -> Option<u64> {
        self.timeline.iter().filter_map(|at| at.stacks).max()
    }

    /// The sum over all stacks, of what is known of all of them.
    pub fn sum(&self, of: fn(&Callsite) -> Tally) -> Tally {
        let all = self.callsites.iter().map(of);
        all.fold(Tally::of(0, 0), Tally::plus)
    }
}

/// What stands for the callers that massif leaves out, since each holds too little.
pub const BELOW: &str = "[below massif's threshold]";

/// Whether it is a shared library, which stands where no source is known.
pub(super) fn is_library(file: &str) -> bool {
    file.ends_with(".so") || file.contains(".so.")
}

/// The C library names its files from the folder that it was built in.
pub(super) fn is_of_libc(file: &str) -> bool {
    let ends = [".c", ".h", ".S"];
    (file.starts_with("./") || file.starts_with("../"))
        && ends.iter().any(|end| file.ends_with(end))
}

/// What valgrind puts in the place of `malloc`.
pub(super) fn is_of_valgrind(file: &str) -> bool {
    file.contains("vg_replace_malloc") || file.contains("vgpreload")
}
