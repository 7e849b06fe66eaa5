//! The detector and the counting macros from the view of a user, including edge cases.

#![expect(
    clippy::unwrap_used,
    reason = "a test may unwrap: its panic is its verdict"
)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::time::Duration;

use heapmark::leak::{Detector, Report, Verdict};
use heapmark::{assert_allocs, assert_no_alloc, assert_peak, assert_retains, leak_test};

#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

/// Counts only the calling thread, because other tests run at the same time.
fn detector() -> Detector {
    Detector::new().this_thread_only(true)
}

fn message(of: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(of)).unwrap_err();
    panic.downcast_ref::<String>().unwrap().clone()
}

leak_test! {
    /// Runs in a separate process and counts all of its threads.
    fn a_bounded_list_passes(Vec::new, |list: &mut Vec<Box<u64>>| {
        list.push(Box::new(1));
        list.pop();
    });

    #[should_panic(expected = "LEAKS")]
    fn a_list_that_grows_fails(Vec::new, |list: &mut Vec<Box<u64>>| list.push(Box::new(1)));

    #[should_panic(expected = "the step gives up")]
    fn a_step_that_panics_fails_with_its_message(|| (), |()| panic!("the step gives up"));

    #[should_panic(expected = "has not returned")]
    fn a_step_that_never_returns_is_ended(
        Detector::new().max_time(Duration::from_millis(200)) => || (),
        |()| std::thread::sleep(Duration::from_secs(3600)),
    );

    #[should_panic(expected = "more steps would probably decide it")]
    fn few_steps_decide_nothing(Detector::new().max_steps(100) => || (), |()| Box::new(1));

    async fn an_async_step_passes(|| 0_u64, async |count: &mut u64| {
        tokio::task::yield_now().await;
        *count += 1;
    });

    #[should_panic(expected = "LEAKS")]
    async fn a_task_that_never_ends_fails(
        Detector::new().max_steps(2_000).callsites(false) => || (),
        async |(): &mut ()| drop(tokio::spawn(std::future::pending::<()>())),
    );
}

fn keep_a_line(lines: &mut Vec<String>) {
    lines.push(String::from("one line more"));
}
const LINE_OF_THE_LEAK: u32 = line!() - 2;

#[test]
fn a_failure_names_the_line_of_the_leak_first() {
    let report = detector().max_steps(20_000).run(Vec::new, keep_a_line);
    let first = report.to_string().lines().next().unwrap().to_owned();
    assert_eq!(
        first,
        format!("tests/leaks.rs:{LINE_OF_THE_LEAK}"),
        "{report}"
    );
    let site = &report.callsites[0];
    assert!((site.blocks_per_step - 1.0).abs() < 0.01, "{report}");
    let text = message(|| report.assert_steady());
    assert!(text.starts_with(&first), "{text}");
    assert!(text.contains("freed with the state"), "{text}");
}

#[test]
fn freed_with_the_state_and_outliving_it_are_distinguished() {
    let lost = detector().run(|| (), |()| std::mem::forget(Box::new(1_u64)));
    assert!(lost.outlives_state() && lost.verdict == Verdict::Leak);
    assert_eq!((lost.bytes_per_step, lost.blocks_per_step), (8.0, 1.0));
    assert_eq!(lost.after_drop.blocks, i64::try_from(lost.steps).unwrap());
    let held = detector().run(Vec::new, |list: &mut Vec<_>| list.push(Box::new(1_u64)));
    assert!(!held.outlives_state() && held.after_drop.blocks == 0);
}

#[test]
fn a_panic_in_the_step_reaches_the_caller_and_closes_the_gate() {
    let report = || {
        drop(detector().run(
            || 0,
            |count: &mut i32| {
                *count += 1;
                assert!(*count < 1_000, "enough after {}", *count);
            },
        ))
    };
    assert_eq!(message(report), "enough after 1000");
    let after = detector().run(|| (), |()| Box::new(1));
    assert_eq!(after.verdict, Verdict::Steady);
}

#[test]
fn ten_million_steps_are_judged_as_a_whole() {
    let leak_late = |count: &mut u64| {
        *count += 1;
        if *count > 6_000_000 {
            std::mem::forget(Box::new(1_u8));
        }
    };
    let detector = detector().max_steps(10_000_000).callsites(false);
    let report = detector
        .max_time(Duration::from_secs(100))
        .run(|| 0, leak_late);
    assert_eq!(report.verdict, Verdict::Leak, "{report}");
}

