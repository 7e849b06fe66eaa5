//! Work of two threads with blocks that the other thread allocated.

use std::sync::Mutex;
use std::sync::mpsc::sync_channel;
use std::thread;

use super::{block, seeded, size};

const THREADS: usize = 2;

/// As in xmalloc-test: one thread allocates, another one frees.
pub fn freed_by_another() {
    let (send, receive) = sync_channel::<Vec<Vec<u8>>>(16);
    let asks = thread::spawn(move || {
        let mut random = seeded();
        for _ in 0..4_000 {
            let batch = (0..100).map(|_| block(size(&mut random, 16, 512)));
            if send.send(batch.collect()).is_err() {
                return;
            }
        }
    });
    for batch in receive {
        drop(batch);
    }
    asks.join().expect("it only allocates");
}

/// As in larson: threads refill slots in random order, end, and pass their slots to the next
/// threads.
pub fn slots_handed_on() {
    let mut all: Vec<Vec<Vec<u8>>> = (0..THREADS)
        .map(|_| (0..5_000).map(|_| block(64)).collect())
        .collect();
    for round in 0..20 {
        let running: Vec<_> = all
            .into_iter()
            .enumerate()
            .map(|(number, mut slots)| {
                thread::spawn(move || {
                    let mut random = fastrand::Rng::with_seed((round * THREADS + number) as u64);
                    for _ in 0..25_000 {
                        let at = random.usize(..slots.len());
                        slots[at] = block(size(&mut random, 8, 1_024));
                    }
                    slots
                })
            })
            .collect();
        all = running
            .into_iter()
            .map(|thread| thread.join().expect("it only allocates"))
            .collect();
    }
}

/// As in mleak: what a thread leaves in its cache when it ends.
pub fn short_lived() {
    for number in 0..400 {
        let started = thread::spawn(move || {
            let mut random = fastrand::Rng::with_seed(number);
            (0..500)
                .map(|_| block(size(&mut random, 16, 2_048)))
                .filter(|block| block.capacity() % 97 == 0)
                .collect::<Vec<_>>()
        });
        drop(started.join().expect("it only allocates"));
    }
}

/// As in mstress: blocks with many lifetimes, some of which are passed to the other thread.
pub fn shared_lifetimes() {
    let shared: Vec<Mutex<Vec<u8>>> = (0..1_000).map(|_| Mutex::new(Vec::new())).collect();
    thread::scope(|scope| {
        for number in 0..THREADS {
            let shared = &shared;
            scope.spawn(move || {
                let mut random = fastrand::Rng::with_seed(number as u64);
                let mut own: Vec<Vec<u8>> = Vec::new();
                for _ in 0..300_000 {
                    own.push(block(size(&mut random, 16, 4_096)));
                    if own.len() > 2_000 {
                        let at = random.usize(..own.len());
                        drop(own.swap_remove(at));
                    }
                    if random.u8(..) < 64 {
                        let at = random.usize(..own.len());
                        let given = own.swap_remove(at);
                        let slot = &shared[random.usize(..shared.len())];
                        let taken =
                            std::mem::replace(&mut *slot.lock().expect("no thread panics"), given);
                        drop(taken);
                    }
                }
            });
        }
    });
}
