//! A tree of 127 nodes in which each node knows its children and its parent. This is the smallest
//! graph for which one owner per node is not enough.

use std::cell::{Cell, OnceCell, RefCell};
use std::hint::black_box;
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex, PoisonError};

use bumpalo::Bump;
use heapmark::Bencher;
use slab::Slab;
use slotmap::{DefaultKey, SlotMap};

heapmark::question! {
    "know children and parent, 127 nodes";

    /// One block per node and one for each list of children. Pointers to parents are weak, so no
    /// cycle remains.
    rc as "Rc and Weak": allocs == 127 + 63, retained == 0;
    /// The same for threads, with a lock in each node.
    arc as "Arc, Mutex and Weak": allocs == 127 + 63, retained == 0;
    /// Every node of an arena may point to every other node in it.
    bump as "bumpalo": allocs == 3, retained == 0;
    /// The keys of a slot map detect that their node was removed.
    slots as "slotmap": allocs == 1, reallocs == 6, retained == 0;
    /// The keys of a slab are plain numbers.
    slab as "slab": allocs == 1, reallocs == 5, retained == 0;
    /// Indices into a vector need no crate.
    indices as "Vec<Node> and indices": allocs == 1, reallocs == 5, retained == 0;
}

/// The number of nodes. All but the last 64 have two children: those of `n` are `2 n + 1` and
/// `2 n + 2`.
const NODES: usize = 127;

/// Steps from the last node to the root.
const STEPS: usize = 6;

#[derive(Default)]
struct RcNode {
    children: RefCell<Vec<Rc<RcNode>>>,
    parent: RefCell<Weak<RcNode>>,
}

fn rc(b: &mut Bencher) {
    fn grow(number: usize) -> Rc<RcNode> {
        let node = Rc::new(RcNode::default());
        if 2 * number + 2 < NODES {
            let children = vec![grow(2 * number + 1), grow(2 * number + 2)];
            for child in &children {
                *child.parent.borrow_mut() = Rc::downgrade(&node);
            }
            *node.children.borrow_mut() = children;
        }
        node
    }
    fn last(node: &Rc<RcNode>) -> Rc<RcNode> {
        let child = node.children.borrow().last().map(last);
        child.unwrap_or_else(|| Rc::clone(node))
    }
    let root = grow(0);
    let way = std::iter::successors(Some(last(&root)), |node| node.parent.borrow().upgrade());
    assert_eq!(way.count(), STEPS + 1);
    b.iter(|| grow(black_box(0)));
}

#[derive(Default)]
struct Locked {
    children: Mutex<Vec<Arc<Locked>>>,
    parent: Mutex<std::sync::Weak<Locked>>,
}

fn arc(b: &mut Bencher) {
    fn grow(number: usize) -> Arc<Locked> {
        let node = Arc::new(Locked::default());
        if 2 * number + 2 < NODES {
            let children = vec![grow(2 * number + 1), grow(2 * number + 2)];
            for child in &children {
                *locked(&child.parent) = Arc::downgrade(&node);
            }
            *locked(&node.children) = children;
        }
        node
    }
    fn last(node: &Arc<Locked>) -> Arc<Locked> {
        let child = locked(&node.children).last().map(last);
        child.unwrap_or_else(|| Arc::clone(node))
    }
    let root = grow(0);
    let way = std::iter::successors(Some(last(&root)), |node| locked(&node.parent).upgrade());
    assert_eq!(way.count(), STEPS + 1);
    b.iter(|| grow(black_box(0)));
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Borrowed<'a> {
    children: OnceCell<[&'a Borrowed<'a>; 2]>,
    parent: Cell<Option<&'a Borrowed<'a>>>,
}

fn bump(b: &mut Bencher) {
    fn grow(arena: &Bump, number: usize) -> &Borrowed<'_> {
        let node: &Borrowed<'_> = arena.alloc(Borrowed {
            children: OnceCell::new(),
            parent: Cell::new(None),
        });
        if 2 * number + 2 < NODES {
            let children = [grow(arena, 2 * number + 1), grow(arena, 2 * number + 2)];
            for child in children {
                child.parent.set(Some(node));
            }
            let _ = node.children.set(children);
        }
        node
    }
    fn last<'a>(node: &'a Borrowed<'a>) -> &'a Borrowed<'a> {
        node.children
            .get()
            .map_or(node, |children| last(children[1]))
    }
    let arena = Bump::new();
    let way = std::iter::successors(Some(last(grow(&arena, 0))), |node| node.parent.get());
    assert_eq!(way.count(), STEPS + 1);
    b.iter(|| {
        let arena = Bump::new();
        black_box(grow(&arena, black_box(0)));
        arena
    });
}

/// A node that refers to others by keys of type `K`.
struct Keyed<K> {
    children: Option<[K; 2]>,
    parent: Option<K>,
}

impl<K> Keyed<K> {
    fn new() -> Self {
        Self {
            children: None,
            parent: None,
        }
    }
}

/// A container of nodes, and its keys.
trait Kept {
    type Key: Copy;
    fn keep(&mut self, node: Keyed<Self::Key>) -> Self::Key;
    fn node(&mut self, key: Self::Key) -> Option<&mut Keyed<Self::Key>>;
}

impl Kept for SlotMap<DefaultKey, Keyed<DefaultKey>> {
    type Key = DefaultKey;

    fn keep(&mut self, node: Keyed<DefaultKey>) -> DefaultKey {
        self.insert(node)
    }

    fn node(&mut self, key: DefaultKey) -> Option<&mut Keyed<DefaultKey>> {
        self.get_mut(key)
    }
}

impl Kept for Slab<Keyed<usize>> {
    type Key = usize;

    fn keep(&mut self, node: Keyed<usize>) -> usize {
        self.insert(node)
    }

    fn node(&mut self, key: usize) -> Option<&mut Keyed<usize>> {
        self.get_mut(key)
    }
}

impl Kept for Vec<Keyed<u32>> {
    type Key = u32;

    fn keep(&mut self, node: Keyed<u32>) -> u32 {
        self.push(node);
        self.len() as u32 - 1
    }

    fn node(&mut self, key: u32) -> Option<&mut Keyed<u32>> {
        self.get_mut(key as usize)
    }
}

fn grow<S: Kept>(nodes: &mut S, number: usize) -> S::Key {
    let key = nodes.keep(Keyed::new());
    if 2 * number + 2 < NODES {
        let children = [grow(nodes, 2 * number + 1), grow(nodes, 2 * number + 2)];
        for child in children {
            if let Some(child) = nodes.node(child) {
                child.parent = Some(key);
            }
        }
        if let Some(node) = nodes.node(key) {
            node.children = Some(children);
        }
    }
    key
}

fn keyed<S: Kept>(b: &mut Bencher, new: impl Fn() -> S) {
    let mut nodes = new();
    let mut last = grow(&mut nodes, 0);
    while let Some([_, child]) = nodes.node(last).and_then(|node| node.children) {
        last = child;
    }
    let way = std::iter::successors(Some(last), |key| nodes.node(*key)?.parent);
    assert_eq!(way.count(), STEPS + 1);
    b.iter(|| {
        let mut nodes = new();
        grow(&mut nodes, black_box(0));
        nodes
    });
}

fn slots(b: &mut Bencher) {
    keyed(b, SlotMap::new);
}

fn slab(b: &mut Bencher) {
    keyed(b, Slab::new);
}

fn indices(b: &mut Bencher) {
    keyed(b, Vec::new);
}
