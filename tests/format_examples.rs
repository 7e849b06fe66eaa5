//! Checks docs/format.md: runs each worked example under the instrument that `report` uses and
//! compares the result with the table on the page. Reads the JSON of the page with the types that
//! write it.

#![expect(
    clippy::unwrap_used,
    reason = "a test may unwrap: its panic is its verdict"
)]

#[path = "format_examples/page.rs"]
mod page;

use std::collections::HashMap;
use std::hint::black_box;
use std::mem::forget;
use std::sync::{Mutex, MutexGuard, PoisonError};

use heapmark::__private::instruments::{Count, Observer, TIMELINE_EVENTS};
use heapmark::{BatchSize, Bencher};
use heapmark_model::protocol::{Reply, Request, decode, encode};
use heapmark_model::record::{MAX_POINTS, Observation, Run};

use page::{Example, examples, fenced};

#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

const PAGE: &str = include_str!("../docs/format.md");

type Body = fn(&mut Bencher<'_>);

const BODIES: [(&str, Body); 9] = [
    ("string_from", string_from),
    ("vec_grows_by_push", vec_grows_by_push),
    ("vec_shrinks", vec_shrinks),
    ("map_with_capacity", map_with_capacity),
    ("strings_in_a_vec", strings_in_a_vec),
    ("input_is_consumed", input_is_consumed),
    ("input_grows", input_grows),
    ("scratch_is_freed", scratch_is_freed),
    ("box_is_forgotten", box_is_forgotten),
];

fn string_from(b: &mut Bencher) {
    b.iter(|| String::from(black_box("hello")));
}

fn vec_grows_by_push(b: &mut Bencher) {
    b.iter(|| {
        let mut numbers = Vec::new();
        for number in 0..10_u64 {
            numbers.push(black_box(number));
        }
        numbers
    });
}

fn vec_shrinks(b: &mut Bencher) {
    b.iter(|| {
        let mut numbers: Vec<u64> = Vec::with_capacity(black_box(16));
        numbers.extend([1, 2, 3]);
        numbers.shrink_to_fit();
        numbers
    });
}

fn map_with_capacity(b: &mut Bencher) {
    b.iter(|| HashMap::<u64, u64>::with_capacity(black_box(100)));
}

fn strings_in_a_vec(b: &mut Bencher) {
    b.iter(|| {
        let mut names = Vec::with_capacity(black_box(2));
        names.push(String::from(black_box("ab")));
        names.push(String::from(black_box("abcde")));
        names
    });
}

fn input_is_consumed(b: &mut Bencher) {
    b.iter_batched(|| vec![1_u8; 100], drop, BatchSize::SmallInput);
}

fn input_grows(b: &mut Bencher) {
    b.iter_batched_ref(
        || Vec::<u8>::with_capacity(black_box(8)),
        |buffer| buffer.extend_from_slice(black_box(&[1; 20])),
        BatchSize::SmallInput,
    );
}

fn scratch_is_freed(b: &mut Bencher) {
    b.iter(|| {
        let scratch = black_box(vec![1_u8; 1000]);
        String::from_utf8_lossy(&scratch[..3]).into_owned()
    });
}

fn box_is_forgotten(b: &mut Bencher) {
    b.iter(|| forget(black_box(Box::new([1_u8; 64]))));
}

#[test]
fn the_page_shows_what_is_run_here() {
    let _alone = alone();
    let shown: Vec<String> = examples(PAGE).into_iter().map(|shown| shown.name).collect();
    assert_eq!(shown, BODIES.map(|(name, _)| name));
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let here = one_line(include_str!("format_examples.rs"));
    for example in examples(PAGE) {
        let head = format!("fn {}(b: &mut Bencher) {{", example.name);
        assert!(example.code.starts_with(&head), "{}", example.code);
        assert!(here.contains(&one_line(&example.code)), "{}", example.code);
    }
}

#[test]
fn the_counters_count_what_the_tables_state() {
    let _alone = alone();
    for (example, (_, body)) in examples(PAGE).iter().zip(BODIES) {
        if runs_here(example) {
            assert_eq!(count(body), example.observation(), "{}", example.name);
        }
    }
}

#[test]
fn a_table_with_one_wrong_size_differs_from_the_counters() {
    let _alone = alone();
    let wrong = PAGE.replace("realloc 64 → 128", "realloc 64 → 129");
    assert_ne!(wrong, PAGE);
    let example = examples(&wrong).remove(1);
    assert_ne!(count(vec_grows_by_push), example.observation());
}

#[test]
fn each_row_follows_from_the_one_before() {
    let _alone = alone();
    for example in examples(PAGE) {
        let written: Vec<[i64; 6]> = example.rows.iter().map(|row| row.written).collect();
        assert_eq!(written, example.running(), "{}", example.name);
    }
}

#[test]
fn the_assertions_below_a_table_hold() {
    let _alone = alone();
    for example in examples(PAGE) {
        for (metric, value) in &example.claims {
            let seen = example.observation().get(*metric);
            assert_eq!(seen, Some(*value), "{}: {}", example.name, metric.key());
        }
    }
}

#[test]
fn every_request_on_the_page_reads_and_writes_back() {
    let _alone = alone();
    let lines = fenced(PAGE, "json requests");
    assert_eq!(lines.len(), 4);
    for line in lines {
        let request: Request = decode(line.trim_end()).unwrap().unwrap();
        assert_eq!(encode(&request), line.trim_end());
    }
}

#[test]
fn every_reply_on_the_page_reads_and_writes_back() {
    let _alone = alone();
    let lines = fenced(PAGE, "json replies");
    assert_eq!(lines.len(), 12);
    for line in lines {
        let reply: Reply = decode(line.trim_end()).unwrap().unwrap();
        assert_eq!(encode(&reply), line.trim_end());
    }
}

#[test]
fn the_record_on_the_page_reads_and_writes_back() {
    let _alone = alone();
    let text = fenced(PAGE, "json record").concat();
    let run: Run = serde_json::from_str(&text).unwrap();
    let shown: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_value(run).unwrap(), shown);
}

