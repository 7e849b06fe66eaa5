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

#[derive(Default)]
struct Table {
    /// Whose blocks count; all threads' where there is none.
    audience: Option<Audience>,
    /// Each block, by its address.
    live: HashMap<usize, Known>,
    known: HashMap<Box<[usize]>, usize>,
    stacks: Vec<Traced>,
}

/// Blocks of this size are known whatever the weight: a list that doubles is but a few.
const LARGE: usize = 16 << 10;

/// How many blocks one that is met now stands for; none is met at zero.
static WEIGHT: AtomicU64 = AtomicU64::new(1);
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
        ..Table::default()
    });
    WEIGHT.store(1, Ordering::Relaxed);
    // What unwinding sets up for the first stack is then not part of the trace.
    let mut addresses = [0; DEPTH];
    let _ = capture(&mut addresses);
    Trace {
        open: open_hooked(&HOOK),
    }
}

impl Trace {
    /// How many blocks each that is asked for from now on stands for: 1 at first, 0 to let small
    /// ones pass without a look at their stack. Large ones are looked at all the same, and stand
    /// for themselves.
    pub fn weigh(&self, weight: u64) {
        WEIGHT.store(weight, Ordering::Relaxed);
    }

    /// Blocks so far whose stack was looked at, resized ones included.
    pub fn met(&self) -> u64 {
        let mut met = 0;
        unless_busy(|| {
            with_table(|table| met = table.stacks.iter().map(|of| of.allocs + of.reallocs).sum());
        });
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
    let weight = match bytes < LARGE {
        true => WEIGHT.load(Ordering::Relaxed),
        false => 1,
    };
    if weight == 0 {
        return;
    }
    unless_busy(|| {
        let mut addresses = [0; DEPTH];
        let addresses = capture(&mut addresses);
        with_table(|table| {
            let heard = table
                .audience
                .as_ref()
                .is_none_or(Audience::has_this_thread);
            if heard {
                let stack = table.id(addresses);
                event(&mut table.stacks[stack]);
                table.remember(address, bytes as u64, stack, weight);
            }
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
