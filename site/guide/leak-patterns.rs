// What every snippet of leak-patterns.md begins with: the allocator, and a short look for growth.

pub use heapmark::leak::{
    Detector,
    Verdict::{self, Leak, Steady},
};

#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

/// The verdict of 5,000 steps. Snippets run on threads of a test harness, which is not looked at.
pub fn judge<S>(setup: impl FnMut() -> S, step: impl FnMut(&mut S)) -> Verdict {
    let detector = Detector::new().max_steps(5_000).callsites(false);
    detector.this_thread_only(true).run(setup, step).verdict
}
