//! Work that holds memory: compares the requested bytes with resident memory, before and after half
//! of the blocks are freed.

use std::ops::RangeInclusive;

use heapmark_model::record::AllocatorHeld;

use super::{seeded, size};
use crate::UsableSize;
use crate::measure::resident;

/// Bytes that are requested.
const HELD: usize = 64 << 20;

/// Allocates blocks of mixed sizes and writes every byte, then frees every second block.
///
/// # Panics
///
/// If the kernel does not report resident memory, because 0 would be a valid number.
pub fn hold(sizes: RangeInclusive<usize>, usable: Option<UsableSize>) -> AllocatorHeld {
    let resident = || resident().expect("/proc/self/smaps_rollup contains Rss");
    let mut random = seeded();
    let room = HELD / sizes.start();
    // The list of blocks is the same for all allocators, and is allocated before the first block.
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
