//! An event that owns its handlers, compared with an event that has weak pointers to them.

use std::hint::black_box;
use std::sync::{Arc, Weak};

use heapmark::Bencher;

heapmark::question! {
    "tell handlers of an event";

    /// The event owns each handler, and handlers never unsubscribe: the handler of a finished
    /// request stays forever.
    problem, growth == leak: retained >= STATE;

    /// The event has a weak pointer to each handler, and removes the pointers to dropped ones.
    solution, growth == steady: allocs == 2, frees == 2, retained == 0;
}

/// Size of a handler's state in bytes.
const STATE: usize = 64;

/// Capacity for handlers, so that the list does not grow in the first iterations.
const ROOM: usize = 64;

struct Handler(Vec<u8>);

impl Handler {
    fn new() -> Arc<Self> {
        Arc::new(Self(vec![0; black_box(STATE)]))
    }

    fn tell(&self) {
        black_box(&self.0);
    }
}

fn problem(b: &mut Bencher) {
    let mut handlers: Vec<Arc<Handler>> = Vec::with_capacity(ROOM);
    b.iter(|| {
        let of_this_request = Handler::new();
        handlers.push(Arc::clone(&of_this_request));
        // Calling all of them would make each iteration longer than the one before.
        handlers
            .iter()
            .rev()
            .take(4)
            .for_each(|handler| handler.tell());
    });
}

fn solution(b: &mut Bencher) {
    let mut handlers: Vec<Weak<Handler>> = Vec::with_capacity(ROOM);
    b.iter(|| {
        let of_this_request = Handler::new();
        handlers.push(Arc::downgrade(&of_this_request));
        handlers.retain(|handler| {
            handler
                .upgrade()
                .inspect(|handler| handler.tell())
                .is_some()
        });
    });
}
