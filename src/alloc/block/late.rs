//! Events of a thread that has no block: while it registers, and after its guard was dropped.

use std::sync::atomic::Ordering::Relaxed;

use super::{Block, LINEAGE, class, register};
use crate::alloc::lineage;

pub(super) static LATE: Block = Block::new();
/// The late block of the threads with the newest mark.
pub(super) static LATE_OF_MARKED: Block = Block::new();

/// The late block that counts the calling thread's events.
fn late() -> &'static Block {
    match lineage::is_current(LINEAGE.get()) {
        true => &LATE_OF_MARKED,
        false => &LATE,
    }
}

#[cold]
#[inline(never)]
pub(super) fn on_alloc(size: usize) {
    match register() {
        Some(block) => block.on_alloc(size),
        None => {
            let late = late();
            late.allocs.fetch_add(1, Relaxed);
            late.bytes.fetch_add(size as u64, Relaxed);
            late.classes[class(size)].fetch_add(1, Relaxed);
            late.live.fetch_add(size as i64, Relaxed);
        }
    }
}

#[cold]
#[inline(never)]
pub(super) fn on_free(size: usize) {
    match register() {
        Some(block) => block.on_free(size),
        None => {
            let late = late();
            late.frees.fetch_add(1, Relaxed);
            late.live.fetch_sub(size as i64, Relaxed);
        }
    }
}

#[cold]
#[inline(never)]
pub(super) fn on_realloc(old: usize, new: usize) {
    match register() {
        Some(block) => block.on_realloc(old, new),
        None => {
            let late = late();
            late.reallocs.fetch_add(1, Relaxed);
            late.bytes
                .fetch_add(new.saturating_sub(old) as u64, Relaxed);
            late.classes[class(new)].fetch_add(1, Relaxed);
            late.live.fetch_add(new as i64 - old as i64, Relaxed);
        }
    }
}
