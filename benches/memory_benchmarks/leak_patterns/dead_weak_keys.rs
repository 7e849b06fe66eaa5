//! Weak pointers to ended sessions that stay in a map, compared with pointers that are removed.

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::{Arc, Weak};

use heapmark::Bencher;

heapmark::question! {
    "find the session of a user";

    /// A `Weak` does not keep the value alive, but keeps its block allocated. Dead entries are
    /// never removed.
    problem, growth == leak: allocs == 1, frees == 0, retained >= SESSION;

    /// Dead entries are removed when the map has 64 entries.
    solution, growth == steady: allocs == 1;
}

/// Bytes of a session.
const SESSION: usize = 96;

/// The number of entries at which the map is searched for dead ones.
const MANY: usize = 64;

/// Capacity for entries, so that no table grows in the first iterations.
const ROOM: usize = 400;

type Sessions = HashMap<u64, Weak<[u8; SESSION]>>;

fn serve(user: u64, sessions: &mut Sessions) {
    let session = Arc::new([black_box(0_u8); SESSION]);
    sessions.insert(user, Arc::downgrade(&session));
    black_box(&session);
}

fn problem(b: &mut Bencher) {
    let mut sessions = Sessions::with_capacity(ROOM);
    let mut user = 0;
    b.iter(|| {
        user += 1;
        serve(user, &mut sessions);
    });
}

fn solution(b: &mut Bencher) {
    let mut sessions = Sessions::with_capacity(ROOM);
    let mut user = 0;
    b.iter(|| {
        user += 1;
        if sessions.len() >= MANY {
            sessions.retain(|_, session| session.strong_count() > 0);
        }
        serve(user, &mut sessions);
    });
}
