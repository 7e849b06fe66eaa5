//! Which call stacks ask for memory, and which of them still hold it. Not for counting:
//! it takes a lock and walks the stack for every block.
//!
//! ```text
//!  trace ─ every block and its stack ─┬──────── finish ─▶ one Traced a stack ─ places ─▶ frames
//!                                     └─ held, held …     what each stack holds by then
//! ```
//!
//! A stack is taken as return addresses alone; the source is asked for afterwards, once for each
//! different stack. One trace at a time: of two that overlap, the later one sees everything.
//! Walking a stack is what costs, so that a trace may be told to walk only now and then.

mod place;

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::alloc::{Audience, Hook, Open, open_hooked};

pub use place::{is_dependency, is_harness, is_std, places};

/// Frames of a stack that are kept: deeper ones belong to the program's start.
const DEPTH: usize = 64;

/// What one call stack did while it was traced.
#[derive(Clone, Debug, Default)]
pub struct Traced {
    /// Return addresses, innermost first.
    pub addresses: Box<[usize]>,
    /// Blocks asked for and granted.
    pub allocs: u64,
    /// Blocks resized.
    pub reallocs: u64,
    /// Bytes of new blocks, and the growth of resized ones.
    pub bytes: u64,
    /// Blocks that were got or last resized here and live at the end.
    pub held: Held,
}

/// Blocks that live, and their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// How many there are.
    pub blocks: u64,
    /// The bytes that they were asked for.
    pub bytes: u64,
}

/// A block that is known.
struct Known {
    bytes: u64,
    stack: usize,
    /// How many blocks it stands for.
    weight: u64,
}

struct Table {
    /// Whose blocks count; all threads' where there is none.
    audience: Option<Audience>,
    /// Each block, by its address.
    live: HashMap<usize, Known>,
    known: HashMap<Box<[usize]>, usize>,
    stacks: Vec<Traced>,
    met: [u64; CLASSES],
}

/// Size classes that blocks are thinned by: four to each power of two.
pub const CLASSES: usize = 4 * 65;

/// One block in so many is looked at, by size class.
static EVERY: [AtomicU64; CLASSES] = [const { AtomicU64::new(1) }; CLASSES];
/// Which of them: those of the turns that it divides.
static TURN: AtomicU64 = AtomicU64::new(0);

/// The class of a block: its power of two, and the quarter between that and the next.
fn size_class(bytes: usize) -> usize {
    let power = usize::BITS - bytes.leading_zeros();
    let quarter = match power {
        0..3 => 0,
        _ => bytes >> (power - 3) & 3,
    };
    4 * power as usize + quarter
}

/// How many blocks one of so many bytes stands for now; none where it is to pass.
fn weight(bytes: usize) -> u64 {
    let every = EVERY[size_class(bytes)].load(Ordering::Relaxed);
    let turn = TURN.load(Ordering::Relaxed);
    if turn.is_multiple_of(every) { every } else { 0 }
}

static TABLE: Mutex<Option<Table>> = Mutex::new(None);
static HOOK: Hook = Hook {
    on_alloc,
    on_resized,
    on_free,
};

thread_local! {
    /// Whether this thread is inside the hook: what the hook allocates is its own affair. No
    /// destructor, since the allocator reads it at any time.
    static BUSY: Cell<bool> = const { Cell::new(false) };
}

/// A trace under way; it ends with this value.
#[derive(Debug)]
#[must_use = "a trace ends when this is dropped"]
pub struct Trace {
    open: Open,
}

/// Traces every block from now on that `audience` asks for, or any thread where there is none.
pub fn trace(audience: Option<Audience>) -> Trace {
    *TABLE.lock().unwrap_or_else(PoisonError::into_inner) = Some(Table {
        audience,
        live: HashMap::new(),
        known: HashMap::new(),
        stacks: Vec::new(),
        met: [0; CLASSES],
    });
    EVERY
        .iter()
        .for_each(|every| every.store(1, Ordering::Relaxed));
    TURN.store(0, Ordering::Relaxed);
    // What unwinding sets up for the first stack is then not part of the trace.
    let mut addresses = [0; DEPTH];
    let _ = capture(&mut addresses);
    Trace {
        open: open_hooked(&HOOK),
    }
}

