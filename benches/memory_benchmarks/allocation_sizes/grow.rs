//! A block grows from 1 KiB to at least 64 KiB. Fewer, larger steps request more memory in the end.

use std::hint::black_box;

use heapmark::Bencher;

heapmark::question! {
    "grow from 1 KiB to 64 KiB";

    /// Doubling takes six steps, and ends at exactly 64 KiB here.
    doubled as "by 2": allocs == 1, reallocs == 6, bytes == 65_536, retained == 0;
    /// Growing by half takes eleven steps. An allocator can then reuse the space of earlier blocks.
    half_more as "by 1.5": allocs == 1, reallocs == 11, retained == 0;
    /// Growing by 4 KiB takes sixteen steps, and never requests more than one step too much.
    stepped as "by 4 KiB": allocs == 1, reallocs == 16, bytes == 66_560, retained == 0;
    /// A new block, a copy and a free, as in containers that cannot reallocate.
    moved as "by 2, into a new block": allocs == 7, reallocs == 0, bytes == 130_048, retained == 0;
}

const FIRST: usize = 1024;
const LAST: usize = 64 * 1024;

/// Grows a block to the sizes that `next` computes from the current size.
fn grown(next: impl Fn(usize) -> usize) -> Vec<u8> {
    let mut block: Vec<u8> = Vec::with_capacity(black_box(FIRST));
    while block.capacity() < LAST {
        block.resize(block.capacity(), 7);
        block.reserve_exact(next(block.capacity()) - block.len());
    }
    block
}

fn doubled(b: &mut Bencher) {
    b.iter(|| grown(|size| size * 2));
}

fn half_more(b: &mut Bencher) {
    b.iter(|| grown(|size| size + size / 2));
}

fn stepped(b: &mut Bencher) {
    b.iter(|| grown(|size| size + 4096));
}

fn moved(b: &mut Bencher) {
    b.iter(|| {
        let mut block: Vec<u8> = Vec::with_capacity(black_box(FIRST));
        while block.capacity() < LAST {
            block.resize(block.capacity(), 7);
            let mut next = Vec::with_capacity(block.capacity() * 2);
            next.extend_from_slice(&block);
            block = next;
        }
        block
    });
}
