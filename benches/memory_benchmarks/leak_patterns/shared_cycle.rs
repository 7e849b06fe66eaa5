//! A child that owns its parent, compared with a child that has a weak pointer to it.

use std::hint::black_box;
use std::sync::{Arc, OnceLock, Weak};

use heapmark::Bencher;

heapmark::question! {
    "know one's parent";

    /// Parent and child keep each other alive, so neither is freed.
    problem, growth == leak: allocs == 2, frees == 0;

    /// The pointer to the parent is weak: the parent is freed, and the child with it.
    solution, growth == steady: allocs == 2, frees == 2, retained == 0;
}

struct Child<P> {
    parent: OnceLock<P>,
}

impl<P> Child<P> {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            parent: OnceLock::new(),
        })
    }

    fn meet(&self, parent: P) {
        black_box(self.parent.set(parent).is_ok());
    }
}

struct Owned {
    child: Arc<Child<Arc<Owned>>>,
}

struct Known {
    child: Arc<Child<Weak<Known>>>,
}

fn problem(b: &mut Bencher) {
    b.iter(|| {
        let parent = Arc::new(Owned {
            child: Child::new(),
        });
        parent.child.meet(Arc::clone(&parent));
    });
}

fn solution(b: &mut Bencher) {
    b.iter(|| {
        let parent = Arc::new(Known {
            child: Child::new(),
        });
        parent.child.meet(Arc::downgrade(&parent));
    });
}
