//! A channel that is written faster than it is read, beside one with a bound.

use std::hint::black_box;
use std::sync::mpsc;

use heapmark::Bencher;

heapmark::question! {
    "send to a slow reader";

    /// An unbounded channel takes everything; a reader that has stopped is not noticed.
    problem, growth == leak: retained >= MESSAGE;

    /// A bounded channel is full at some time, and the sender learns of it.
    solution, growth == steady: allocs == 1, frees == 1, retained == 0;
}

/// Bytes of a message.
const MESSAGE: usize = 40;

/// Messages that may wait.
const BOUND: usize = 64;

fn message() -> Vec<u8> {
    vec![0; black_box(MESSAGE)]
}

fn problem(b: &mut Bencher) {
    let (sender, reader) = mpsc::channel();
    b.iter(|| sender.send(message()).is_ok());
    drop(reader);
}

fn solution(b: &mut Bencher) {
    let (sender, reader) = mpsc::sync_channel(BOUND);
    while sender.try_send(message()).is_ok() {}
    b.iter(|| sender.try_send(message()).is_ok());
    drop(reader);
}
