//! What the counters say of code whose allocations are known beforehand.

#[path = "../one_by_one/mod.rs"]
mod one_by_one;

mod events;
mod interrupted;
mod parts;
mod tape;
mod threads;

use std::process::ExitCode;

use heapmark::__private::instruments::{Count, Observer};
use heapmark::Bencher;
use heapmark_model::record::Observation;

#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

fn main() -> ExitCode {
    one_by_one::run(&[
        events::TESTS,
        parts::TESTS,
        tape::TESTS,
        threads::TESTS,
        interrupted::TESTS,
    ])
}

/// Counts `workload` and expects every repetition to say the same, stats_alloc to agree, and the
/// gate to be closed again.
fn observe(workload: impl FnOnce(&mut Bencher<'_>)) -> Observation {
    let mut count = Count::new(3);
    workload(&mut Bencher::new(&mut count));
    assert!(heapmark::__private::alloc::is_closed());
    let observations = count.take();
    let [first, second, third] = &observations[..] else {
        panic!("{} observations", observations.len());
    };
    assert_eq!(first, second);
    assert_eq!(first, third);
    assert!(first.witness_agrees);
    first.clone()
}
