//! Makes the heap that a case finds depend on a seed.
//!
//! Two processes of the same binary differ by tens of percent through where the allocator places
//! their blocks, and repeating inside of a process does not average it out. A seed gives each
//! process another heap, and two processes that are to be compared the same.

/// Blocks that are allocated, half of which stay.
const BLOCKS: usize = 1_024;

/// The largest of them, in bytes; together they are about half a megabyte.
const LARGEST: usize = 1_024;

/// Allocates blocks of seeded sizes, then frees half of them in a seeded order. The others are
/// never freed: they belong to the heap that the case finds.
pub fn seed_heap(seed: u32) {
    let mut random = fastrand::Rng::with_seed(u64::from(seed));
    let block = |_| vec![0_u8; random.usize(1..=LARGEST)];
    let mut blocks: Vec<Vec<u8>> = (0..BLOCKS).map(block).collect();
    random.shuffle(&mut blocks);
    let stay = blocks.split_off(BLOCKS / 2);
    drop(std::hint::black_box(blocks));
    std::mem::forget(std::hint::black_box(stay));
}
