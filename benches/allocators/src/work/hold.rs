//! Memory that is held: what of it a program asked for, and what stays when half of it is freed.

use std::ops::RangeInclusive;

use heapmark_model::record::AllocatorHeld;

use super::{seeded, size};
use crate::UsableSize;
use crate::measure::resident;

/// Bytes that are asked for.
const HELD: usize = 64 << 20;

/// Holds blocks of mixed sizes, every byte written, then frees every second one.
///
/// # Panics
///
/// Where the kernel does not tell what is in memory: 0 would be a number.
pub fn hold(sizes: RangeInclusive<usize>, usable: Option<UsableSize>) -> AllocatorHeld {
    let resident = || resident().expect("/proc/self/smaps_rollup tells Rss");
    let mut random = seeded();
    let room = HELD / sizes.start();
    // The list of blocks is the same for all, and is there before the first is asked for.
    let mut blocks: Vec<Option<Vec<u8>>> = Vec::with_capacity(room);
    blocks.resize_with(room, || None);
    let before = resident();
    let (mut requested, mut count) = (0, 0);
    while requested < HELD {
        let bytes = size(&mut random, *sizes.start(), *sizes.end());
        blocks[count] = Some(vec![1; bytes]);
        requested += bytes;
        count += 1;
    }
    let all = blocks.iter().flatten();
    let usable = usable.map(|usable| all.map(|block| usable(block.as_ptr()) as u64).sum());
    let now = || resident().saturating_sub(before);
    let resident_bytes = now();
    for block in blocks.iter_mut().step_by(2) {
        *block = None;
    }
    let left = blocks.iter().flatten().map(|block| block.capacity() as u64);
    AllocatorHeld {
        requested: requested as u64,
        usable,
        resident: resident_bytes,
        requested_after: left.sum(),
        resident_after: now(),
    }
}
