//! The common model of heap profiles.

use serde::{Deserialize, Serialize};

use crate::record::Frame;

/// A heap profile of a program. A value that the tool does not know is absent, never 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// The tool that made it.
    pub tool: Tool,
    /// The command that was run, as the tool reports it.
    pub command: Option<String>,
    /// The unit of the timeline, as in `ms` or `instructions`.
    pub clock: Option<String>,
    /// Live memory over the run.
    pub timeline: Vec<Moment>,
    /// The time of the highest live bytes, in the profile's clock.
    #[serde(default)]
    pub peak_at: Option<u64>,
    /// Every frame of the call stacks, once.
    pub frames: Vec<Frame>,
    /// The allocations of each call stack.
    pub callsites: Vec<Callsite>,
    /// Errors that memcheck found in addition to leaks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Finding>,
    /// Whether the tool did not check for leaks. Then the absence of leaks means nothing.
    #[serde(default)]
    pub leaks_unknown: bool,
    /// Notes for the reader, one sentence each.
    pub warnings: Vec<String>,
}

/// An error that is not a leak, with how often the tool saw it at one call stack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The tool's name for the kind, as in `InvalidRead`.
    pub kind: String,
    /// How often it occurred.
    pub times: u64,
    /// Indices into the profile's frames, innermost first.
    pub stack: Vec<u32>,
}

/// A tool whose output heapmark reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tool {
    /// dhat: the crate or valgrind's tool.
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
    /// The time, in the profile's clock.
    pub at: u64,
    /// Live blocks and bytes.
    pub live: Tally,
    /// Resident memory in bytes.
    pub resident: Option<u64>,
    /// Bytes that the allocator uses in addition to the requested ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<u64>,
    /// Bytes of the stacks of all threads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stacks: Option<u64>,
}

/// A number of blocks and their bytes; each is absent if it is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Blocks.
    pub blocks: Option<u64>,
    /// Bytes.
    pub bytes: Option<u64>,
}

/// A call stack with its allocations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callsite {
    /// Indices into the profile's frames, innermost first.
    pub stack: Vec<u32>,
    /// All allocations.
    pub total: Tally,
    /// Live memory when the memory of the whole program peaked.
    pub peak: Tally,
    /// Live or lost memory at the end.
    pub end: Tally,
    /// The highest live memory of only this call stack.
    #[serde(default, skip_serializing_if = "Tally::is_unknown")]
    pub highest: Tally,
    /// The sum of the lifetimes of its blocks, in the profile's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifetime: Option<u64>,
    /// Live memory at each mark that the reader was given; empty if the tool has no event log.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Tally>,
    /// How memcheck or LeakSanitizer classifies the remaining memory.
    pub kind: Option<Kind>,
}

/// A class of remaining memory, by the pointers to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// No pointer to it is left.
    Lost,
    /// Only lost memory points to it.
    LostWithIt,
    /// A pointer into it is left, but none to its start.
    PossiblyLost,
    /// A pointer to it is left.
    Reachable,
}

impl Tally {
    /// A tally with both numbers.
    pub fn new(blocks: u64, bytes: u64) -> Self {
        Self {
            blocks: Some(blocks),
            bytes: Some(bytes),
        }
    }

    /// A number of bytes in an unknown number of blocks.
    pub fn bytes(bytes: u64) -> Self {
        Self {
            blocks: None,
            bytes: Some(bytes),
        }
    }

    /// The sum, limited to the largest number; a number is unknown if either is.
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
    /// Adds another call site with the same stack. The highest live memory becomes unknown, because
    /// the two may have peaked at different times.
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
    /// An empty profile.
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

    /// The frames of a stack, innermost first.
    pub fn places<'a>(&'a self, stack: &'a [u32]) -> impl Iterator<Item = &'a Frame> {
        let places = stack.iter();
        places.filter_map(|place| self.frames.get(usize::try_from(*place).ok()?))
    }

    /// The frames of a call site's stack, innermost first.
    pub fn stack<'a>(&'a self, callsite: &'a Callsite) -> impl Iterator<Item = &'a Frame> {
        self.places(&callsite.stack)
    }

    /// The number of frames, over all stacks, that have a file and a line; and the number of all
    /// frames, without those of shared libraries that have no line.
    pub fn placed(&self) -> (u64, u64) {
        let frames = self.callsites.iter().flat_map(|site| self.stack(site));
        frames.fold((0, 0), |(placed, all), frame| {
            let Frame { function, file, .. } = frame;
            match frame.line {
                // dhat's root of all stacks, and the placeholder for omitted callers.
                0 if is_library(file) || function == "[root]" || function == BELOW => (placed, all),
                0 => (placed, all + 1),
                _ => (placed + 1, all + 1),
            }
        })
    }

    /// Blocks that the program itself allocated. Excludes those that a shared library allocates for
    /// itself, as the C library does for each thread. `None` if the tool does not know all
    /// allocations.
    pub fn asked_for_by_program(&self) -> Option<u64> {
        let by_program = self.callsites.iter().filter(|site| {
            let caller = self.stack(site).next();
            caller.is_some_and(|frame| !is_library(&frame.file) && !is_of_libc(&frame.file))
        });
        by_program
            .map(|site| site.total.blocks)
            .try_fold(0_u64, |sum, blocks| Some(sum.saturating_add(blocks?)))
    }

    /// The first moment of the timeline with the highest live bytes.
    pub fn peak_moment(&self) -> Option<&Moment> {
        let known = self.timeline.iter().rev();
        let known = known.filter(|moment| moment.live.bytes.is_some());
        known.max_by_key(|moment| moment.live.bytes)
    }

    /// The live memory at the peak. massif knows it for every snapshot, but has call stacks for
    /// only some of them.
    pub fn peak(&self) -> Tally {
        match self.tool {
            Tool::Massif => self.peak_moment().map_or(Tally::default(), |at| at.live),
            _ => self.sum(|site| site.peak),
        }
    }

    /// The highest number of bytes that the stacks of all threads had together.
    pub fn most_stacks(&self) -> Option<u64> {
        self.timeline.iter().filter_map(|at| at.stacks).max()
    }

    /// The sum over all call sites; a number is unknown if any of them does not know it.
    pub fn sum(&self, of: fn(&Callsite) -> Tally) -> Tally {
        let all = self.callsites.iter().map(of);
        all.fold(Tally::new(0, 0), Tally::plus)
    }
}

/// The placeholder for callers that massif omits because each holds too little memory.
pub const BELOW: &str = "[below massif's threshold]";

/// Whether it is a shared library, which tools print if they know no source file.
pub(super) fn is_library(file: &str) -> bool {
    file.ends_with(".so") || file.contains(".so.")
}

/// Whether the file belongs to the C library, whose paths are relative to its build folder.
pub(super) fn is_of_libc(file: &str) -> bool {
    let ends = [".c", ".h", ".S"];
    (file.starts_with("./") || file.starts_with("../"))
        && ends.iter().any(|end| file.ends_with(end))
}

/// Whether the file belongs to valgrind's replacement of `malloc`.
pub(super) fn is_of_valgrind(file: &str) -> bool {
    file.contains("vg_replace_malloc") || file.contains("vgpreload")
}
