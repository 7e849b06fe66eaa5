//! A channel that is written faster than it is read, compared with a bounded channel.

use std::hint::black_box;
use std::sync::mpsc;

use heapmark::Bencher;

heapmark::question! {
    "send to a slow reader";

    /// An unbounded channel accepts every message, even if the reader has stopped.
    problem, growth == leak: retained >= MESSAGE;

    /// A bounded channel becomes full, and the sender gets an error.
    solution, growth == steady: allocs == 1, frees == 1, retained == 0;
}

/// Bytes of a message.
const MESSAGE: usize = 40;

/// The number of messages that may wait.
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
