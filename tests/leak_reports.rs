//! The report of a failure, as the terminal shows it. For each test that must fail, another test
//! runs it again in a new process and reads its output.

#![expect(
    clippy::unwrap_used,
    reason = "a test may unwrap: its panic is its verdict"
)]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests check that the output of a step is shown"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use heapmark::leak::Detector;
use heapmark::leak_test;

#[path = "library/core/cache.rs"]
mod cache;

#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

/// The stderr of `binary` when it runs only the test `name`.
fn said_by(binary: &Path, name: &str) -> String {
    let output = Command::new(binary)
        .args([name, "--exact", "--nocapture", "--test-threads=1"])
        .env("RUST_BACKTRACE", "0")
        .output();
    String::from_utf8_lossy(&output.unwrap().stderr).into_owned()
}

fn this_binary() -> PathBuf {
    std::env::current_exe().unwrap()
}

/// The lines of the panic's message.
fn report_of(name: &str) -> Vec<String> {
    report_in(&said_by(&this_binary(), name))
}

fn report_in(said: &str) -> Vec<String> {
    let lines = said
        .lines()
        .skip_while(|line| !line.contains("panicked at"));
    lines.skip(1).map(str::to_owned).collect()
}

fn detector() -> Detector {
    Detector::new().max_steps(10_000).this_thread_only(true)
}

#[inline(never)]
fn keep(list: &mut Vec<String>) {
    list.push(String::from("one line"));
}

#[test]
#[should_panic(expected = "LEAKS")]
fn a_list_that_grows() {
    detector().run(Vec::new, keep).assert_steady();
}
const CALLER: u32 = line!() - 2;

#[test]
#[should_panic(expected = "LEAKS")]
fn a_cache_in_a_folder_like_one_of_std() {
    detector().run(Vec::new, cache::remember).assert_steady();
}

#[test]
fn a_call_site_in_a_folder_named_like_one_of_std_is_shown() {
    let report = report_of("a_cache_in_a_folder_like_one_of_std");
    let place = format!("tests/library/core/cache.rs:{}", cache::LINE);
    assert_eq!(report[0], place, "{report:#?}");
}

/// The report of `name` from a copy of this binary, stripped with the option `much`.
#[cfg(target_os = "linux")]
fn report_when_stripped(name: &str, much: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let copy = folder.join(format!("leak_reports{much}"));
    let strip = Command::new("strip")
        .args([much, "-o"])
        .args([&copy, &this_binary()])
        .status();
    assert!(strip.unwrap().success());
    let said = said_by(&copy, name);
    std::fs::remove_file(copy).unwrap();
    report_in(&said)
}

#[cfg(target_os = "linux")]
const HINT: &str = "build with `debug = \"line-tables-only\"`";

#[test]
#[cfg(target_os = "linux")]
fn without_debug_information_the_caller_comes_first_and_the_function_is_named() {
    let report = report_when_stripped("a_list_that_grows", "--strip-debug");
    assert_eq!(report[0], format!("tests/leak_reports.rs:{CALLER}"));
    assert!(report[1].starts_with("     LEAKS  "), "{report:#?}");
    assert!(report[2].contains(HINT), "{report:#?}");
    assert!(report[3].ends_with(" from"), "{report:#?}");
    assert_eq!(report[4].trim(), "leak_reports::keep", "{report:#?}");
    assert!(!report.concat().contains("?:0"), "{report:#?}");
}

#[test]
#[cfg(target_os = "linux")]
fn without_symbols_the_caller_comes_first_and_nothing_of_the_runtime_is_named() {
    let report = report_when_stripped("a_list_that_grows", "--strip-all");
    assert_eq!(report[0], format!("tests/leak_reports.rs:{CALLER}"));
    assert!(report[2].contains(HINT), "{report:#?}");
    assert!(
        report[3].ends_with("functions with unknown names"),
        "{report:#?}"
    );
    let text = report.concat();
    assert!(
        !text.contains("?:0") && !text.contains("start_thread"),
        "{report:#?}"
    );
}

leak_test! {
    #[should_panic(expected = "has not returned")]
    fn a_step_that_never_returns(
        Detector::new().max_time(Duration::ZERO) => || (),
        |()| loop { std::thread::park() },
    );

    #[should_panic(expected = "UNDECIDED")]
    fn no_time_at_all(
        Detector::new().max_time(Duration::ZERO) => || std::thread::sleep(Duration::from_millis(100)),
        |()| (),
    );

    #[should_panic(expected = "RETAINS")]
    fn a_spike_that_is_kept(
        Detector::new().max_steps(2_000).spike(|line: &mut String| line.push_str(&"x".repeat(300))) =>
        String::new,
        |line: &mut String| {
            line.clear();
            line.push_str("hi");
        },
    );
}

