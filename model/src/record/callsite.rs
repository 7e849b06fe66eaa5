//! The allocations of one call stack.

use crate::json::json_object;
#[cfg(feature = "records")]
use serde::{Deserialize, Serialize};

use super::Frame;

/// The allocations of a call stack in one iteration, or their difference between two revisions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "records", derive(Serialize, Deserialize))]
pub struct Callsite {
    /// Allocated blocks.
    pub allocs: i64,
    /// Reallocated blocks.
    pub reallocs: i64,
    /// Bytes of new blocks, plus the growth of reallocated ones.
    pub bytes: i64,
    /// Bytes allocated or last reallocated here that are live after everything was dropped.
    pub retained: i64,
    /// Innermost first, without the frames of std and heapmark.
    pub frames: Vec<Frame>,
}

json_object!(Callsite {
    allocs,
    reallocs,
    bytes,
    retained,
    frames
});
