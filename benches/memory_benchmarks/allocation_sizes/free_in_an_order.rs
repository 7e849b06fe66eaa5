//! 1,000 blocks of 16 to 512 bytes are freed in different orders. The counts are the same; the time
//! shows how well an allocator handles each order.

use heapmark::{BatchSize, Bencher};

heapmark::question! {
    "free 1,000 blocks in an order";

    /// The newest block first, like a stack. The last free is that of the list.
    newest_first as "newest first": allocs == 0, frees == 1001, retained == 0;
    /// The oldest block first, like a queue.
    oldest_first as "oldest first": allocs == 0, frees == 1001, retained == 0;
    /// In random order, from a fixed seed.
    shuffled as "shuffled": allocs == 0, frees == 1001, retained == 0;
    /// Every second block, then the others, so no two neighbours are freed together.
    every_second as "every second, then the rest": allocs == 0, frees == 1001, retained == 0;
}

/// Blocks of random sizes from a fixed seed, in reverse order of freeing.
fn blocks(order: impl Fn(&mut Vec<Box<[u8]>>)) -> Vec<Box<[u8]>> {
    let mut random = fastrand::Rng::with_seed(11);
    let mut blocks: Vec<Box<[u8]>> = (0..1000)
        .map(|_| vec![7; random.usize(16..=512)].into())
        .collect();
    order(&mut blocks);
    blocks
}

/// Measures freeing all blocks, and finally their list.
fn measure(b: &mut Bencher, order: impl Fn(&mut Vec<Box<[u8]>>) + Copy) {
    let free = |blocks: &mut Vec<Box<[u8]>>| {
        while let Some(block) = blocks.pop() {
            drop(block);
        }
    };
    b.iter_batched_ref(|| blocks(order), free, BatchSize::SmallInput);
}

fn newest_first(b: &mut Bencher) {
    measure(b, |_| {});
}

fn oldest_first(b: &mut Bencher) {
    measure(b, |blocks| blocks.reverse());
}

fn shuffled(b: &mut Bencher) {
    measure(b, |blocks| fastrand::Rng::with_seed(13).shuffle(blocks));
}

fn every_second(b: &mut Bencher) {
    measure(b, |blocks| {
        let (even, odd): (Vec<_>, Vec<_>) =
            blocks.drain(..).enumerate().partition(|(n, _)| n % 2 == 0);
        blocks.extend(even.into_iter().chain(odd).map(|(_, block)| block));
    });
}
