use serde::{Deserialize, Serialize};

/// What a call stack asks for in one iteration, or by how much that differs between two revisions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callsite {
    /// Blocks asked for and granted.
    pub allocs: i64,
    /// Blocks resized.
    pub reallocs: i64,
    /// Bytes of new blocks, and the growth of resized ones.
    pub bytes: i64,
    /// Bytes got or last resized here that are live when everything is dropped.
    pub retained: i64,
    /// Innermost first, without those of std and of heapmark.
    pub frames: Vec<Frame>,
}

/// A place in a program.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Frame {
    /// The function's name.
    pub function: String,
    /// The source file.
    pub file: String,
    /// The line, from 1; 0 where it is not known.
    pub line: u32,
}
