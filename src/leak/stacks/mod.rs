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

mod course;
mod grain;
mod thinning;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::alloc::Live;
use crate::record::Frame;
use crate::stacks::{self, Traced};

use super::burst::BigStep;
use super::callsite::Callsite;
use super::detector::Detector;
use super::judge::Moment;
use super::report::Report;
use super::watchdog::Watchdog;
use course::{Course, Marks};
use grain::GRAINS;
use thinning::Thinning;

/// Callsites that are named.
const NAMED: usize = 8;
/// A table that doubles at another line takes half of its growth from where it was; half of that
/// allows for how rates are measured.
const CHANGING_HANDS: f64 = 0.25;
/// Time beyond that of the first pass.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the second pass found.
pub(super) struct Closer {
    /// The places whose memory grows, or those that hold most where none is sure to.
    pub callsites: Vec<Callsite>,
    /// How they grow, where it is sure that they do.
    pub how: Option<&'static str>,
    /// Whether most of it is still there after the state was dropped.
    pub is_lost: bool,
}

/// Runs the steps of `first` again and tells whose memory grows.
pub(super) fn look<S, R, B: BigStep<S>>(
    detector: &mut Detector<B>,
    setup: &mut impl FnMut() -> S,
    step: &mut impl FnMut(&mut S) -> R,
    first: &Report,
) -> Closer {
    let steps = first.steps;
    let limit = detector.max_time.saturating_add(PATIENCE);
    let watchdog = Watchdog::start(limit);
    let audience = super::run::watch(detector.this_thread_only).audience();
    let mut marks = Marks::new();
    let start = Instant::now();
    let trace = stacks::trace(Some(audience));
    let mut thinning = Thinning::new(steps);
    let mut state = setup();
    if B::DECLARED {
        (0..detector.max_steps / 10).for_each(|_| drop(step(&mut state)));
        detector.burst.take(&mut state);
    }
    let mut is_over = false;
    for at in 0..steps {
        thinning.before_step(at, &trace);
        drop(step(&mut state));
        marks.after_step(|| trace.held());
        if at % 64 == 0 && start.elapsed() > limit {
            is_over = true;
            break;
        }
    }
    drop(state);
    marks.after_drop(trace.held());
    let traced = trace.finish();
    watchdog.stop();
    let mut closer = judge(&traced, &marks, first.after_drop);
    if is_over {
        // What was seen until then may name the place, but another day would have seen more.
        closer.how = None;
    }
    closer
}

/// Frames of a place, and how what it holds grows.
type Place = (Vec<Frame>, Course);

fn judge(traced: &[Traced], marks: &Marks, after_drop: Live) -> Closer {
    // Different stacks may be one place: a loop that was unrolled, a function that was inlined.
    let mut places: BTreeMap<Vec<Frame>, Vec<usize>> = BTreeMap::new();
    for (stack, traced) in traced.iter().enumerate() {
        if marks.has_held(stack) {
            let place = places.entry(own_frames(&traced.addresses)).or_default();
            place.push(stack);
        }
    }
    let moment = match places.values().any(|stacks| marks.has_ended(stacks)) {
        true => Moment::BesideAnEnd,
        false => Moment::Last,
    };
    let course = |stacks: &[usize]| marks.course(stacks, moment);
    let how = |(_, course): &Place, places: &[Place]| {
        let outlives = course.is_lost && after_drop.bytes * 2 >= course.held;
        course
            .grows
            .filter(|_| outlives || !changes_hands(course, places))
    };
    let grows = |place: &Place| place.1.grows.is_some();
    let mut seen = Vec::new();
    for grain in GRAINS {
        let places = grain(&places, &course);
        let sure = places.iter().find_map(|place| how(place, &places));
        seen.push((places, sure));
        if sure.is_some() {
            break;
        }
    }
    let sure = seen.iter().find(|(_, sure)| sure.is_some());
    let growing = || seen.iter().find(|(places, _)| places.iter().any(grows));
    let (mut chosen, how) = match sure.or_else(growing) {
        Some((places, how)) => {
            let growing = places.iter().filter(|place| grows(place));
            (growing.cloned().collect(), *how)
        }
        None => seen.into_iter().next().unwrap_or_default(),
    };
    chosen.retain(|(_, course)| course.held > 0);
    chosen.sort_by(|(_, one), (_, other)| {
        let by_bytes = other.bytes_per_step.total_cmp(&one.bytes_per_step);
        by_bytes.then(other.blocks_per_step.total_cmp(&one.blocks_per_step))
    });
    chosen.truncate(NAMED);
    let lost = chosen.iter().filter(|(_, course)| course.is_lost).count();
    let callsite = |(frames, course): &Place| Callsite {
        bytes_per_step: course.bytes_per_step,
        blocks_per_step: course.blocks_per_step,
        frames: frames.clone(),
    };
    Closer {
        how,
        is_lost: lost * 2 > chosen.len(),
        callsites: chosen.iter().map(callsite).collect(),
    }
}

/// Whether what grows is given back by all others together, or by another place alone.
fn changes_hands(course: &Course, places: &[Place]) -> bool {
    let falls = places.iter().map(|(_, other)| other.falls);
    let largest = falls.fold(0.0, f64::max);
    !course.is_unopposed || largest > 0.0 && largest >= course.bytes_per_step * CHANGING_HANDS
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
