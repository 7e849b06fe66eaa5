//! Creates a heap state from a seed, before a case is timed.
//!
//! The times of two processes of the same binary differ by tens of percent, depending on the
//! addresses of their blocks. Repetition inside one process does not average this out. A seed gives
//! each process a different heap, and two processes that are compared the same heap.

/// Number of blocks that are allocated. Half of them are never freed.
const BLOCKS: usize = 1_024;

/// Size of the largest block in bytes. All blocks together have about half a megabyte.
const LARGEST: usize = 1_024;

/// Allocates blocks of random sizes, then frees half of them in random order, both from `seed`. The
/// other half is never freed, because it is part of the heap state.
pub fn seed_heap(seed: u32) {
    let mut random = SplitMix(u64::from(seed));
    let block = |_| vec![0_u8; 1 + random.below(LARGEST)];
    let mut blocks: Vec<Vec<u8>> = (0..BLOCKS).map(block).collect();
    for last in (1..BLOCKS).rev() {
        blocks.swap(last, random.below(last + 1));
    }
    let stay = blocks.split_off(BLOCKS / 2);
    drop(std::hint::black_box(blocks));
    std::mem::forget(std::hint::black_box(stay));
}

/// The pseudo-random number generator SplitMix64.
struct SplitMix(u64);

impl SplitMix {
    /// A number below `bound`, uniformly distributed.
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        ((u128::from(mixed) * bound as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::SplitMix;

    #[test]
    fn the_stream_depends_only_on_the_seed_and_is_uniform() {
        let draw = |seed| {
            let mut random = SplitMix(seed);
            (0..4_000).map(|_| random.below(8)).collect::<Vec<_>>()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        for number in 0..8 {
            let often = draw(1).iter().filter(|drawn| **drawn == number).count();
            assert!((400..600).contains(&often), "{number}: {often}");
        }
    }
}