#[test]
fn the_page_names_the_limits_of_a_timeline() {
    let _alone = alone();
    let thousands = TIMELINE_EVENTS / 1000;
    let limit = format!("more than {thousands},{:03} events", TIMELINE_EVENTS % 1000);
    assert!(PAGE.contains(&limit), "{limit}");
    let points = format!("at most {MAX_POINTS} points");
    assert!(PAGE.contains(&points), "{points}");
    let stretches = format!("each of {} stretches", (MAX_POINTS - 2) / 2);
    assert!(PAGE.contains(&stretches), "{stretches}");
}

/// The size of a hash table's control bytes depends on the vector instructions.
fn runs_here(example: &Example) -> bool {
    example.name != "map_with_capacity" || cfg!(all(target_arch = "x86_64", not(miri)))
}

/// Runs one test at a time: the counters would also count what another test allocates.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    // A failed test leaves nothing behind that affects the next one.
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The observation on which three undisturbed repetitions agree. The thread that starts and ends
/// tests may allocate at any time. A repetition that it disturbs has foreign events, or agrees
/// with no other repetition.
fn count(body: Body) -> Observation {
    let mut quiet = Vec::new();
    for _ in 0..1000 {
        let mut count = Count::new(1);
        body(&mut Bencher::new(count.as_instrument()));
        let undisturbed = |seen: &Observation| seen.foreign_events == 0;
        quiet.extend(count.take().into_iter().filter(undisturbed));
        let Some(last) = quiet.last() else {
            continue;
        };
        if quiet.iter().filter(|seen| *seen == last).count() == 3 {
            return last.clone();
        }
    }
    panic!("no three of 1,000 repetitions agree without events of other threads");
}