#[test]
fn steps_that_free_what_the_setup_made_are_steady() {
    let setup = || vec![Box::new(1_u64); 300_000];
    let report = detector().run(setup, |list| list.pop());
    assert_eq!(report.verdict, Verdict::Steady, "{report}");
}

#[test]
fn a_stop_by_time_decides_nothing_unless_the_verdict_is_certain() {
    let slow = |list: &mut Vec<Box<u64>>| {
        std::thread::sleep(Duration::from_micros(200));
        list.push(Box::new(1));
    };
    let report = detector()
        .max_time(Duration::from_millis(400))
        .run(Vec::new, slow);
    assert_eq!(report.verdict, Verdict::Undecided, "{report}");
    assert!(report.more_steps.is_some());
}

#[test]
fn growth_stops_at_its_limit() {
    let report = detector()
        .max_growth(1 << 20)
        .callsites(false)
        .run(|| (), |()| std::mem::forget(vec![0_u8; 1_000]));
    assert_eq!((report.verdict, report.steps), (Verdict::Leak, 1_049));
}

fn after_a_spike(step: fn(&mut String)) -> Report {
    let spike = |line: &mut String| line.push_str(&"x".repeat(1 << 20));
    detector().spike(spike).run(String::new, step)
}

#[test]
fn a_level_that_stays_after_a_spike_is_retained() {
    let kept = after_a_spike(|line| {
        line.clear();
        line.push_str("hello");
    });
    assert_eq!(kept.verdict, Verdict::Retains);
    let given_back = after_a_spike(|line| {
        line.clear();
        line.push_str("hello");
        line.shrink_to(8);
    });
    assert_eq!(given_back.verdict, Verdict::Steady);
}

#[test]
fn a_block_that_meets_its_limits_passes() {
    let five = assert_allocs!(== 1, { String::from("hello") });
    assert_eq!(five.len(), assert_no_alloc!({ five.len() }));
    assert_peak!(<= 1_000, { vec![0_u8; 1_000].len() });
    assert_retains!(<= 0, { vec![0_u8; 1_000] });
    assert_retains!(== 8, { std::mem::forget(Box::new(1_u64)) });
    assert_allocs!(>= 2, { vec![String::from("two")] });
}

#[test]
fn a_failed_assertion_states_the_counted_number() {
    let text = message(|| drop(assert_allocs!(< 1, { String::from("one") })));
    assert_eq!(
        text,
        "expected fewer than 1 allocation or reallocation, counted 1"
    );
    let text = message(|| drop(assert_no_alloc!({ Box::new(1) })));
    assert_eq!(text, "expected 0 allocations and reallocations, counted 1");
    let text = message(|| drop(assert_peak!(<= 64 * 2, { vec![0_u8; 129] })));
    assert_eq!(text, "expected at most 128 bytes at the peak, counted 129");
    let text = message(|| assert_retains!(<= 7, { std::mem::forget(Box::new(1_u64)) }));
    assert_eq!(text, "expected at most 7 bytes retained, counted 8");
}

#[test]
fn threads_from_before_the_setup_make_it_undecided() {
    // The thread must have its counters before the detection begins.
    let counting = heapmark::__private::alloc::open();
    let (send, receive) = std::sync::mpsc::channel::<()>();
    let (ready, is_ready) = std::sync::mpsc::channel();
    let other = std::thread::spawn(move || {
        drop(std::hint::black_box(Box::new(1)));
        ready.send(()).unwrap();
        while receive.recv_timeout(Duration::from_millis(1)).is_err() {
            drop(std::hint::black_box(Box::new(1)));
        }
    });
    is_ready.recv().unwrap();
    drop(counting);
    let report = heapmark::leak::detect(|| (), |()| std::thread::sleep(Duration::from_micros(2)));
    send.send(()).unwrap();
    other.join().unwrap();
    assert_eq!(report.verdict, Verdict::Undecided);
    assert!(
        report
            .reason
            .contains("threads that the steps did not start"),
        "{report}"
    );
}

#[test]
fn the_verdict_is_the_same_in_twenty_runs() {
    let run = || {
        let step = |list: &mut Vec<u64>| list.push(1);
        let report = detector().callsites(false).run(Vec::new, step);
        (
            report.verdict,
            report.steps,
            report.bytes_per_step.to_bits(),
        )
    };
    let first = run();
    assert!((1..20).all(|_| run() == first));
}

#[test]
fn a_child_process_is_only_started_for_its_own_test() {
    let binary = std::env::current_exe().unwrap();
    let child = Command::new(binary)
        .args(["--exact", "a_bounded_list_passes"])
        .env("HEAPMARK_LEAK_TEST", "another::test")
        .status();
    assert!(child.unwrap().success());
}
