//! A trace: from now on every block that a thread asks for, with its call stack.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::blocks::{self, Event, Held, Sum};
use super::walk;
use crate::alloc::{AlreadyObserved, Audience, Observer, Observing, observe};

/// What one call stack did while it was traced.
#[derive(Clone, Debug, Default)]
pub struct Traced {
    /// Return addresses, innermost first.
    pub addresses: Box<[usize]>,
    /// What it did, and what it holds at the end.
    #[cfg_attr(
        not(feature = "bench"),
        expect(dead_code, reason = "only a benchmark reports it")
    )]
    pub sum: Sum,
}

/// Size classes that blocks are thinned by: four to each power of two.
pub const CLASSES: usize = 4 * 65;

/// One block in so many is looked at, by size class.
static EVERY: [AtomicU64; CLASSES] = [const { AtomicU64::new(1) }; CLASSES];
/// Which of them: those of the turns that it divides.
static TURN: AtomicU64 = AtomicU64::new(0);
/// Blocks whose stack was looked at, by size class.
static MET: [AtomicU64; CLASSES] = [const { AtomicU64::new(0) }; CLASSES];
/// Whose blocks are followed; all threads' if there is none.
static AUDIENCE: Mutex<Option<Audience>> = Mutex::new(None);
static HAS_AUDIENCE: AtomicBool = AtomicBool::new(false);

// Functions, not closures: those would be called by a function of std, which then stands among the
// frames of heapmark.
static OBSERVER: Observer = Observer {
    on_alloc,
    on_resized,
    on_free,
};

fn on_alloc(address: usize, bytes: usize) {
    record(address, bytes, Event::Alloc);
}

fn on_resized(address: usize, before: usize, after: usize) {
    let growth = after.saturating_sub(before);
    record(address, after, Event::Resized { growth });
}

fn on_free(address: usize) {
    // The tables' own blocks are in no table.
    if !blocks::is_inside() {
        blocks::unseen(|| blocks::forget(address));
    }
}

/// The class of a block: its power of two, and the quarter between that and the next.
fn size_class(bytes: usize) -> usize {
    let power = usize::BITS - bytes.leading_zeros();
    let quarter = match power {
        0..3 => 0,
        _ => bytes >> (power - 3) & 3,
    };
    4 * power as usize + quarter
}

/// How many blocks one of so many bytes stands for now; none if it is to pass.
fn weight(bytes: usize) -> u64 {
    let every = EVERY[size_class(bytes)].load(Ordering::Relaxed);
    let turn = TURN.load(Ordering::Relaxed);
    if turn.is_multiple_of(every) { every } else { 0 }
}

fn record(address: usize, bytes: usize, event: Event) {
    let weight = weight(bytes);
    if weight == 0 || blocks::is_inside() {
        return;
    }
    blocks::unseen(|| {
        if HAS_AUDIENCE.load(Ordering::Relaxed) {
            let audience = AUDIENCE.lock().unwrap_or_else(PoisonError::into_inner);
            if audience.as_ref().is_some_and(|it| !it.has_this_thread()) {
                return;
            }
        }
        let mut room = [0; walk::DEPTH];
        let stack = walk::stack(&mut room);
        MET[size_class(bytes)].fetch_add(1, Ordering::Relaxed);
        blocks::keep(address, bytes, event, weight, stack);
    });
}

/// Blocks are followed until this is dropped.
#[derive(Debug)]
#[must_use = "a trace ends when this is dropped"]
pub struct Trace {
    /// Closed before the tables are cleared.
    observing: Option<Observing>,
}

/// Follows every block from now on that `audience` asks for, or any thread if there is none. Stacks
/// are unwound, unless `walk::choose` was asked for another way since.
///
/// # Errors
///
/// [`AlreadyObserved`] if blocks are followed already: there is one table of them.
pub fn trace(audience: Option<Audience>) -> Result<Trace, AlreadyObserved> {
    // Held from here on, so that nobody else clears what is followed.
    let observing = blocks::unseen(|| observe(&OBSERVER))?;
    blocks::unseen(|| {
        walk::unwind_always();
        for (every, met) in EVERY.iter().zip(&MET) {
            every.store(1, Ordering::Relaxed);
            met.store(0, Ordering::Relaxed);
        }
        TURN.store(0, Ordering::Relaxed);
        HAS_AUDIENCE.store(audience.is_some(), Ordering::Relaxed);
        *AUDIENCE.lock().unwrap_or_else(PoisonError::into_inner) = audience;
        // What unwinding sets up for the first stack is then not part of the trace.
        let _ = walk::stack(&mut [0; walk::DEPTH]);
    });
    blocks::clear();
    Ok(Trace {
        observing: Some(observing),
    })
}

impl Trace {
    /// From now on looks at one block in so many of each size class alone, which then stands for as
    /// many: at those of the [turns](Self::turn) that the number divides.
    ///
    /// # Panics
    ///
    /// If a number is zero.
    pub fn thin(&self, every: &[u64; CLASSES]) {
        for (of, every) in EVERY.iter().zip(every) {
            assert!(*every > 0, "one in none");
            of.store(*every, Ordering::Relaxed);
        }
    }

    /// Begins a turn; turn 0 looks at all blocks.
    pub fn turn(&self, number: u64) {
        TURN.store(number, Ordering::Relaxed);
    }

    /// Blocks so far whose stack was looked at, resized ones included, by size class.
    pub fn met(&self) -> [u64; CLASSES] {
        std::array::from_fn(|class| MET[class].load(Ordering::Relaxed))
    }

    /// What each stack holds at this moment, in the order of their first events.
    pub fn held(&self) -> Vec<Held> {
        blocks::unseen(|| blocks::sums().iter().map(|sum| sum.held).collect())
    }

    /// Ends the trace; what each stack did, in the order of their first events.
    pub fn finish(mut self) -> Vec<Traced> {
        let sums = blocks::sums();
        let traced = (0..).zip(sums).map_while(|(stack, sum)| {
            let addresses = blocks::addresses(stack)?;
            Some(Traced { addresses, sum })
        });
        let traced = blocks::unseen(|| traced.collect());
        self.end();
        traced
    }

    fn end(&mut self) {
        if let Some(observing) = self.observing.take() {
            // Still ours, so that the next trace does not begin in between.
            blocks::clear();
            drop(observing);
        }
    }
}

impl Drop for Trace {
    fn drop(&mut self) {
        self.end();
    }
}
