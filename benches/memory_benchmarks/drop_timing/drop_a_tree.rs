//! A binary tree of 1,023 nodes let go of: by each node's owner, by whoever is the last to share
//! it, or as a whole.

use std::hint::black_box;
use std::rc::Rc;
use std::sync::Arc;

use bumpalo::Bump;
use heapmark::{BatchSize, Bencher};

heapmark::question! {
    "drop a tree of 1,023 nodes";

    /// A free a node.
    boxed as "Box": allocs == 0, frees == NODES, retained == 0;
    /// A free a node, each behind a counter that reaches zero.
    rc as "Rc": allocs == 0, frees == NODES, retained == 0;
    /// The same with atomic counters.
    arc as "Arc": allocs == 0, frees == NODES, retained == 0;
    /// One of two owners goes: a counter, and nothing is freed.
    shared as "Arc, shared": allocs == 0, frees == 0, retained == 0;
    /// An arena lets go of a few large blocks.
    bump as "bumpalo": allocs == 0, frees >= 1, frees <= 16, retained == 0;
    /// One block.
    indices as "Vec<Node> and indices": allocs == 0, frees == 1, retained == 0;
}

const LEVELS: u32 = 10;
const NODES: usize = (1 << LEVELS) - 1;

struct Node<P>(u32, Option<[P; 2]>);

/// Grows a tree by `keep`, which makes of a node what others hold.
fn grow<P>(levels: u32, keep: &mut impl FnMut(Node<P>) -> P) -> P {
    let children = (levels > 1).then(|| [grow(levels - 1, keep), grow(levels - 1, keep)]);
    keep(Node(levels, children))
}

struct Boxed(#[expect(dead_code, reason = "it is there to be dropped")] Box<Node<Boxed>>);

fn boxed(b: &mut Bencher) {
    let tree = || grow(black_box(LEVELS), &mut |node| Boxed(Box::new(node)));
    b.iter_batched(tree, drop, BatchSize::LargeInput);
}

struct Counted(#[expect(dead_code, reason = "it is there to be dropped")] Rc<Node<Counted>>);

fn rc(b: &mut Bencher) {
    let tree = || grow(black_box(LEVELS), &mut |node| Counted(Rc::new(node)));
    b.iter_batched(tree, drop, BatchSize::LargeInput);
}

#[derive(Clone)]
struct Shared(Arc<Node<Shared>>);

fn shared_tree() -> Shared {
    grow(black_box(LEVELS), &mut |node| Shared(Arc::new(node)))
}

fn arc(b: &mut Bencher) {
    fn count(tree: &Shared) -> usize {
        1 + tree.0.1.iter().flatten().map(count).sum::<usize>()
    }
    let tree = shared_tree();
    assert_eq!((count(&tree), tree.0.0), (NODES, LEVELS));
    b.iter_batched(shared_tree, drop, BatchSize::LargeInput);
}

fn shared(b: &mut Bencher) {
    let tree = shared_tree();
    b.iter_batched(|| tree.clone(), drop, BatchSize::SmallInput);
}

#[derive(Clone, Copy)]
struct Borrowed<'a>(#[expect(dead_code, reason = "as above")] &'a Node<Borrowed<'a>>);

fn bump(b: &mut Bencher) {
    let tree = || {
        let arena = Bump::new();
        black_box(grow(black_box(LEVELS), &mut |node| {
            Borrowed(arena.alloc(node))
        }));
        arena
    };
    b.iter_batched(tree, drop, BatchSize::LargeInput);
}

fn indices(b: &mut Bencher) {
    let tree = || {
        let mut nodes: Vec<Node<u32>> = Vec::with_capacity(NODES);
        black_box(grow(black_box(LEVELS), &mut |node| {
            nodes.push(node);
            nodes.len() as u32 - 1
        }));
        nodes
    };
    b.iter_batched(tree, drop, BatchSize::LargeInput);
}
