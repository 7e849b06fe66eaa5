//! The line that a report names for a leak, and leaks that only the series of one call site shows:
//! real programs also allocate memory that does not leak.

use std::collections::VecDeque;

use heapmark::leak::{Detector, Report, Verdict};

#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

type Block = Box<[u8]>;

/// Counts only the calling thread, because other tests run at the same time.
fn detect<S, R>(setup: impl FnMut() -> S, step: impl FnMut(&mut S) -> R) -> Report {
    Detector::new()
        .max_steps(20_000)
        .this_thread_only(true)
        .run(setup, step)
}

#[inline(never)]
fn leaked(bytes: usize) -> Block {
    vec![7; bytes].into_boxed_slice()
}
const LEAKED: u32 = line!() - 2;

#[inline(never)]
fn traffic(bytes: usize) -> Block {
    vec![1; bytes].into_boxed_slice()
}

/// A cache that is full after `bound` steps.
fn cache(entries: &mut VecDeque<Block>, bound: usize) {
    if entries.len() == bound {
        entries.pop_front();
    }
    entries.push_back(traffic(100));
}

#[track_caller]
fn assert_laid_to(report: &Report, line: u32) {
    assert_eq!(report.verdict, Verdict::Leak, "{report}");
    let first = report.to_string().lines().next().map(str::to_owned);
    let place = format!("tests/leak_places.rs:{line}");
    assert_eq!(first, Some(place), "{report}");
}

#[test]
fn a_leak_is_named_before_a_cache_that_holds_more() {
    let report = detect(
        || (VecDeque::new(), 0),
        |(entries, count)| {
            *count += 1;
            cache(entries, 4_000);
            if *count % 50 == 0 {
                std::mem::forget(leaked(48));
            }
        },
    );
    assert_laid_to(&report, LEAKED);
    let leak = &report.callsites[0];
    assert_eq!(report.callsites.len(), 1, "{report}");
    assert!((leak.bytes_per_step - 48.0 / 50.0).abs() < 0.02, "{report}");
    assert!((leak.blocks_per_step - 0.02).abs() < 0.0005, "{report}");
    // All other memory was freed with the state.
    assert!(report.outlives_state(), "{report}");
}

#[test]
fn a_leak_is_named_before_the_saw_tooth_above_it() {
    let report = detect(
        || (Vec::new(), Vec::new()),
        |(batch, left)| {
            batch.push(traffic(40));
            if batch.len() == 800 {
                batch.clear();
                left.push(leaked(200));
            }
        },
    );
    assert_laid_to(&report, LEAKED);
    assert!(!report.outlives_state(), "{report}");
}

#[test]
fn a_leak_is_found_among_more_blocks_than_there_is_time_for() {
    let report = detect(
        || (VecDeque::new(), 0),
        |(entries, count)| {
            *count += 1;
            for _ in 0..40 {
                std::hint::black_box(traffic(60));
            }
            cache(entries, 1_000);
            if *count % 5 == 0 {
                std::mem::forget(leaked(48));
            }
        },
    );
    assert_laid_to(&report, LEAKED);
    let rate = report.callsites[0].bytes_per_step;
    assert!((rate - 9.6).abs() < 1.5, "{report}");
}

/// A log that is cleared so rarely that the series of the whole program decides nothing.
#[inline(never)]
fn log(lines: &mut Vec<Block>) {
    lines.push(traffic(100));
    if lines.len() == 9_000 {
        lines.clear();
    }
}

#[test]
fn a_leak_that_something_larger_hides_is_found_by_its_call_site() {
    let step = |(lines, count): &mut (Vec<Block>, u64)| {
        *count += 1;
        log(lines);
        if *count % 20 == 0 {
            std::mem::forget(leaked(32));
        }
    };
    let setup = || (Vec::new(), 0);
    let report = detect(setup, step);
    assert_laid_to(&report, LEAKED);
    assert!(report.reason.contains("of one call site"), "{report}");
    assert!((report.bytes_per_step - 1.6).abs() < 0.05, "{report}");
    // The series of the whole program is not enough.
    let whole = Detector::new()
        .max_steps(20_000)
        .this_thread_only(true)
        .callsites(false)
        .run(setup, step);
    assert_ne!(whole.verdict, Verdict::Leak, "{whole}");
}

/// Each step replaces one entry by an entry from another line. The memory of that line grows, but
/// the memory of the program does not.
#[test]
fn memory_that_moves_from_one_call_site_to_another_is_not_a_leak() {
    let setup = || (0..30_000).map(|_| traffic(64)).collect::<VecDeque<_>>();
    let report = detect(setup, |entries| {
        drop(entries.pop_front());
        entries.push_back(leaked(64));
        // The bounds must change, or the detector runs no second pass.
        std::hint::black_box(leaked(entries.len() % 7 + 1));
    });
    assert_eq!(report.verdict, Verdict::Steady, "{report}");
}
