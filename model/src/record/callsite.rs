use crate::json::json_object;
#[cfg(feature = "records")]
use serde::{Deserialize, Serialize};

use super::Frame;

/// What a call stack asks for in one iteration, or by how much that differs between two revisions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "records", derive(Serialize, Deserialize))]
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

json_object!(Callsite {
    allocs,
    reallocs,
    bytes,
    retained,
    frames
});
