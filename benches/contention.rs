//! Measures what threads cost each other if they use the same thing at once: prints times with
//! divan, or makes one measurement per process for `cargo xtask report --contention`.
//!
//! ```text
//! cargo bench --bench contention pools                  divan, at 1, 2, 4 and 8 threads
//! contention --measure QUESTION VARIANT THREADS         one body, once ─▶ one line of JSON
//! contention --bodies                                   the names of all bodies
//! ```

#[path = "contention/bodies/mod.rs"]
mod bodies;
#[path = "contention/measure.rs"]
mod measure;

use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use bodies::Body;
use divan::Bencher;
use divan::counter::ItemsCount;

#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(code) = measure::answer(&arguments) {
        return code;
    }
    divan::main();
    ExitCode::SUCCESS
}

/// Iterations of a body that divan times together.
const TURNS: u64 = 100_000;

const THREADS: [usize; 4] = [1, 2, 4, 8];

/// Times a body on the number of threads that divan starts. Each thread gets its own number.
fn timed(bencher: Bencher<'_, '_>, body: &Body) {
    thread_local! {
        static NUMBER: usize = {
            static NEXT: AtomicUsize = AtomicUsize::new(0);
            NEXT.fetch_add(1, Ordering::Relaxed)
        };
    }
    let work = (body.start)(bodies::MOST_THREADS);
    bencher
        .counter(ItemsCount::new(TURNS))
        .bench(|| work.turns(NUMBER.with(|number| *number) % bodies::MOST_THREADS, TURNS));
}

#[divan::bench(args = bodies::bodies_of("count words"), threads = THREADS, sample_count = 20)]
fn maps(bencher: Bencher<'_, '_>, body: &Body) {
    timed(bencher, body);
}

#[divan::bench(args = bodies::bodies_of("borrow a 1 KiB buffer"), threads = THREADS, sample_count = 20)]
fn pools(bencher: Bencher<'_, '_>, body: &Body) {
    timed(bencher, body);
}

#[divan::bench(args = bodies::bodies_of("share a value for a moment"), threads = THREADS, sample_count = 20)]
fn pointers(bencher: Bencher<'_, '_>, body: &Body) {
    timed(bencher, body);
}

#[divan::bench(args = bodies::bodies_of("free a block of 64 B"), threads = THREADS, sample_count = 20)]
fn small_blocks(bencher: Bencher<'_, '_>, body: &Body) {
    timed(bencher, body);
}

#[divan::bench(args = bodies::bodies_of("free a block of 1 MiB"), threads = THREADS, sample_count = 20)]
fn large_blocks(bencher: Bencher<'_, '_>, body: &Body) {
    timed(bencher, body);
}
