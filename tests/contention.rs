//! The bodies of the contention bench do what they are held against each other for.

#[path = "../benches/contention/bodies/mod.rs"]
mod bodies;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;

use bodies::Work;

const THREADS: usize = 4;
const TURNS: u64 = 2_000;

/// What is wrong after all threads took their turns at once.
fn fault(work: &dyn Work) -> Option<String> {
    thread::scope(|scope| {
        for number in 0..THREADS {
            scope.spawn(move || work.turns(number, TURNS));
        }
    });
    work.fault(THREADS as u64 * TURNS)
}

#[test]
fn no_body_loses_a_turn_or_hands_out_a_used_buffer() {
    for body in bodies::all() {
        let work = (body.start)(bodies::MOST_THREADS);
        assert_eq!(fault(&*work), None, "{}, {body}", body.question);
    }
}

/// Reads, then writes: what another thread counted in between is lost.
struct Forgetful(AtomicU64);

impl Work for Forgetful {
    fn turns(&self, thread: usize, turns: u64) {
        // The first thread comes back late with what it read at the beginning.
        let read = self.0.load(Relaxed);
        if thread == 0 {
            while self.0.load(Relaxed) < turns {
                thread::yield_now();
            }
            self.0.store(read + turns, Relaxed);
            return;
        }
        self.0.fetch_add(turns, Relaxed);
    }

    fn fault(&self, turns: u64) -> Option<String> {
        let counted = self.0.load(Relaxed);
        (counted != turns).then(|| format!("{counted} of {turns}"))
    }
}

#[test]
fn a_counter_that_loses_turns_is_found() {
    assert!(fault(&Forgetful(AtomicU64::new(0))).is_some());
}

#[test]
fn each_name_is_of_one_body_and_every_question_has_a_choice() {
    let names: Vec<_> = bodies::all()
        .map(|body| (body.question, body.variant))
        .collect();
    let distinct: BTreeSet<_> = names.iter().collect();
    assert_eq!(distinct.len(), names.len());
    for (question, _) in &names {
        assert!(bodies::of(question).nth(1).is_some(), "{question}");
    }
    // divan's groups name their questions by hand.
    let bench = include_str!("../benches/contention.rs");
    for question in names
        .iter()
        .map(|(question, _)| question)
        .collect::<BTreeSet<_>>()
    {
        assert!(
            bench.contains(&format!("bodies::of(\"{question}\")")),
            "{question}"
        );
    }
    assert_eq!(format!("{}", bodies::all().next().unwrap()), names[0].1);
}
