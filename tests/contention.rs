//! The bodies of the contention bench do the work for which they are compared.

#[path = "../benches/contention/bodies/mod.rs"]
mod bodies;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;

use bodies::Work;
use bodies::maps::{Counter, Counts};

const THREADS: usize = 4;
const TURNS: u64 = 2_000;

/// The fault, if any, after all threads ran their iterations at the same time.
fn fault(work: &dyn Work) -> Option<String> {
    thread::scope(|scope| {
        for number in 0..THREADS {
            scope.spawn(move || work.turns(number, TURNS));
        }
    });
    work.fault(THREADS as u64 * TURNS)
}

#[test]
fn no_body_loses_an_iteration_or_hands_out_a_used_buffer() {
    for body in bodies::all() {
        let work = (body.start)(bodies::MOST_THREADS);
        assert_eq!(fault(&*work), None, "{}, {body}", body.question);
    }
}

/// Loses every hundredth word.
#[derive(Default)]
struct Forgetful(AtomicU64);

impl Counts for Forgetful {
    fn see(&self, _: u64) {
        self.0.fetch_add(1, Relaxed);
    }

    fn total(&self) -> u64 {
        let seen = self.0.load(Relaxed);
        seen - seen / 100
    }
}

#[test]
fn a_map_that_loses_words_is_found() {
    let fault = fault(&Counter(Forgetful::default()));
    assert_eq!(fault.as_deref(), Some("8000 words were seen, 7920 counted"));
}

#[test]
fn each_name_is_of_one_body_and_every_question_has_a_choice() {
    let names: Vec<_> = bodies::all()
        .map(|body| (body.question, body.variant))
        .collect();
    let distinct: BTreeSet<_> = names.iter().collect();
    assert_eq!(distinct.len(), names.len());
    for (question, _) in &names {
        assert!(bodies::bodies_of(question).nth(1).is_some(), "{question}");
    }
    // The groups of divan in this file repeat the names of the questions.
    let bench = include_str!("../benches/contention.rs");
    for question in names
        .iter()
        .map(|(question, _)| question)
        .collect::<BTreeSet<_>>()
    {
        assert!(
            bench.contains(&format!("bodies::bodies_of(\"{question}\")")),
            "{question}"
        );
    }
    assert_eq!(format!("{}", bodies::all().next().unwrap()), names[0].1);
}
