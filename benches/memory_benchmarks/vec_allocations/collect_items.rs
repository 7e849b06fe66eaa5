//! A typical number of items is collected at once. The sizes include those at which a type that
//! stores few items inline starts to allocate.

use std::collections::VecDeque;
use std::hint::black_box;

use arrayvec::ArrayVec;
use bumpalo::Bump;
use heapmark::Bencher;
use smallvec::SmallVec;
use thin_vec::ThinVec;
use tinyvec::TinyVec;

heapmark::question! {
    "collect n items";

    /// `Vec` allocates exactly the length that the iterator reports.
    vec as "Vec"(n in [4, 8, 100]): allocs == 1, reallocs == 0, bytes == n * 4, retained == 0;
    /// A boxed slice takes over the block of the vector, which is exactly full.
    boxed as "Box<[T]>"(n in [8, 100]): allocs == 1, reallocs == 0, bytes == n * 4, retained == 0;
    /// `SmallVec<[T; 8]>` stores up to eight items inline.
    small as "SmallVec<[T; 8]>"(n in [4, 8, 9, 100]): allocs == usize::from(n > 8), retained == 0;
    /// `TinyVec<[T; 8]>` is an enum that stores up to eight items inline.
    tiny as "TinyVec<[T; 8]>"(n in [4, 8, 9, 100]): allocs == usize::from(n > 8), retained == 0;
    /// `ArrayVec<T, 100>` never allocates; it rejects more items than its capacity.
    array as "ArrayVec<T, 100>"(n in [8, 100]): allocs == 0, bytes == 0, retained == 0;
    /// `ThinVec` has the size of one pointer: its length and capacity are in the block.
    thin as "ThinVec"(n in [8, 100]): allocs == 1, retained == 0;
    /// A ring buffer collects like `Vec`.
    deque as "VecDeque"(n in [8, 100]): allocs == 1, bytes == n * 4, retained == 0;
    /// In an arena with free space, it allocates nothing.
    bump as "bumpalo::collections::Vec"(n in [8, 100]): allocs == 0, bytes == 0, retained == 0;
}

/// `n` items; the compiler does not know their number.
fn items(n: usize) -> impl ExactSizeIterator<Item = u32> {
    0..black_box(n as u32)
}

/// Measures `collect`, whose result must contain the items.
fn measure<T: std::ops::Deref<Target = [u32]>>(b: &mut Bencher, n: usize, collect: impl Fn() -> T) {
    assert!(collect().iter().copied().eq(items(n)));
    b.iter(collect);
}

fn vec(b: &mut Bencher, n: usize) {
    measure(b, n, || items(n).collect::<Vec<u32>>());
}

fn boxed(b: &mut Bencher, n: usize) {
    measure(b, n, || items(n).collect::<Box<[u32]>>());
}

fn small(b: &mut Bencher, n: usize) {
    measure(b, n, || items(n).collect::<SmallVec<[u32; 8]>>());
}

fn tiny(b: &mut Bencher, n: usize) {
    measure(b, n, || items(n).collect::<TinyVec<[u32; 8]>>());
}

fn array(b: &mut Bencher, n: usize) {
    measure(b, n, || items(n).collect::<ArrayVec<u32, 100>>());
}

fn thin(b: &mut Bencher, n: usize) {
    measure(b, n, || items(n).collect::<ThinVec<u32>>());
}

fn deque(b: &mut Bencher, n: usize) {
    assert!(items(n).collect::<VecDeque<u32>>().into_iter().eq(items(n)));
    b.iter(|| items(n).collect::<VecDeque<u32>>());
}

fn bump(b: &mut Bencher, n: usize) {
    let mut arena = Bump::with_capacity(4096);
    let collected = bumpalo::collections::Vec::from_iter_in(items(n), &arena);
    assert!(collected.iter().copied().eq(items(n)));
    drop(collected);
    b.iter(|| {
        arena.reset();
        black_box(&bumpalo::collections::Vec::from_iter_in(items(n), &arena));
    });
}
