//! Live profile: the memory that a running program holds, by the call stack that allocated it. To
//! find what grows, let the program do equal rounds of work, and take a sample after each round.
//!
//! ```text
//!  watch ─▶ each block: address ─▶ stack ───┐
//!           removed when it is freed        ├─ held ─▶ sample ─┐
//!                                           │                  ├─ judge ─▶ blocks per request
//!           requests of a round ────────────┴─ held ─▶ sample ─┘
//! ```
//!
//! To only count, use [`stats`](crate::stats), which records no stacks. To judge a single function,
//! use [`leak::detect`](crate::leak::detect), which is more precise.
//!
//! ```
//! use heapmark::live;
//!
//! #[global_allocator]
//! static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
//!
//! let watch = live::watch()?;
//! let mut cache: Vec<Box<[u8; 100]>> = Vec::with_capacity(1_000);
//! for _request in 0..50 {
//!     cache.push(Box::new([0; 100]));
//! }
//! let held = watch.held();
//! let boxes = held.iter().find(|held| held.blocks == 50).expect("fifty boxes live");
//! assert_eq!(boxes.bytes, 5_000);
//! let frames = watch.frames(boxes.stack).expect("the stack is one of this watch");
//! # assert!(!frames.is_empty());
//! # Ok::<(), live::WatchError>(())
//! ```
//!
//! `cargo heapmark profile live` profiles a server. It sends equal rounds of requests, takes a
//! sample after each round, and judges what grows. For this, the server needs two routes, which
//! return the results of `watch.held()` and `watch.frames(stack)`.
//! `examples/memory_profile_server/live.rs` shows how.
//!
//! # Cost
//!
//! Stacks are read along frame pointers if the program and all its dependencies keep them: build it
//! with `RUSTFLAGS="-C force-frame-pointers=yes"`. Otherwise, and on platforms other than Linux on
//! x86-64 and aarch64, each stack is unwound, which is far more expensive. [`Watch::walk`] returns
//! which method is used. `cargo xtask profile cost` measures the cost.

use std::fmt;

use crate::alloc::{INSTALL_HINT, is_installed};
use crate::stacks::{self, blocks, frames, walk};

pub use crate::stacks::walk::Walk;
pub use heapmark_model::record::Frame;

/// The live blocks that one call stack allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Held {
    /// The number of the stack. It is the same in every sample of this watch.
    pub stack: u32,
    /// Live blocks that were allocated, or last resized, by this stack.
    pub blocks: u64,
    /// Their requested bytes.
    pub bytes: u64,
}

/// Why a program cannot be watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WatchError {
    /// heapmark's allocator is not the program's global allocator, so nothing would be recorded.
    NotInstalled,
    /// Call stacks are already being recorded, by another watch or by a leak detection.
    AlreadyWatched,
}

impl fmt::Display for WatchError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInstalled => write!(
                out,
                "cannot watch the heap: heapmark's allocator is not installed; \
                 add to the program:\n{INSTALL_HINT}"
            ),
            Self::AlreadyWatched => out.write_str(
                "the call stacks of this program are already being recorded, by another watch or \
                 by a leak detection; end that one first",
            ),
        }
    }
}

impl std::error::Error for WatchError {}

/// Records the call stacks of live blocks until it is dropped.
#[derive(Debug)]
#[must_use = "the watch ends when this is dropped"]
pub struct Watch {
    trace: stacks::Trace,
    walk: Walk,
}

/// Records the call stack of every block that any thread allocates from now on. Blocks that already
/// exist, and the watch's own memory, are not included.
///
/// # Errors
///
/// - [`WatchError::NotInstalled`] if heapmark's allocator is not the program's global allocator.
/// - [`WatchError::AlreadyWatched`] if call stacks are already being recorded, by another watch or
///   by a leak detection.
pub fn watch() -> Result<Watch, WatchError> {
    if !is_installed() {
        return Err(WatchError::NotInstalled);
    }
    let trace = stacks::trace(None).map_err(|_| WatchError::AlreadyWatched)?;
    let walk = blocks::unseen(walk::choose);
    // The first stacks were unwound. They are dropped, so that all stacks come from one method.
    blocks::clear();
    Ok(Watch { trace, walk })
}

impl Watch {
    /// The live blocks by call stack, ordered by the numbers of the stacks. Stacks without live
    /// blocks are left out. If other threads allocate meanwhile, the values of different stacks may
    /// be from slightly different moments.
    pub fn held(&self) -> Vec<Held> {
        let all = (0..).zip(self.trace.held());
        let held = all.filter(|(_, held)| held.blocks > 0);
        blocks::unseen(|| {
            held.map(|(stack, held)| Held {
                stack,
                blocks: held.blocks,
                bytes: held.bytes,
            })
            .collect()
        })
    }

    /// The frames of a stack with their source locations, innermost first, including the frames of
    /// the allocator. `None` if no stack of this watch has that number.
    ///
    /// The first call reads the program's debug information, which takes up to several seconds.
    pub fn frames(&self, stack: u32) -> Option<Vec<Frame>> {
        blocks::unseen(|| Some(frames(&blocks::addresses(stack)?)))
    }

    /// How stacks are read.
    pub fn walk(&self) -> Walk {
        self.walk
    }
}
