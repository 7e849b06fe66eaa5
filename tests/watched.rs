//! A program under `heapmark::live::watch`: the blocks that each line holds are counted exactly,
//! whichever threads allocate and free them.
#![expect(clippy::unwrap_used, reason = "a panic of a test is its verdict")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use heapmark::leak::{Detector, Verdict};
use heapmark::live::{Watch, WatchError, watch};
use heapmark_model::growth::{GrowthPattern, Level, judge};

#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

/// Only one watch can exist at a time.
static TURN: Mutex<()> = Mutex::new(());

fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The memory that all call stacks through a function of this file hold. Tests that run at the
/// same time hold memory too, but in functions with other names.
fn held_by(watch: &Watch, function: &str) -> Level {
    let own = watch.held().into_iter().filter(|held| {
        let frames = watch.frames(held.stack).unwrap();
        let mut own = frames
            .iter()
            .filter(|frame| frame.file.ends_with("watched.rs"));
        own.any(|frame| frame.path().ends_with(function))
    });
    own.fold(Level::default(), |sum, held| {
        sum + level(held.blocks as i64, held.bytes as i64)
    })
}

fn level(blocks: i64, bytes: i64) -> Level {
    Level { blocks, bytes }
}

#[inline(never)]
fn remember(kept: &mut Vec<Box<[u8]>>) {
    kept.push(black_box(Box::new([7; 100])));
}

#[test]
fn a_block_is_held_by_the_function_that_allocated_it_until_it_is_freed() {
    let _turn = turn();
    let mut kept = Vec::with_capacity(100);
    let watched = watch().unwrap();
    (0..30).for_each(|_| remember(&mut kept));
    assert_eq!(held_by(&watched, "remember"), level(30, 3_000));
    kept.truncate(10);
    assert_eq!(held_by(&watched, "remember"), level(10, 1_000));
    kept.clear();
    assert_eq!(held_by(&watched, "remember"), Level::default());
}

#[inline(never)]
fn enlarge(buffer: &mut Vec<u8>, to: usize) {
    buffer.reserve_exact(to - buffer.len());
}

#[test]
fn a_block_that_is_resized_is_one_block_of_its_last_size() {
    let _turn = turn();
    let watched = watch().unwrap();
    let mut buffer = Vec::new();
    for to in [1_000, 20_000, 300_000] {
        enlarge(&mut buffer, to);
        assert_eq!(held_by(&watched, "enlarge"), level(1, to as i64));
    }
    drop(buffer);
    assert_eq!(held_by(&watched, "enlarge"), Level::default());
}

#[inline(never)]
fn hand_over() -> Box<[u8; 64]> {
    black_box(Box::new([1; 64]))
}

#[test]
fn blocks_that_other_threads_allocate_and_free_are_counted() {
    let _turn = turn();
    let watched = watch().unwrap();
    let threads: Vec<_> = (0..4)
        .map(|_| thread::spawn(|| (0..500).map(|_| hand_over()).collect::<Vec<_>>()))
        .collect();
    let mut kept: Vec<_> = threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect();
    assert_eq!(held_by(&watched, "hand_over"), level(2_000, 128_000));
    let one = kept.pop();
    thread::spawn(move || drop(one)).join().unwrap();
    assert_eq!(held_by(&watched, "hand_over"), level(1_500, 96_000));
    drop(kept);
    assert_eq!(held_by(&watched, "hand_over"), Level::default());
}

#[inline(never)]
fn keep_some(cache: &mut BTreeMap<u32, Box<[u8; 50]>>, request: u32) {
    cache.insert(request % 32, black_box(Box::new([0; 50])));
}

#[inline(never)]
fn keep_all(cache: &mut BTreeMap<u32, Box<[u8; 50]>>, request: u32) {
    cache.insert(request, black_box(Box::new([0; 50])));
}

#[test]
fn of_two_caches_the_one_without_a_bound_grows() {
    let _turn = turn();
    let watched = watch().unwrap();
    let (mut one, mut other) = (BTreeMap::new(), BTreeMap::new());
    let mut marks = [Vec::new(), Vec::new()];
    for round in 0..6 {
        for request in 0..100 {
            keep_some(&mut one, round * 100 + request);
            keep_all(&mut other, round * 100 + request);
        }
        for (marks, name) in marks.iter_mut().zip(["keep_some", "keep_all"]) {
            marks.push(held_by(&watched, name));
        }
    }
    let [clean, leaky] = marks.map(|marks| judge(&marks, 100).unwrap());
    assert_eq!(clean.course, None);
    assert_eq!(leaky.course, Some(GrowthPattern::Steady));
    // One block per request, and the nodes of the tree.
    assert!((1.0..1.5).contains(&leaky.blocks), "{leaky:?}");
}

#[inline(never)]
fn earlier() -> Box<[u8; 100]> {
    black_box(Box::new([7; 100]))
}

#[test]
fn blocks_from_before_the_watch_are_neither_held_nor_subtracted() {
    let _turn = turn();
    let before = earlier();
    let watched = watch().unwrap();
    assert_eq!(held_by(&watched, "earlier"), Level::default());
    let within = earlier();
    drop(before);
    assert_eq!(held_by(&watched, "earlier"), level(1, 100));
    drop(within);
}

#[test]
fn the_watch_does_not_report_its_own_memory() {
    let _turn = turn();
    let watched = watch().unwrap();
    let kept: Vec<_> = (0..100).map(|_| earlier()).collect();
    let before = held_by(&watched, "held_by");
    for _ in 0..10 {
        let _ = held_by(&watched, "anything");
    }
    assert_eq!(held_by(&watched, "held_by"), before);
    drop(kept);
}

#[test]
fn a_second_watch_is_refused_until_the_first_ends() {
    let _turn = turn();
    let watched = watch().unwrap();
    assert_eq!(watch().unwrap_err(), WatchError::AlreadyWatched);
    assert_eq!(watched.frames(u32::MAX), None);
    drop(watched);
    assert!(watch().unwrap().held().len() < 1_000);
}

#[test]
fn a_leak_detection_leaves_the_watch_its_blocks_and_states_what_it_could_not_follow() {
    let _turn = turn();
    let watched = watch().unwrap();
    let within = earlier();
    let mut kept: Vec<Box<[u8; 24]>> = Vec::new();
    let report = Detector::new().run(|| (), |()| kept.push(black_box(Box::new([1; 24]))));
    assert_eq!(report.verdict, Verdict::Leak);
    let text = report.to_string();
    assert!(text.contains("already being recorded"), "{text}");
    // The watch still sees blocks that are freed.
    assert_eq!(held_by(&watched, "earlier"), level(1, 100));
    drop(within);
    assert_eq!(held_by(&watched, "earlier"), Level::default());
}
