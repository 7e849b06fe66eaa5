//! A static log that keeps all events, compared with a log that keeps only the last ones.

use std::collections::VecDeque;
use std::hint::black_box;
use std::sync::{Mutex, PoisonError};

use heapmark::Bencher;

heapmark::question! {
    "keep events for debugging";

    /// All events since the start of the program are kept.
    problem, growth == leak: allocs == 1, retained >= EVENT;

    /// Only the last 64 events are kept.
    solution, growth == steady: allocs == 1, frees == 1, retained == 0;
}

/// Bytes of an event.
const EVENT: usize = 56;

/// The number of events to keep.
const LAST: usize = 64;

static ALL: Mutex<VecDeque<Vec<u8>>> = Mutex::new(VecDeque::new());
static RECENT: Mutex<VecDeque<Vec<u8>>> = Mutex::new(VecDeque::new());

fn log(events: &Mutex<VecDeque<Vec<u8>>>, most: usize) {
    let mut events = events.lock().unwrap_or_else(PoisonError::into_inner);
    if events.len() >= most {
        events.pop_front();
    }
    events.push_back(vec![0; black_box(EVENT)]);
}

fn make_room(events: &Mutex<VecDeque<Vec<u8>>>) {
    let mut events = events.lock().unwrap_or_else(PoisonError::into_inner);
    events.reserve(LAST);
}

fn problem(b: &mut Bencher) {
    make_room(&ALL);
    b.iter(|| log(&ALL, usize::MAX));
}

fn solution(b: &mut Bencher) {
    make_room(&RECENT);
    (0..LAST).for_each(|_| log(&RECENT, LAST));
    b.iter(|| log(&RECENT, LAST));
}
