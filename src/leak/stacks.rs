//! The second pass: the same steps again, with the call stack of every block that the later ones
//! leave behind. Only for what the first pass found growing, since it costs microseconds a block.
//!
//! ```text
//!  setup ─ steps, as before ─┬─ steps, each block with its stack ─┬─ what still lives, by stack
//!                            └──── the second half ───────────────┘
//! ```

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::record::Frame;
use crate::stacks::{self, Traced};

use super::burst::BigStep;
use super::callsite::Callsite;
use super::detector::Detector;

/// Callsites that are named.
const NAMED: usize = 8;
/// Time that the traced steps may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs up to `steps` steps again and tells whose memory the steps after `from` left.
pub(super) fn collect<S, R, B: BigStep<S>>(
    detector: &mut Detector<B>,
    setup: &mut impl FnMut() -> S,
    step: &mut impl FnMut(&mut S) -> R,
    from: u64,
    steps: u64,
) -> Vec<Callsite> {
    let audience = super::run::watch(detector.this_thread_only).audience();
    let mut state = setup();
    for at in 0..from {
        if B::DECLARED && at == steps / 10 {
            detector.burst.take(&mut state);
        }
        drop(step(&mut state));
    }
    let trace = stacks::trace(Some(audience));
    let start = Instant::now();
    let mut taken = 0;
    while taken < steps - from && start.elapsed() < PATIENCE {
        drop(step(&mut state));
        taken += 1;
    }
    let traced = trace.finish();
    drop(state);
    callsites(&traced, taken)
}

fn callsites(traced: &[Traced], steps: u64) -> Vec<Callsite> {
    // Different stacks may be one place: a loop that was unrolled, a function that was inlined.
    let mut places: HashMap<Vec<Frame>, (u64, u64)> = HashMap::new();
    for stack in traced.iter().filter(|stack| stack.live_blocks > 0) {
        let place = places.entry(own_frames(&stack.addresses)).or_default();
        place.0 += stack.live_bytes;
        place.1 += stack.live_blocks;
    }
    let mut places: Vec<_> = places.into_iter().collect();
    places.sort_by(|(left, most), (right, least)| least.cmp(most).then_with(|| left.cmp(right)));
    places.truncate(NAMED);
    let steps = steps.max(1) as f64;
    let callsite = |(frames, (bytes, blocks)): (Vec<Frame>, (u64, u64))| Callsite {
        bytes_per_step: bytes as f64 / steps,
        blocks_per_step: blocks as f64 / steps,
        frames,
    };
    places.into_iter().map(callsite).collect()
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
