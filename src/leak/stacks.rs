//! The second pass: the same steps again, with the call stack of every block that the later ones
//! leave behind. Only for what the first pass found growing, since it costs microseconds a block.
//!
//! ```text
//!  setup ─ steps, as before ─┬─ steps, each block with its stack ─┬─ what still lives, by stack
//!                            └──── the second half ───────────────┘
//! ```

use std::cell::Cell;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::alloc::{Audience, Hook, open_hooked};

use super::burst::BigStep;
use super::callsite::{Callsite, Frame};
use super::detector::Detector;

/// Return addresses, innermost first.
type Stack = Box<[usize]>;

/// Frames of a stack that are kept: deeper ones belong to the program's start.
const DEPTH: usize = 64;
/// Callsites that are named.
const NAMED: usize = 8;
/// Time that the traced steps may take.
const PATIENCE: Duration = Duration::from_secs(5);

struct Traced {
    /// Whose blocks count.
    audience: Audience,
    /// Bytes and stack of each block, by its address.
    live: HashMap<usize, (usize, usize)>,
    stacks: HashMap<Stack, usize>,
}

static TRACED: Mutex<Option<Traced>> = Mutex::new(None);
static HOOK: Hook = Hook { on_alloc, on_free };

thread_local! {
    /// Whether this thread is inside the hook: what the hook allocates is its own affair. No
    /// destructor, since the allocator reads it at any time.
    static BUSY: Cell<bool> = const { Cell::new(false) };
}

fn on_alloc(address: usize, bytes: usize) {
    if BUSY.replace(true) {
        return;
    }
    let mut frames = [0; DEPTH];
    let mut depth = 0;
    backtrace::trace(|frame| {
        frames[depth] = frame.ip().addr();
        depth += 1;
        depth < DEPTH
    });
    with_traced(|traced| {
        if !traced.audience.has_this_thread() {
            return;
        }
        let next = traced.stacks.len();
        let frames = &frames[..depth];
        let stack = match traced.stacks.get(frames) {
            Some(known) => *known,
            None => *traced.stacks.entry(frames.into()).or_insert(next),
        };
        traced.live.insert(address, (bytes, stack));
    });
    BUSY.set(false);
}

fn on_free(address: usize) {
    if BUSY.replace(true) {
        return;
    }
    with_traced(|traced| {
        traced.live.remove(&address);
    });
    BUSY.set(false);
}

fn with_traced(change: impl FnOnce(&mut Traced)) {
    let mut traced = TRACED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(traced) = traced.as_mut() {
        change(traced);
    }
}

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
    *TRACED.lock().unwrap_or_else(PoisonError::into_inner) = Some(Traced {
        audience,
        live: HashMap::new(),
        stacks: HashMap::new(),
    });
    let hooked = open_hooked(&HOOK);
    let start = Instant::now();
    let mut taken = 0;
    while taken < steps - from && start.elapsed() < PATIENCE {
        drop(step(&mut state));
        taken += 1;
    }
    drop(hooked);
    let traced = TRACED.lock().unwrap_or_else(PoisonError::into_inner).take();
    drop(state);
    traced.map_or_else(Vec::new, |traced| callsites(&traced, taken))
}

fn callsites(traced: &Traced, steps: u64) -> Vec<Callsite> {
    let mut sums = vec![(0_u64, 0_u64); traced.stacks.len()];
    for (bytes, stack) in traced.live.values() {
        sums[*stack].0 += *bytes as u64;
        sums[*stack].1 += 1;
    }
    // Different stacks may be one place: a loop that was unrolled, a function that was inlined.
    let mut places: HashMap<Vec<Frame>, (u64, u64)> = HashMap::new();
    for (stack, id) in &traced.stacks {
        let (bytes, blocks) = sums[*id];
        if blocks > 0 {
            let place = places.entry(own_frames(stack)).or_default();
            place.0 += bytes;
            place.1 += blocks;
        }
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
    let frames: Vec<Frame> = stack.iter().flat_map(|address| resolve(*address)).collect();
    let inside = frames.iter().position(|frame| !is_heapmark(frame));
    let inside = &frames[inside.unwrap_or(0)..];
    let end = inside.iter().position(is_heapmark);
    let inside = &inside[..end.unwrap_or(inside.len())];
    let without = |outside: &[fn(&Frame) -> bool]| -> Vec<Frame> {
        let own = inside
            .iter()
            .filter(|frame| !outside.iter().any(|is| is(frame)));
        own.cloned().collect()
    };
    [
        without(&[is_std, is_dependency]),
        without(&[is_std]),
        inside.to_vec(),
    ]
    .into_iter()
    .find(|frames| !frames.is_empty())
    .unwrap_or_default()
}

/// Function, file and line of an address; several where calls were inlined.
fn resolve(address: usize) -> Vec<Frame> {
    let mut frames = Vec::new();
    // A return address is behind its call, which may be the last of its line.
    backtrace::resolve(
        std::ptr::without_provenance_mut(address.saturating_sub(1)),
        |symbol| {
            let file = symbol.filename().unwrap_or(Path::new("?"));
            frames.push(Frame {
                function: symbol
                    .name()
                    .map_or_else(|| "?".into(), |name| format!("{name:#}")),
                file: relative(file),
                line: symbol.lineno().unwrap_or(0),
            });
        },
    );
    frames
}

/// The path as the reader's editor finds it, from where the test runs.
fn relative(file: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let below = file.strip_prefix(&here).unwrap_or(file);
    below.display().to_string()
}

fn is_heapmark(frame: &Frame) -> bool {
    frame.function.starts_with("heapmark::")
        || frame.function.starts_with("<heapmark::")
        || frame.function.starts_with("backtrace::")
        || frame.function.contains(" as heapmark::")
}

fn is_std(frame: &Frame) -> bool {
    let of_std = [
        "/rustc/",
        "/library/std/",
        "/library/core/",
        "/library/alloc/",
    ];
    of_std.iter().any(|folder| frame.file.contains(folder))
        || frame.file == "?"
        || frame.function.starts_with("__rustc")
}

fn is_dependency(frame: &Frame) -> bool {
    frame.file.contains("/registry/src/") || frame.file.contains("/git/checkouts/")
}
