//! A binary tree of 127 nodes, each with a number: each node behind a pointer, or all of them in
//! one container.

use std::hint::black_box;
use std::rc::Rc;

use bumpalo::Bump;
use heapmark::Bencher;
use slab::Slab;
use slotmap::SlotMap;
use typed_arena::Arena;

heapmark::question! {
    "build a tree of 127 nodes";

    /// One block per node.
    boxed as "Box": allocs == 127, retained == 0;
    /// One block per node, 16 B larger.
    rc as "Rc": allocs == 127, retained == 0;
    /// An arena places the nodes in a few large blocks, and frees them all at once.
    bump as "bumpalo": allocs == 3, retained == 0;
    /// An arena for one type also uses a few large blocks.
    typed as "typed-arena": allocs == 4, retained == 0;
    /// With a known number of nodes, it is one block.
    typed_reserved as "typed-arena::with_capacity": allocs == 1, retained == 0;
    /// The keys of a slot map detect that their node was removed.
    slots as "slotmap": allocs == 1, reallocs == 6, retained == 0;
    /// With a known number of nodes, it is one block that never grows.
    slots_reserved as "slotmap::with_capacity": allocs == 1, reallocs == 0, retained == 0;
    /// The keys of a slab are plain numbers.
    slab as "slab": allocs == 1, reallocs == 5, retained == 0;
    /// With a known number of nodes, it is one block that never grows.
    slab_reserved as "slab::with_capacity": allocs == 1, reallocs == 0, retained == 0;
    /// Indices into a vector need no crate.
    indices as "Vec<Node> and indices": allocs == 1, reallocs == 5, retained == 0;
}

/// The number of levels of the tree.
const DEPTH: u32 = 7;

/// The sum over a tree in which every node holds its level, from 7 at the root to 1.
const SUM: u64 = 7 + 2 * 6 + 4 * 5 + 8 * 4 + 16 * 3 + 32 * 2 + 64;

struct Boxed(u64, Option<[Box<Boxed>; 2]>);

fn boxed(b: &mut Bencher) {
    fn grow(depth: u32) -> Box<Boxed> {
        let children = (depth > 1).then(|| [grow(depth - 1), grow(depth - 1)]);
        Box::new(Boxed(depth.into(), children))
    }
    fn sum(node: &Boxed) -> u64 {
        node.0 + node.1.iter().flatten().map(|child| sum(child)).sum::<u64>()
    }
    assert_eq!(sum(&grow(DEPTH)), SUM);
    b.iter(|| grow(black_box(DEPTH)));
}

struct RcNode(u64, Option<[Rc<RcNode>; 2]>);

fn rc(b: &mut Bencher) {
    fn grow(depth: u32) -> Rc<RcNode> {
        let children = (depth > 1).then(|| [grow(depth - 1), grow(depth - 1)]);
        Rc::new(RcNode(depth.into(), children))
    }
    fn sum(node: &RcNode) -> u64 {
        node.0 + node.1.iter().flatten().map(|child| sum(child)).sum::<u64>()
    }
    assert_eq!(sum(&grow(DEPTH)), SUM);
    b.iter(|| grow(black_box(DEPTH)));
}

struct Borrowed<'a>(u64, Option<[&'a Borrowed<'a>; 2]>);

fn sum_of(node: &Borrowed<'_>) -> u64 {
    node.0
        + node
            .1
            .iter()
            .flatten()
            .map(|child| sum_of(child))
            .sum::<u64>()
}

fn bump(b: &mut Bencher) {
    fn grow(arena: &Bump, depth: u32) -> &Borrowed<'_> {
        let children = (depth > 1).then(|| [grow(arena, depth - 1), grow(arena, depth - 1)]);
        arena.alloc(Borrowed(depth.into(), children))
    }
    assert_eq!(sum_of(grow(&Bump::new(), DEPTH)), SUM);
    b.iter(|| {
        let arena = Bump::new();
        black_box(grow(&arena, black_box(DEPTH)));
        arena
    });
}

fn grow_typed<'a>(arena: &'a Arena<Borrowed<'a>>, depth: u32) -> &'a Borrowed<'a> {
    let children =
        (depth > 1).then(|| [grow_typed(arena, depth - 1), grow_typed(arena, depth - 1)]);
    arena.alloc(Borrowed(depth.into(), children))
}

fn typed(b: &mut Bencher) {
    assert_eq!(sum_of(grow_typed(&Arena::new(), DEPTH)), SUM);
    b.iter(|| {
        let arena = Arena::new();
        black_box(grow_typed(&arena, black_box(DEPTH)).0)
    });
}

fn typed_reserved(b: &mut Bencher) {
    b.iter(|| {
        let arena = Arena::with_capacity(black_box(127));
        black_box(grow_typed(&arena, black_box(DEPTH)).0)
    });
}

/// A node that refers to its children by keys of type `K`.
struct Keyed<K>(u64, Option<[K; 2]>);

/// Builds a tree with `insert`, which stores a node and returns its key.
fn grow_keyed<K>(depth: u32, insert: &mut impl FnMut(Keyed<K>) -> K) -> K {
    let children =
        (depth > 1).then(|| [grow_keyed(depth - 1, insert), grow_keyed(depth - 1, insert)]);
    insert(Keyed(depth.into(), children))
}

/// The sum over the tree below `key`; `node` finds a node by its key.
fn sum_keyed<'a, K: Copy + 'a>(key: K, node: &impl Fn(K) -> Option<&'a Keyed<K>>) -> u64 {
    let Some(found) = node(key) else { return 0 };
    let children = found.1.iter().flatten();
    found.0 + children.map(|child| sum_keyed(*child, node)).sum::<u64>()
}

type Slots = SlotMap<slotmap::DefaultKey, Keyed<slotmap::DefaultKey>>;

fn slots(b: &mut Bencher) {
    in_slots(b, SlotMap::new);
}

fn slots_reserved(b: &mut Bencher) {
    in_slots(b, || SlotMap::with_capacity(black_box(127)));
}

fn in_slots(b: &mut Bencher, new: impl Fn() -> Slots) {
    let grow = || {
        let mut slots = new();
        let root = grow_keyed(black_box(DEPTH), &mut |node| slots.insert(node));
        (slots, root)
    };
    let (slots, root) = grow();
    assert_eq!(sum_keyed(root, &|key| slots.get(key)), SUM);
    b.iter(grow);
}

fn slab(b: &mut Bencher) {
    in_slab(b, Slab::new);
}

fn slab_reserved(b: &mut Bencher) {
    in_slab(b, || Slab::with_capacity(black_box(127)));
}

fn in_slab(b: &mut Bencher, new: impl Fn() -> Slab<Keyed<usize>>) {
    let grow = || {
        let mut slab = new();
        let root = grow_keyed(black_box(DEPTH), &mut |node| slab.insert(node));
        (slab, root)
    };
    let (slab, root) = grow();
    assert_eq!(sum_keyed(root, &|key| slab.get(key)), SUM);
    b.iter(grow);
}

fn indices(b: &mut Bencher) {
    let grow = || {
        let mut nodes: Vec<Keyed<u32>> = Vec::new();
        let root = grow_keyed(black_box(DEPTH), &mut |node| {
            nodes.push(node);
            nodes.len() as u32 - 1
        });
        (nodes, root)
    };
    let (nodes, root) = grow();
    assert_eq!(sum_keyed(root, &|index| nodes.get(index as usize)), SUM);
    b.iter(grow);
}
