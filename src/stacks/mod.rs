//! Which call stacks ask for memory, and which of them still hold it. Not for counting:
//! it takes a lock and walks the stack for every block.
//!
//! ```text
//!  trace ─ every block and its stack ─ finish ─▶ one Traced a stack ─ places ─▶ frames
//! ```
//!
//! A stack is taken as return addresses alone; the source is asked for afterwards, once for each
//! different stack. One trace at a time: of two that overlap, the later one sees everything.

mod place;

use std::cell::Cell;
use std::collections::HashMap;
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
    pub live_blocks: u64,
    /// Their bytes.
    pub live_bytes: u64,
}

#[derive(Default)]
struct Table {
    /// Whose blocks count; all threads' where there is none.
    audience: Option<Audience>,
    /// Bytes and stack of each block, by its address.
    live: HashMap<usize, (usize, usize)>,
    known: HashMap<Box<[usize]>, usize>,
    stacks: Vec<Traced>,
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
        ..Table::default()
    });
    // What unwinding sets up for the first stack is then not part of the trace.
    let mut addresses = [0; DEPTH];
    let _ = capture(&mut addresses);
    Trace {
        open: open_hooked(&HOOK),
    }
}

impl Trace {
    /// Ends the trace; what each stack did, in the order of their first events.
    pub fn finish(self) -> Vec<Traced> {
        drop(self.open);
        let table = TABLE.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Table {
            live, mut stacks, ..
        }) = table
        else {
            return Vec::new();
        };
        for (bytes, stack) in live.into_values() {
            stacks[stack].live_blocks += 1;
            stacks[stack].live_bytes += bytes as u64;
        }
        stacks
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
    unless_busy(|| {
        with_table(|table| {
            table.live.remove(&address);
        });
    });
}

fn record(address: usize, bytes: usize, event: impl FnOnce(&mut Traced)) {
    unless_busy(|| {
        let mut addresses = [0; DEPTH];
        let stack = capture(&mut addresses);
        with_table(|table| {
            let heard = table
                .audience
                .as_ref()
                .is_none_or(Audience::has_this_thread);
            if heard {
                let id = table.id(stack);
                event(&mut table.stacks[id]);
                table.live.insert(address, (bytes, id));
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
