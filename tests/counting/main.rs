//! What the counters report for code whose allocations are known.

#[path = "../one_by_one/mod.rs"]
mod one_by_one;

mod events;
mod interrupted;
mod parts;
mod threads;
mod timeline;

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
        timeline::TESTS,
        threads::TESTS,
        interrupted::TESTS,
    ])
}

/// Counts `workload`. All repetitions must be equal, stats_alloc must agree, and the gate must be
/// closed afterwards.
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
    assert!(first.control_agrees);
    first.clone()
}
