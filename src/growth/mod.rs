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
//! A server that is put under `watch` tells at each mark what lives, and its caller sends equal
//! rounds of requests in between:
//!
//! ```
//! use heapmark::growth::{self, Course, Level};
//!
//! #[global_allocator]
//! static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
//!
//! let mut cache: Vec<Box<[u8; 100]>> = Vec::with_capacity(1_000);
//! let growth = growth::watch()?;
//! let mut levels = Vec::new();
//! for _round in 0..4 {
//!     for _request in 0..50 {
//!         cache.push(Box::new([0; 100]));
//!     }
//!     let held = growth.held();
//!     levels.push(held.iter().max_by_key(|held| held.bytes).map(|held| (held.stack, held.level())));
//! }
//! let (stack, _) = levels[0].expect("the cache holds something");
//! let levels: Vec<Level> = levels.into_iter().flatten().map(|(_, level)| level).collect();
//! let slope = growth::judge(&levels, 50).expect("there are three rounds");
//! assert_eq!((slope.blocks, slope.bytes), (1.0, 100.0));
//! assert_eq!(slope.course, Some(Course::Steady));
//! let frames = growth.frames(stack).expect("the stack is one of this watch");
//! # assert!(!frames.is_empty());
//! # Ok::<(), growth::WatchError>(())
//! ```
//!
//! In a server the two are routes: `growth.held()` and `growth.frames(stack)` are plain data that
//! any serde format writes. `examples/memory_profile_server/growth.rs` has both, and `cargo xtask
//! profile growth` asks for them.
//!
//! # Cost
//!
//! A stack is followed along its frame pointers, which the program and all it is built of have to
//! keep: build it with `RUSTFLAGS="-C force-frame-pointers=yes"`. Otherwise, and on platforms
//! other than Linux on x86-64 and aarch64, each stack is unwound, which is far more expensive;
//! [`Growth::walk`] tells which. `cargo xtask profile growth --cost` measures it.

mod judge;
mod table;
mod walk;

use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

use crate::alloc::{Hook, INSTALL_HINT, Open, is_installed, open_hooked};
use crate::record::Frame;
use crate::stacks::places;

pub use judge::{Course, Level, Slope, judge};
pub use walk::Walk;

/// What one call stack asked for and still lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The stack's number within this watch, the same at every mark.
    pub stack: u32,
    /// Blocks that were got or last resized here.
    pub blocks: u64,
    /// Their bytes, as asked for.
    pub bytes: u64,
}

impl Held {
    /// The numbers alone.
    pub fn level(&self) -> Level {
        let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        Level {
            blocks: signed(self.blocks),
            bytes: signed(self.bytes),
        }
    }
}

/// Why a program cannot be watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WatchError {
    /// Nothing would be seen, which reads as "nothing grows".
    #[error("heapmark's allocator is not installed; add:\n{INSTALL_HINT}")]
    NotInstalled,
    /// There is one table of blocks.
    #[error("the program is watched already")]
    AlreadyWatched,
}

static WATCHED: AtomicBool = AtomicBool::new(false);
static HOOK: Hook = Hook {
    on_alloc: table::keep,
    on_resized: |address, _, bytes| table::keep(address, bytes),
    on_free: table::forget,
};

/// A program that is watched, until this is dropped.
#[derive(Debug)]
#[must_use = "the watch ends when this is dropped"]
pub struct Growth {
    /// Closed before the next watch may begin.
    open: Option<Open>,
    walk: Walk,
}

/// Keeps the call stack of every block that any thread asks for from now on. What lives already is
/// left out, and so is what the watch itself needs.
///
/// # Errors
///
/// Where heapmark's allocator is not the program's, and where the program is watched already.
pub fn watch() -> Result<Growth, WatchError> {
    if !is_installed() {
        return Err(WatchError::NotInstalled);
    }
    if WATCHED.swap(true, Ordering::Acquire) {
        return Err(WatchError::AlreadyWatched);
    }
    let walk = walk::choose();
    table::clear();
    let open = Some(open_hooked(&HOOK));
    Ok(Growth { open, walk })
}

impl Growth {
    /// What lives now, by call stack, in the order of the stacks' numbers; stacks of which nothing
    /// lives are left out. Where threads allocate meanwhile, it is of no single moment.
    pub fn held(&self) -> Vec<Held> {
        table::held()
    }

    /// The places of a stack in the source, innermost first, the allocator's own left in. `None`
    /// where no stack of this watch has that number. The first question reads the program's debug
    /// information, which takes up to seconds.
    pub fn frames(&self, stack: u32) -> Option<Vec<Frame>> {
        table::unseen(|| Some(places(&table::addresses(stack)?)))
    }

    /// How stacks are taken.
    pub fn walk(&self) -> Walk {
        self.walk
    }
}

impl Drop for Growth {
    fn drop(&mut self) {
        drop(self.open.take());
        table::clear();
        WATCHED.store(false, Ordering::Release);
    }
}
