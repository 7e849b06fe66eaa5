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

    /// How many frames of all stacks have a file and a line, and how many there are beside those
    /// of shared libraries that have none.
    pub fn placed(&self) -> (u64, u64) {
        let frames = self.callsites.iter().flat_map(|site| self.stack(site));
        frames.fold((0, 0), |(placed, all), frame| {
            let Frame { function, file, .. } = frame;
            match frame.line {
                // dhat's name of the place above all others.
                0 if is_library(file) || function == "[root]" => (placed, all),
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
        by_program.map(|site| site.total.blocks).sum()
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
