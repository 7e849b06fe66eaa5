//! Detections that reach a limit of time, steps or growth, and other edge cases of the detector.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::sleep;
use std::time::Duration;

use heapmark::leak::{Detector, Verdict, detect};

#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

/// Counts only the calling thread, because other tests run at the same time.
fn detector() -> Detector {
    Detector::new().this_thread_only(true)
}

fn leak_slowly(kept: &mut Vec<String>) {
    sleep(Duration::from_micros(50));
    kept.push(String::from("one more"));
}

#[test]
fn a_leak_that_is_certain_when_time_runs_out_is_reported() {
    let detector = detector().max_steps(20_000).callsites(false);
    let report = detector
        .max_time(Duration::from_millis(400))
        .run(Vec::new, leak_slowly);
    assert!(report.steps < 20_000);
    assert_eq!(report.verdict, Verdict::Leak, "{report}");
}

#[test]
fn an_undecided_report_states_the_limit_that_ended_the_detection() {
    let in_no_time = detector()
        .max_time(Duration::ZERO)
        .run(Vec::new, leak_slowly);
    assert_eq!(in_no_time.verdict, Verdict::Undecided);
    assert!(
        in_no_time.reason.starts_with("time ran out"),
        "{in_no_time}"
    );
    let in_no_room = detector()
        .max_growth(0)
        .run(|| (), |()| std::mem::forget(Box::new(1)));
    assert_eq!(
        (in_no_room.verdict, in_no_room.steps),
        (Verdict::Undecided, 1)
    );
    assert!(in_no_room.reason.contains("max_growth"), "{in_no_room}");
}

#[test]
fn the_small_steps_before_a_spike_also_keep_to_the_limits() {
    let slow = detector()
        .max_time(Duration::from_millis(100))
        .spike(|_: &mut Vec<Box<u64>>| ())
        .run(Vec::new, |kept| {
            sleep(Duration::from_millis(1));
            kept.pop()
        });
    assert_eq!(
        (slow.verdict, slow.steps),
        (Verdict::Undecided, 0),
        "{slow}"
    );
    let large = detector()
        .max_growth(1 << 20)
        .spike(|(): &mut ()| ())
        .run(|| (), |()| std::mem::forget(vec![0_u8; 1 << 10]));
    assert!(large.after_drop.bytes < 2 << 20, "{large}");
}

#[test]
fn a_second_pass_that_fails_does_not_change_the_verdict() {
    let mut once = Some(Vec::new());
    let report = detector()
        .max_steps(5_000)
        .run(|| once.take().unwrap(), |kept| kept.push(Box::new(1)));
    assert_eq!(report.verdict, Verdict::Leak, "{report}");
    assert!(report.callsites.is_empty() && report.reason.contains("the second pass panicked"));
    let first = report.to_string().lines().next().unwrap().to_owned();
    assert!(first.starts_with("tests/leak_bounds.rs:"), "{report}");
}

#[test]
fn a_detection_within_another_is_refused_at_once() {
    let nested = || detect(|| (), |()| drop(detect(|| (), |()| ())));
    let panic = catch_unwind(AssertUnwindSafe(nested)).unwrap_err();
    let words = *panic.downcast_ref::<&str>().unwrap();
    assert!(
        words.starts_with("a detection cannot run inside"),
        "{words}"
    );
    // The refused detection does not affect the next one.
    let after = detector().run(|| (), |()| Box::new(1));
    assert_eq!(after.verdict, Verdict::Steady);
}

#[test]
fn steps_without_end_are_bounded_by_time() {
    let report = detector()
        .max_steps(u64::MAX)
        .max_time(Duration::from_millis(50))
        .run(|| (), |()| Box::new(1));
    assert_eq!(report.verdict, Verdict::Undecided, "{report}");
}

#[test]
fn a_report_without_call_sites_begins_with_the_line_of_the_caller() {
    let line = line!() + 1;
    let steady = detect(|| (), |()| ());
    assert!(
        steady
            .to_string()
            .starts_with(&format!("tests/leak_bounds.rs:{line}\n"))
    );
}

#[test]
fn a_leak_hidden_by_freed_setup_memory_is_found_after_the_drop() {
    let setup = || vec![Box::new([0_u8; 8]); 300_000];
    let report = detector().run(setup, |given: &mut Vec<_>| {
        given.pop();
        std::mem::forget(std::hint::black_box(Box::new([1_u8; 8])));
    });
    assert_eq!(report.verdict, Verdict::Leak, "{report}");
    assert!(report.outlives_state(), "{report}");
}