impl Trace {
    /// From now on looks at one block in so many of each size class alone, which then stands for as
    /// many: at those of the [turns](Self::turn) that the number divides.
    ///
    /// # Panics
    ///
    /// Where a number is zero.
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
        let mut met = [0; CLASSES];
        unless_busy(|| with_table(|table| met = table.met));
        met
    }

    /// What each stack holds at this moment, in the order of their first events.
    pub fn held(&self) -> Vec<Held> {
        let mut held = Vec::new();
        unless_busy(|| with_table(|table| held.extend(table.stacks.iter().map(|of| of.held))));
        held
    }

    /// Ends the trace; what each stack did, in the order of their first events.
    pub fn finish(self) -> Vec<Traced> {
        drop(self.open);
        let table = TABLE.lock().unwrap_or_else(PoisonError::into_inner).take();
        table.map(|table| table.stacks).unwrap_or_default()
    }
}

fn on_alloc(address: usize, bytes: usize) {
    record(address, bytes, |stack| {
        stack.allocs += 1;
        stack.bytes += bytes as u64;
    });
}

fn on_resized(address: usize, before: usize, after: usize) {
    record(address, after, |stack| {
        stack.reallocs += 1;
        stack.bytes += after.saturating_sub(before) as u64;
    });
}

fn on_free(address: usize) {
    unless_busy(|| with_table(|table| table.forget(address)));
}

fn record(address: usize, bytes: usize, event: impl FnOnce(&mut Traced)) {
    let weight = weight(bytes);
    if weight == 0 {
        return;
    }
    unless_busy(|| {
        let mut heard = false;
        with_table(|table| {
            let audience = table.audience.as_ref();
            heard = audience.is_none_or(Audience::has_this_thread);
        });
        // Others need not wait until their stacks are walked.
        if !heard {
            return;
        }
        let mut addresses = [0; DEPTH];
        let addresses = capture(&mut addresses);
        with_table(|table| {
            let stack = table.id(addresses);
            table.met[size_class(bytes)] += 1;
            event(&mut table.stacks[stack]);
            table.remember(address, bytes as u64, stack, weight);
        });
    });
}

impl Table {
    fn id(&mut self, addresses: &[usize]) -> usize {
        if let Some(id) = self.known.get(addresses) {
            return *id;
        }
        let id = self.stacks.len();
        self.known.insert(addresses.into(), id);
        self.stacks.push(Traced {
            addresses: addresses.into(),
            ..Traced::default()
        });
        id
    }

    fn remember(&mut self, address: usize, bytes: u64, stack: usize, weight: u64) {
        // Where a block's end was missed, its address tells now.
        self.forget(address);
        let known = Known {
            bytes,
            stack,
            weight,
        };
        self.live.insert(address, known);
        let held = &mut self.stacks[stack].held;
        held.blocks += weight;
        held.bytes += weight * bytes;
    }

    fn forget(&mut self, address: usize) {
        if let Some(known) = self.live.remove(&address) {
            let held = &mut self.stacks[known.stack].held;
            held.blocks -= known.weight;
            held.bytes -= known.weight * known.bytes;
        }
    }
}

fn capture(addresses: &mut [usize; DEPTH]) -> &[usize] {
    let mut depth = 0;
    backtrace::trace(|frame| {
        addresses[depth] = frame.ip().addr();
        depth += 1;
        depth < DEPTH
    });
    &addresses[..depth]
}

fn unless_busy(work: impl FnOnce()) {
    if !BUSY.replace(true) {
        work();
        BUSY.set(false);
    }
}

fn with_table(change: impl FnOnce(&mut Table)) {
    let mut table = TABLE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(table) = table.as_mut() {
        change(table);
    }
}
