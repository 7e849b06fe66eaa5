//! The second pass: runs the same steps again and records the call stack of every block. It runs
//! only if the first pass found growth or was not sure, because it costs microseconds per block.
//!
//! ```text
//!  setup ─ step, step, step … each block with its stack ─▶ live memory of each call site, over
//!                                                          the steps
//!                                                              │
//!             call sites that grow, fastest first ◀─ judge, as for the whole program
//! ```
//!
//! The live memory of a call site at the end is not enough to find a leak: a full cache holds more
//! than a leak next to it. So each call site has a separate series, which the same judges decide.
//! This also finds a leak that is hidden by larger memory that comes and goes.

mod aggregation;
mod growing;
mod site_series;
mod size_sampling;

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
pub(super) use growing::CallSites;
use site_series::Marks;
use size_sampling::SizeSampling;

/// Stacks by their source lines. An unrolled loop or an inlined function has several stacks, which
/// are one call site.
type Sites = BTreeMap<Vec<Frame>, Vec<usize>>;

/// Additional time to find the call sites of a leak.
const PATIENCE: Duration = Duration::from_secs(10);

/// The time limit of the steps.
fn max_time<B>(detector: &Detector<B>, first: &First) -> Duration {
    match first.verdict {
        Verdict::Leak => detector.max_time.saturating_add(PATIENCE),
        _ => detector.max_time.saturating_sub(first.took),
    }
}

/// The time after which the process of a second pass is ended.
pub(super) fn limit<B>(detector: &Detector<B>, first: &First) -> Duration {
    watchdog::limit(max_time(detector, first))
}

/// Runs the steps of the first pass again and finds the call sites whose memory grows. If that does
/// not finish in time, calls `last_words` and ends the process.
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
    let trace = stacks::trace(Some(watch.thread_filter())).map_err(|busy| busy.to_string())?;
    let before = events();
    let mut size_sampling = SizeSampling::new(first.steps);
    let mut state = setup();
    if B::DECLARED {
        (0..detector.max_steps / 10).for_each(|_| drop(step(&mut state)));
        detector.spike.take(&mut state);
    }
    let mut is_over = false;
    let mut at = 0;
    // If the growth did not repeat, runs as many steps again: a static may already hold the keys of
    // the first steps, but not of later ones.
    for lap in 0..2 {
        for _ in 0..first.steps {
            size_sampling.before_step(at, &trace);
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
    let sites = sites(&traced, &marks);
    let mut call_sites = growing::judge(&sites, &marks, first);
    call_sites.disturbances = disturbances;
    if is_over {
        // The steps so far may show the call site, but their number depends on the machine's speed.
        call_sites.how = None;
    }
    Ok(call_sites)
}

fn sites(traced: &[Traced], marks: &Marks) -> Sites {
    let mut sites = Sites::new();
    for (stack, traced) in traced.iter().enumerate() {
        if marks.has_held(stack) {
            let site = sites.entry(own_frames(&traced.addresses)).or_default();
            site.push(stack);
        }
    }
    sites
}

/// The frames of the program itself, between the allocator and the detector.
fn own_frames(stack: &[usize]) -> Vec<Frame> {
    let frames = stacks::frames(stack);
    let inside = frames.iter().position(|frame| !stacks::is_harness(frame));
    let inside = &frames[inside.unwrap_or(0)..];
    let end = inside.iter().position(stacks::is_harness);
    let inside = &inside[..end.unwrap_or(inside.len())];
    let without = |outside: &[fn(&Frame) -> bool]| -> Vec<Frame> {
        let own = inside
            .iter()
            .filter(|frame| !outside.iter().any(|is| is(frame)));
        // After the filter, which needs the whole path.
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

/// The path relative to the current directory, so that an editor finds it.
fn relative(file: &str) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let file = Path::new(file);
    let below = file.strip_prefix(&here).unwrap_or(file);
    below.display().to_string()
}
