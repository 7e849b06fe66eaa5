//! A child that owns its parent, beside one that only knows it.

use std::hint::black_box;
use std::sync::{Arc, OnceLock, Weak};

use heapmark::Bencher;

heapmark::question! {
    "know one's parent";

    /// Each keeps the other alive, so that neither is freed.
    problem, growth == leak: allocs == 2, frees == 0;

    /// The way back is weak: the parent goes, and its child with it.
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
