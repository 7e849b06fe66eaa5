//! Reports if the second pass finds nothing or does not finish, and if no step allocates anything.

#![expect(
    clippy::unwrap_used,
    reason = "a test may unwrap: its panic is its verdict"
)]

use std::cell::RefCell;
use std::collections::HashSet;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use heapmark::leak::{Detector, Report, Verdict};
use heapmark::leak_test;

#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

fn detector() -> Detector {
    Detector::new().max_steps(4_000).this_thread_only(true)
}

thread_local! {
    static NAMES: RefCell<(HashSet<u64>, Vec<String>)> = RefCell::default();
    static STEPS: AtomicU64 = const { AtomicU64::new(0) };
}

/// Remembers a number for the life of the thread.
#[inline(never)]
fn intern(number: u64) {
    NAMES.with_borrow_mut(|(known, names)| {
        if known.insert(number) {
            names.push(number.to_string());
        }
    });
}

fn intern_each(count: &mut u64) {
    *count += 1;
    intern(*count);
}

/// Numbers that are all known after the steps of the first pass.
fn intern_the_first(count: &mut u64) {
    *count += 1;
    intern(*count % 3_501);
}

#[test]
fn a_leak_into_a_thread_local_is_found_in_the_second_pass() {
    let report = detector().run(|| 0, intern_each);
    assert_eq!(report.verdict, Verdict::Leak, "{report}");
    let place = report.to_string().lines().next().unwrap().to_owned();
    assert!(place.starts_with("tests/leak_second_pass.rs:"), "{report}");
    let mut frames = report.callsites[0].frames.iter();
    assert!(
        frames.any(|frame| frame.function.ends_with("::intern")),
        "{report}"
    );
}

fn leak_once() -> Report {
    detector().run(|| 0, intern_the_first)
}

#[test]
fn growth_that_does_not_repeat_has_no_call_site_and_the_report_states_why() {
    let report = leak_once();
    assert_eq!(report.verdict, Verdict::Leak, "{report}");
    assert!(report.callsites.is_empty(), "{report}");
    let why = "call sites unknown: the growth did not repeat in the second pass";
    assert!(report.reason.contains(why), "{report}");
    assert!(!report.to_string().contains("0.000"), "{report}");
}

leak_test! {
    #[ignore = "it leaks: another test runs it and reads its report"]
    fn a_cache_that_is_full_in_the_second_pass(
        Detector::new().max_steps(4_000) => || 0, intern_the_first,
    );
}

/// Steps that leak, and also call `then` after the steps of the first pass.
fn in_later_steps(then: fn()) -> impl FnMut(&mut Vec<Box<u64>>) {
    move |list| {
        list.push(Box::new(1));
        if STEPS.with(|steps| steps.fetch_add(1, Relaxed)) > 4_000 {
            then();
        }
    }
}

fn in_bare_second_pass(then: fn()) {
    detector()
        .max_time(Duration::from_millis(500))
        .run(Vec::new, in_later_steps(then))
        .assert_steady();
}

#[test]
#[ignore = "it ends the process: another test runs it and reads its output"]
fn a_bare_second_pass_that_aborts() {
    in_bare_second_pass(|| std::process::abort());
}

#[test]
#[ignore = "it ends the process: another test runs it and reads its output"]
fn a_bare_second_pass_that_exits() {
    in_bare_second_pass(|| std::process::exit(0));
}

#[test]
#[ignore = "it leaks: another test runs it and reads its report"]
fn a_bare_second_pass_that_panics() {
    in_bare_second_pass(|| panic!("not again"));
}

#[test]
#[ignore = "it takes 20 seconds: another test runs it and reads its output"]
fn a_bare_second_pass_that_hangs() {
    in_bare_second_pass(|| {
        loop {
            std::thread::park();
        }
    });
}

/// Steps that leak, and also call `then` in the process of the second pass.
fn in_fresh_second_pass(then: fn()) -> impl FnMut(&mut Vec<Box<u64>>) {
    let is_second = std::env::var_os("HEAPMARK_LEAK_SECOND_PASS").is_some();
    move |list| {
        list.push(Box::new(1));
        if is_second && list.len() > 1_000 {
            then();
        }
    }
}

static NEVER: AtomicBool = AtomicBool::new(false);

