//! The second pass: the same steps again, with the call stack of every block. Only for what the
//! first pass found growing or was not sure of, since it costs microseconds a block.
//!
//! ```text
//!  setup ─ step, step, step … each block with its stack ─▶ what each place holds, over the steps
//!                                                              │
//!                        places that grow, fastest first ◀─ judge, as of the whole program
//! ```
//!
//! What a place holds at the end says little: a cache that is full holds more than a leak beside
//! it. So each place has a course of its own, which the judges of the whole are asked about. That
//! also finds what the whole hides: a leak under something larger that comes and goes.

mod closer;
mod course;
mod grain;
mod thinning;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::alloc::Watch;
use crate::stacks::{self, Traced};
use heapmark_model::record::Frame;

use super::detector::Detector;
use super::report::Verdict;
use super::second_pass::{self, First};
use super::spike::BigStep;
use super::watchdog::{self, Watchdog};
pub(super) use closer::Closer;
use course::Marks;
use thinning::Thinning;

/// Stacks by the lines that they belong to: a loop that was unrolled and a function that was inlined
/// have several stacks, and are one place.
type Places = BTreeMap<Vec<Frame>, Vec<usize>>;

/// Time beyond that of the first pass, to name the places of a leak.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long the steps may take.
fn max_time<B>(detector: &Detector<B>, first: &First) -> Duration {
    match first.verdict {
        Verdict::Leak => detector.max_time.saturating_add(PATIENCE),
        _ => detector.max_time.saturating_sub(first.took),
    }
}

/// After how long the process of a second pass is ended.
pub(super) fn limit<B>(detector: &Detector<B>, first: &First) -> Duration {
    watchdog::limit(max_time(detector, first))
}

/// Runs the steps of the first pass again and finds whose memory grows. Where that does not come to
/// an end, the process ends with `last_words`.
pub(super) fn look<S, R, B: BigStep<S>>(
    detector: &mut Detector<B>,
    setup: &mut impl FnMut() -> S,
    step: &mut impl FnMut(&mut S) -> R,
    first: &First,
    watch: &Watch,
    last_words: impl FnOnce() -> i32 + Send + 'static,
) -> second_pass::Found {
    let time = max_time(detector, first);
    let watchdog = Watchdog::start(watchdog::limit(time), last_words);
    let mut marks = Marks::new();
    let start = Instant::now();
    let events = || watch.elsewhere().others.events;
    let trace = stacks::trace(Some(watch.audience())).map_err(|busy| busy.to_string())?;
    let before = events();
    let mut thinning = Thinning::new(first.steps);
    let mut state = setup();
    if B::DECLARED {
        (0..detector.max_steps / 10).for_each(|_| drop(step(&mut state)));
        detector.spike.take(&mut state);
    }
    let mut is_over = false;
    let mut at = 0;
    // Once more so many steps where growth did not come again: what a static holds already may be
    // the keys of the first steps alone.
    for lap in 0..2 {
        for _ in 0..first.steps {
            thinning.before_step(at, &trace);
            drop(step(&mut state));
            marks.after_step(|| trace.held());
            at += 1;
            if start.elapsed() > time {
                is_over = true;
                break;
            }
        }
        let is_done = first.verdict != Verdict::Leak || marks.repeat(first.grown);
        if is_over || is_done || lap == 1 {
            break;
        }
        marks = Marks::new();
    }
    let disturbances = events().wrapping_sub(before);
    drop(state);
    marks.after_drop(trace.held());
    let traced = trace.finish();
    watchdog.stop();
    let places = places(&traced, &marks);
    let mut closer = closer::judge(&places, &marks, first);
    closer.disturbances = disturbances;
    if is_over {
        // What was seen until then may name the place, but another day would have seen more.
        closer.how = None;
    }
    Ok(closer)
}

fn places(traced: &[Traced], marks: &Marks) -> Places {
    let mut places = Places::new();
    for (stack, traced) in traced.iter().enumerate() {
        if marks.has_held(stack) {
            let place = places.entry(own_frames(&traced.addresses)).or_default();
            place.push(stack);
        }
    }
    places
}

/// The frames of the program itself, between the allocator and the detector.
fn own_frames(stack: &[usize]) -> Vec<Frame> {
    let frames = stacks::places(stack);
    let inside = frames.iter().position(|frame| !stacks::is_harness(frame));
    let inside = &frames[inside.unwrap_or(0)..];
    let end = inside.iter().position(stacks::is_harness);
    let inside = &inside[..end.unwrap_or(inside.len())];
    let without = |outside: &[fn(&Frame) -> bool]| -> Vec<Frame> {
        let own = inside
            .iter()
            .filter(|frame| !outside.iter().any(|is| is(frame)));
        // Whose a frame is, is told by its whole path.
        own.map(|frame| Frame {
            file: relative(&frame.file),
            ..frame.clone()
        })
        .collect()
    };
    [
        without(&[stacks::is_std, stacks::is_dependency]),
        without(&[stacks::is_std]),
        without(&[]),
    ]
    .into_iter()
    .find(|frames| !frames.is_empty())
    .unwrap_or_default()
}

/// The path as the reader's editor finds it, from where the test runs.
fn relative(file: &str) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let file = Path::new(file);
    let below = file.strip_prefix(&here).unwrap_or(file);
    below.display().to_string()
}
