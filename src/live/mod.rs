//! What a running server holds, by the call stack that asked for it, and what of it grows. Not
//! for counting, which needs no stacks, and not for a function alone, which
//! [`leak::detect`](crate::leak::detect) judges better.
//!
//! ```text
//!  watch ─▶ every block: address ─▶ stack ──┐
//!              its end: forgotten           ├─ held ─▶ a mark ─┐
//!                                           │                  ├─ judge ─▶ blocks a request
//!           requests of a round ────────────┴─ held ─▶ a mark ─┘
//! ```
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
//! In a server the two are routes: `watch.held()` and `watch.frames(stack)` are plain data.
//! `examples/memory_profile_server/live.rs` has both; `cargo xtask profile live` sends equal rounds
//! of requests, asks for both after each, and judges what grows.
//!
//! # Cost
//!
//! A stack is followed along its frame pointers, which the program and all it is built of have to
//! keep: build it with `RUSTFLAGS="-C force-frame-pointers=yes"`. Otherwise, and on platforms
//! other than Linux on x86-64 and aarch64, each stack is unwound, which is far more expensive;
//! [`Watch::walk`] states which. `cargo xtask profile live --cost` measures it.

use std::fmt;

use crate::alloc::{INSTALL_HINT, is_installed};
use crate::stacks::{self, blocks, places, walk};

pub use crate::stacks::walk::Walk;
pub use heapmark_model::record::Frame;

/// What one call stack asked for and still lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Held {
    /// The stack's number within this watch, the same at every mark.
    pub stack: u32,
    /// Blocks that were got or last resized here.
    pub blocks: u64,
    /// Their bytes, as asked for.
    pub bytes: u64,
}

/// Why a program cannot be watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WatchError {
    /// Nothing would be seen, which reads as "nothing grows".
    NotInstalled,
    /// Its blocks are followed already, by another watch or by a leak detection.
    AlreadyWatched,
}

impl fmt::Display for WatchError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInstalled => write!(
                out,
                "heapmark's allocator is not installed; add:\n{INSTALL_HINT}"
            ),
            Self::AlreadyWatched => out.write_str(
                "the program's blocks are followed already, by another watch or by a leak detection",
            ),
        }
    }
}

impl std::error::Error for WatchError {}

/// A program that is watched, until this is dropped.
#[derive(Debug)]
#[must_use = "the watch ends when this is dropped"]
pub struct Watch {
    trace: stacks::Trace,
    walk: Walk,
}

/// Keeps the call stack of every block that any thread asks for from now on. What lives already is
/// left out, and so is what the watch itself needs.
///
/// # Errors
///
/// If heapmark's allocator is not the program's, and if blocks of the program are followed already.
pub fn watch() -> Result<Watch, WatchError> {
    if !is_installed() {
        return Err(WatchError::NotInstalled);
    }
    let trace = stacks::trace(None).map_err(|_| WatchError::AlreadyWatched)?;
    let walk = blocks::unseen(walk::choose);
    // The first stacks were unwound; the others are to be alike.
    blocks::clear();
    Ok(Watch { trace, walk })
}

impl Watch {
    /// What lives now, by call stack, in the order of the stacks' numbers; stacks of which nothing
    /// lives are left out. If threads allocate meanwhile, it is of no single moment.
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

    /// The places of a stack in the source, innermost first, the allocator's own left in. `None`
    /// if no stack of this watch has that number. The first question reads the program's debug
    /// information, which takes up to seconds.
    pub fn frames(&self, stack: u32) -> Option<Vec<Frame>> {
        blocks::unseen(|| Some(places(&blocks::addresses(stack)?)))
    }

    /// How stacks are taken.
    pub fn walk(&self) -> Walk {
        self.walk
    }
}
