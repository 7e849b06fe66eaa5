//! A thousand blocks of 16 to 512 bytes given back in different orders. The counts are the same,
//! the time is what an allocator makes of each order.

use heapmark::{BatchSize, Bencher};

heapmark::question! {
    "free 1,000 blocks in an order";

    /// The newest first, as a stack does; the last free is that of the list.
    newest_first as "newest first": allocs == 0, frees == 1001, retained == 0;
    /// The oldest first, as a queue does.
    oldest_first as "oldest first": allocs == 0, frees == 1001, retained == 0;
    /// In an order that a seed decides.
    shuffled as "shuffled": allocs == 0, frees == 1001, retained == 0;
    /// Every second one, then the others, so that no two neighbours go together.
    every_second as "every second, then the rest": allocs == 0, frees == 1001, retained == 0;
}

/// Blocks of sizes that a seed decides, in the order in which they are to go, the last one first.
fn blocks(order: impl Fn(&mut Vec<Box<[u8]>>)) -> Vec<Box<[u8]>> {
    let mut random = fastrand::Rng::with_seed(11);
    let mut blocks: Vec<Box<[u8]>> = (0..1000)
        .map(|_| vec![7; random.usize(16..=512)].into())
        .collect();
    order(&mut blocks);
    blocks
}

/// Measures giving back all blocks, and their list at last.
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