#[test]
fn a_report_of_detect_begins_with_its_caller() {
    let report = heapmark::leak::detect(|| (), |()| ());
    let place = format!("tests/leak_reports.rs:{}", line!() - 1);
    assert_eq!(report.to_string().lines().next(), Some(&*place), "{report}");
}

/// The line of the test `name`.
fn line_of(name: &str) -> usize {
    let start = format!("fn {name}(");
    let lines = include_str!("leak_reports.rs").lines();
    1 + lines
        .map(str::trim_start)
        .position(|line| line.starts_with(&start))
        .unwrap()
}

#[test]
fn a_test_fails_at_its_own_line() {
    for name in [
        "no_time_at_all",
        "a_spike_that_is_kept",
        "a_step_that_never_returns",
    ] {
        let said = said_by(&this_binary(), name);
        let place = format!("panicked at tests/leak_reports.rs:{}:", line_of(name));
        assert!(said.contains(&place), "{place} is not in {said}");
    }
    let report = report_of("a_spike_that_is_kept");
    let place = format!("tests/leak_reports.rs:{}", line_of("a_spike_that_is_kept"));
    assert_eq!(report[0], place, "{report:#?}");
}

leak_test! {
    #[should_panic(expected = "LEAKS")]
    fn a_step_that_prints(
        Detector::new().max_steps(1_000) => || {
            println!("the setup says");
            eprintln!("the setup warns");
            Vec::new()
        },
        |list: &mut Vec<String>| {
            list.push(String::from("one line"));
            println!("there are {}", list.len());
        },
    );

    #[should_panic(expected = "the setup warns")]
    fn a_setup_that_panics(
        || -> u64 {
            println!("the setup says");
            panic!("the setup warns");
        },
        |_: &mut u64| (),
    );

    fn a_step_that_prints_and_passes(
        Detector::new().max_steps(1_000) => || println!("the setup says"),
        |()| (),
    )
}

#[test]
fn captured_output_is_shown_below_the_report() {
    let report = report_of("a_step_that_prints");
    let first = report
        .iter()
        .position(|line| line == "printed to stderr:")
        .unwrap();
    assert!(
        report[..first]
            .iter()
            .any(|line| line.contains("     LEAKS  "))
    );
    assert_eq!(report[first + 1], "the setup warns", "{report:#?}");
    // Each step prints, in both passes. The report shows only the last lines.
    let second = "printed to stdout, the last 50 of ";
    let second = report.iter().position(|line| line.starts_with(second));
    assert!(
        report[second.unwrap() + 1].starts_with("there are 8"),
        "{report:#?}"
    );
    let said = report_of("a_setup_that_panics").join("\n");
    assert!(
        said.contains("\n\nprinted to stdout:\nthe setup says\n"),
        "{said}"
    );
    assert!(!said_by(&this_binary(), "a_step_that_prints_and_passes").contains("says"));
}

leak_test! {
    async fn a_setup_may_spawn(
        || tokio::spawn(std::future::pending::<()>()),
        async |task: &mut tokio::task::JoinHandle<()>| {
            tokio::task::yield_now().await;
            task.is_finished()
        },
    );

    async fn a_setup_may_have_a_timer(
        Detector::new().max_steps(1_000) => || tokio::time::interval(Duration::from_micros(1)),
        async |interval: &mut tokio::time::Interval| interval.tick().await,
    );

    async fn a_step_may_keep_what_it_captures(|| (), {
        let mut count = 0;
        async move |(): &mut ()| count += 1
    })
}

#[test]
fn a_detection_that_is_ended_prints_its_name_and_limit() {
    let said = said_by(&this_binary(), "a_step_that_never_returns");
    let message = " UNDECIDED  a_step_that_never_returns: the leak detection has not returned: \
                   setup, steps and drop together did not finish within 1s";
    assert!(said.contains(message), "{said}");
    assert!(said.contains("(exit status: 2)"), "{said}");
}

#[test]
fn a_time_limit_of_zero_does_not_end_a_detection_that_returns() {
    let report = report_of("no_time_at_all");
    assert!(report[1].ends_with("; 1 step"), "{report:#?}");
}

/// The harness allocates until it waits for the test, which can be late on a busy machine.
#[test]
fn the_memory_of_the_harness_does_not_count_on_a_busy_machine() {
    let done = AtomicBool::new(false);
    let spin = || {
        while !done.load(Ordering::Relaxed) {
            std::hint::spin_loop();
        }
    };
    let told = std::thread::scope(|scope| {
        (0..8).for_each(|_| drop(scope.spawn(spin)));
        let told: BTreeSet<String> = (0..40)
            .map(|_| report_of("a_spike_that_is_kept").swap_remove(1))
            .collect();
        done.store(true, Ordering::Relaxed);
        told
    });
    let kept = "   RETAINS  302 B stay allocated after the spike; small steps need at most 16 B; \
                1,250 steps";
    assert_eq!(told, BTreeSet::from([kept.to_owned()]));
}