leak_test! {
    #[ignore = "it leaks: another test runs it and reads its report"]
    fn a_fresh_second_pass_that_exits(
        Detector::new().max_steps(4_000) => Vec::new,
        in_fresh_second_pass(|| std::process::exit(0)),
    );

    #[ignore = "it leaks: another test runs it and reads its report"]
    fn a_fresh_second_pass_that_aborts(
        Detector::new().max_steps(4_000) => Vec::new,
        in_fresh_second_pass(|| std::process::abort()),
    );

    #[ignore = "it leaks: another test runs it and reads its report"]
    fn a_fresh_second_pass_that_panics(
        Detector::new().max_steps(4_000) => Vec::new,
        in_fresh_second_pass(|| panic!("not again")),
    );

    #[ignore = "it takes 20 seconds: another test runs it and reads its report"]
    fn a_fresh_second_pass_that_hangs(
        Detector::new().max_steps(4_000).max_time(Duration::from_millis(500)) => Vec::new,
        in_fresh_second_pass(|| while !NEVER.load(Relaxed) { std::thread::park(); }),
    );

    #[ignore = "another test runs it and reads its warning"]
    fn steps_that_allocate_nothing(|| 1_u64, |count: &mut u64| *count += 1);
}

fn this_binary() -> PathBuf {
    std::env::current_exe().unwrap()
}

fn output_of(name: &str) -> Output {
    let run = Command::new(this_binary())
        .args([
            name,
            "--exact",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ])
        .env("RUST_BACKTRACE", "0")
        .output();
    run.unwrap()
}

/// The stderr of this binary when it runs only the test `name`.
fn said_by(name: &str) -> String {
    String::from_utf8_lossy(&output_of(name).stderr).into_owned()
}

#[track_caller]
fn assert_keeps_its_verdict(name: &str, why: &str) {
    let said = said_by(name);
    assert!(said.contains("     LEAKS  "), "{name}: {said}");
    assert!(
        said.contains("a step; live bytes rise ") || said.contains("the state; live bytes rise "),
        "{name}: {said}"
    );
    assert!(said.contains(why), "{name}: {said}");
}

#[test]
fn a_verdict_is_kept_whatever_the_second_pass_does() {
    let announced = "the second pass now looks for the call sites";
    for (name, why) in [
        ("a_bare_second_pass_that_aborts", announced),
        ("a_bare_second_pass_that_exits", announced),
        (
            "a_bare_second_pass_that_panics",
            "call sites unknown: the second pass panicked: not again",
        ),
        (
            "a_fresh_second_pass_that_exits",
            "call sites unknown: the process of the second pass ended early (exit status: 0)",
        ),
        (
            "a_fresh_second_pass_that_aborts",
            "call sites unknown: the process of the second pass ended early (signal: 6",
        ),
        (
            "a_fresh_second_pass_that_panics",
            "call sites unknown: the second pass panicked: not again",
        ),
    ] {
        assert_keeps_its_verdict(name, why);
    }
}

#[test]
fn a_second_pass_that_hangs_is_ended_and_the_verdict_is_kept() {
    let why = "call sites unknown: the second pass did not end within 21s";
    std::thread::scope(|scope| {
        for name in [
            "a_bare_second_pass_that_hangs",
            "a_fresh_second_pass_that_hangs",
        ] {
            scope.spawn(move || assert_keeps_its_verdict(name, why));
        }
    });
}

/// In the new process, statics are empty, as they were in the first pass.
#[test]
fn a_leak_test_finds_the_call_sites_in_a_fresh_process() {
    let said = said_by("a_cache_that_is_full_in_the_second_pass");
    assert!(said.contains("     LEAKS  "), "{said}");
    assert!(said.contains("leak_second_pass::intern"), "{said}");
    assert!(!said.contains("call sites unknown"), "{said}");
}

const HINT: &str = "no step allocated anything; is the result passed through black_box?";

#[test]
fn if_no_step_allocates_the_report_hints_at_black_box() {
    let report = detector().run(|| 1_u64, |count| *count += 1);
    assert_eq!(report.verdict, Verdict::Steady);
    assert!(report.reason.ends_with(HINT), "{report}");
    assert!(report.to_string().contains(HINT), "{report}");
    let said = output_of("steps_that_allocate_nothing");
    assert!(said.status.success());
    assert!(String::from_utf8_lossy(&said.stderr).contains(HINT));
    let report = detector().run(|| (), |()| Box::new(1));
    assert!(!report.reason.contains("black_box"), "{report}");
}

#[test]
#[ignore = "another test runs it and reads its warning"]
fn an_assertion_about_steps_that_allocate_nothing() {
    heapmark::assert_no_leak!(|| 1_u64, |count: &mut u64| *count += 1);
}

#[test]
fn an_assertion_that_passes_also_prints_the_hint() {
    let said = said_by("an_assertion_about_steps_that_allocate_nothing");
    assert!(said.contains(HINT), "{said}");
}
