//! 100 items are pushed one by one: how each type grows, and whether it uses reserved capacity.

use std::collections::VecDeque;
use std::hint::black_box;

use bumpalo::Bump;
use heapmark::Bencher;
use smallvec::SmallVec;
use thin_vec::ThinVec;
use tinyvec::TinyVec;

heapmark::question! {
    "push 100 items";

    /// `Vec` starts with four items and doubles five times.
    vec as "Vec": allocs == 1, reallocs == 5, bytes == 512, retained == 0;
    /// The reserved capacity is enough: one block.
    reserved as "Vec::with_capacity": allocs == 1, reallocs == 0, bytes == 400, retained == 0;
    /// `SmallVec` moves its eight inline items to the heap at the ninth push, and then grows to
    /// powers of two.
    small as "SmallVec<[T; 8]>": allocs == 1, reallocs == 3, bytes == 512, retained == 0;
    /// `SmallVec` with a capacity is one block from the beginning.
    small_reserved as "SmallVec::with_capacity": allocs == 1, reallocs == 0, bytes == 400,
        retained == 0;
    /// `TinyVec` moves into a `Vec` at the ninth push, which then grows as usual.
    tiny as "TinyVec<[T; 8]>": allocs == 1, retained == 0;
    /// `ThinVec` starts with four items and doubles, with a header of 16 B before the items.
    thin as "ThinVec": allocs == 1, reallocs == 5, bytes == 528, retained == 0;
    /// With a capacity, it is one block for the header and the items.
    thin_reserved as "ThinVec::with_capacity": allocs == 1, reallocs == 0, bytes == 416,
        retained == 0;
    /// A ring buffer grows like `Vec`.
    deque as "VecDeque": allocs == 1, reallocs == 5, bytes == 512, retained == 0;
    /// A ring buffer with a capacity is one block.
    deque_reserved as "VecDeque::with_capacity": allocs == 1, reallocs == 0, bytes == 400,
        retained == 0;
    /// In an arena with free space, growing abandons the old space and allocates nothing.
    bump as "bumpalo::collections::Vec": allocs == 0, reallocs == 0, bytes == 0, retained == 0;
}

/// Defines a case that pushes 100 items into the list of an expression.
macro_rules! pushes {
    ($name:ident, $push:ident, $new:expr) => {
        fn $name(b: &mut Bencher) {
            let fill = || {
                let mut list = $new;
                (0..black_box(100_u32)).for_each(|item| list.$push(item));
                list
            };
            assert!(fill().into_iter().eq(0..100));
            b.iter(fill);
        }
    };
}

pushes!(vec, push, Vec::new());
pushes!(reserved, push, Vec::with_capacity(black_box(100)));
pushes!(small, push, SmallVec::<[u32; 8]>::new());
pushes!(
    small_reserved,
    push,
    SmallVec::<[u32; 8]>::with_capacity(black_box(100))
);
pushes!(tiny, push, TinyVec::<[u32; 8]>::new());
pushes!(thin, push, ThinVec::new());
pushes!(thin_reserved, push, ThinVec::with_capacity(black_box(100)));
pushes!(deque, push_back, VecDeque::new());
pushes!(
    deque_reserved,
    push_back,
    VecDeque::with_capacity(black_box(100))
);

fn bump(b: &mut Bencher) {
    fn filled(arena: &Bump) -> bumpalo::collections::Vec<'_, u32> {
        let mut list = bumpalo::collections::Vec::new_in(arena);
        (0..black_box(100)).for_each(|item| list.push(item));
        list
    }
    let mut arena = Bump::with_capacity(8192);
    assert!(filled(&arena).iter().copied().eq(0..100));
    b.iter(|| {
        arena.reset();
        black_box(&filled(&arena));
    });
}
