//! A binary tree of 1,023 nodes is dropped: node by node by its owner, by the last of several
//! owners, or as a whole.

use std::hint::black_box;
use std::rc::Rc;
use std::sync::Arc;

use bumpalo::Bump;
use heapmark::{BatchSize, Bencher};

heapmark::question! {
    "drop a tree of 1,023 nodes";

    /// One free per node.
    boxed as "Box": allocs == 0, frees == NODES, retained == 0;
    /// One free per node, after its counter reaches zero.
    rc as "Rc": allocs == 0, frees == NODES, retained == 0;
    /// The same as `Rc`, with atomic counters.
    arc as "Arc": allocs == 0, frees == NODES, retained == 0;
    /// One of two owners is dropped: the counter decreases, and nothing is freed.
    shared as "Arc, shared": allocs == 0, frees == 0, retained == 0;
    /// An arena frees a few large blocks.
    bump as "bumpalo": allocs == 0, frees >= 1, frees <= 16, retained == 0;
    /// One block, so one free.
    indices as "Vec<Node> and indices": allocs == 0, frees == 1, retained == 0;
}

const LEVELS: u32 = 10;
const NODES: usize = (1 << LEVELS) - 1;

struct Node<P>(u32, Option<[P; 2]>);

/// Builds a tree; `keep` turns a node into the pointer that its parent holds.
fn grow<P>(levels: u32, keep: &mut impl FnMut(Node<P>) -> P) -> P {
    let children = (levels > 1).then(|| [grow(levels - 1, keep), grow(levels - 1, keep)]);
    keep(Node(levels, children))
}

struct Boxed(#[expect(dead_code, reason = "the field is only dropped")] Box<Node<Boxed>>);

fn boxed(b: &mut Bencher) {
    let tree = || grow(black_box(LEVELS), &mut |node| Boxed(Box::new(node)));
    b.iter_batched(tree, drop, BatchSize::LargeInput);
}

struct RcNode(#[expect(dead_code, reason = "the field is only dropped")] Rc<Node<RcNode>>);

fn rc(b: &mut Bencher) {
    let tree = || grow(black_box(LEVELS), &mut |node| RcNode(Rc::new(node)));
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
