//! The table of live blocks of the program, with the call stack of each. Does not interpret them.
//!
//! ```text
//!  address ─▶ one of 64 shards ─┬▶ block: number of its stack, bytes
//!                               └▶ events and live memory of each stack, for its own addresses
//!  stack   ─▶ one of 64 tables of stacks ─▶ its number ─▶ return addresses
//! ```
//!
//! There are many shards, so that threads seldom wait for each other: blocks that are live at the
//! same time have different addresses, and the threads of a server run in different stacks.

use std::cell::Cell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

const SHARDS: usize = 64;

/// The events and the live memory of one call stack during a trace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Blocks allocated.
    pub allocs: u64,
    /// Blocks reallocated.
    pub reallocs: u64,
    /// Bytes of new blocks, plus the growth of reallocated blocks.
    pub bytes: u64,
    /// Live blocks that were allocated or last reallocated by this stack.
    pub held: Held,
}

/// Live blocks and their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Number of live blocks.
    pub blocks: u64,
    /// Their requested bytes.
    pub bytes: u64,
}

/// What happened to a block.
#[derive(Clone, Copy, Debug)]
pub(super) enum Event {
    Alloc,
    /// With the number of bytes that it grew by, or 0.
    Resized {
        growth: usize,
    },
}

struct Block {
    stack: u32,
    bytes: u64,
    /// How many blocks it represents.
    weight: u64,
}

type NumberMap<K, V> = HashMap<K, V, BuildHasherDefault<Mix>>;

struct Shard {
    /// By address.
    blocks: NumberMap<usize, Block>,
    /// By the number of a stack.
    sums: NumberMap<u32, Sum>,
}

/// A value on separate cache lines, which are only written by threads that use this value.
#[repr(align(128))]
struct Apart<T>(Mutex<T>);

static SHARDED: [Apart<Shard>; SHARDS] = [const {
    Apart(Mutex::new(Shard {
        blocks: HashMap::with_hasher(BuildHasherDefault::new()),
        sums: HashMap::with_hasher(BuildHasherDefault::new()),
    }))
}; SHARDS];
/// Numbers of stacks by their hash. It has 64 bits: among a program's thousands of stacks, two have
/// the same hash in about one program of a million million.
static KNOWN: [Apart<NumberMap<u64, u32>>; SHARDS] =
    [const { Apart(Mutex::new(HashMap::with_hasher(BuildHasherDefault::new()))) }; SHARDS];
static STACKS: Mutex<Stacks> = Mutex::new(Stacks {
    first: 0,
    addresses: Vec::new(),
});

/// The stacks that have a number.
struct Stacks {
    /// The number of the first. Numbers are not used again after the tables are cleared, because
    /// another thread may be about to record a block under an earlier one.
    first: u32,
    /// Return addresses, in the order of the numbers.
    addresses: Vec<Box<[usize]>>,
}

impl Stacks {
    /// The place of a stack in the order of first events; `None` if its number was given before
    /// the tables were cleared.
    fn index(&self, number: u32) -> Option<usize> {
        let index = number.wrapping_sub(self.first) as usize;
        (index < self.addresses.len()).then_some(index)
    }

    fn add(&mut self, addresses: &[usize]) -> u32 {
        let number = self.first.wrapping_add(self.addresses.len() as u32);
        self.addresses.push(addresses.into());
        number
    }

    fn clear(&mut self) {
        self.first = self.first.wrapping_add(self.addresses.len() as u32);
        self.addresses = Vec::new();
    }
}

thread_local! {
    /// Whether this thread is working on the tables, whose own memory is not recorded. It has no
    /// destructor, because the allocator may read it at any time.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Whether the calling thread is working on the tables, so that its blocks are not recorded.
pub(super) fn is_inside() -> bool {
    INSIDE.get()
}

/// Runs `work` without recording its blocks.
pub(crate) fn unseen<T>(work: impl FnOnce() -> T) -> T {
    let before = INSIDE.replace(true);
    let done = work();
    INSIDE.set(before);
    done
}

/// Records a live block at the address, which represents `weight` blocks.
pub(super) fn keep(address: usize, bytes: usize, event: Event, weight: u64, stack: &[usize]) {
    keep_numbered(address, bytes, event, weight, number(stack));
}

fn keep_numbered(address: usize, bytes: usize, event: Event, weight: u64, stack: u32) {
    let bytes = bytes as u64;
    let mut shard = lock(&shard_of(address).0);
    // If the free of an earlier block at this address was missed, it is removed now.
    shard.forget(address);
    let block = Block {
        stack,
        bytes,
        weight,
    };
    shard.blocks.insert(address, block);
    let sum = shard.sums.entry(stack).or_default();
    match event {
        Event::Alloc => {
            sum.allocs += 1;
            sum.bytes += bytes;
        }
        Event::Resized { growth } => {
            sum.reallocs += 1;
            sum.bytes += growth as u64;
        }
    }
    sum.held.blocks += weight;
    sum.held.bytes += weight * bytes;
}

/// Removes the block at the address, which was freed.
pub(super) fn forget(address: usize) {
    lock(&shard_of(address).0).forget(address);
}

impl Shard {
    fn forget(&mut self, address: usize) {
        if let Some(block) = self.blocks.remove(&address)
            && let Some(sum) = self.sums.get_mut(&block.stack)
        {
            sum.held.blocks -= block.weight;
            sum.held.bytes -= block.weight * block.bytes;
        }
    }
}

/// The sums of each stack, in the order of first events.
pub(crate) fn sums() -> Vec<Sum> {
    unseen(|| {
        let mut sums: Vec<Sum> = Vec::new();
        for shard in &SHARDED {
            let shard = lock(&shard.0);
            let stacks = lock(&STACKS);
            sums.resize(stacks.addresses.len(), Sum::default());
            for (&number, of_shard) in &shard.sums {
                let Some(index) = stacks.index(number) else {
                    continue;
                };
                let sum = &mut sums[index];
                sum.allocs += of_shard.allocs;
                sum.reallocs += of_shard.reallocs;
                sum.bytes += of_shard.bytes;
                sum.held.blocks += of_shard.held.blocks;
                sum.held.bytes += of_shard.held.bytes;
            }
        }
        sums
    })
}

/// The return addresses of a stack, by its place in the order of first events.
pub(crate) fn addresses(index: u32) -> Option<Box<[usize]>> {
    unseen(|| lock(&STACKS).addresses.get(index as usize).cloned())
}

/// Clears all tables and frees their memory.
pub(crate) fn clear() {
    unseen(|| {
        // While these are locked, no other thread gets a number.
        let mut known: Vec<_> = KNOWN.iter().map(|known| lock(&known.0)).collect();
        for known in &mut known {
            **known = HashMap::default();
        }
        lock(&STACKS).clear();
        for shard in &SHARDED {
            let mut shard = lock(&shard.0);
            shard.blocks = HashMap::default();
            shard.sums = HashMap::default();
        }
    });
}

fn number(addresses: &[usize]) -> u32 {
    let hash = hash(addresses);
    let mut known = lock(&KNOWN[(hash >> 58) as usize].0);
    *known
        .entry(hash)
        .or_insert_with(|| lock(&STACKS).add(addresses))
}

fn shard_of(address: usize) -> &'static Apart<Shard> {
    // The addresses of blocks are aligned and close to each other, so their bits are mixed.
    &SHARDED[(mixed(address as u64) >> 58) as usize]
}

/// 2⁶⁴ divided by the golden ratio: the high bits of its multiples are evenly distributed.
const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

fn mixed(number: u64) -> u64 {
    number.wrapping_mul(ODD)
}

fn hash(addresses: &[usize]) -> u64 {
    addresses.iter().fold(ODD, |hash, &address| {
        mixed(hash ^ address as u64).rotate_left(29)
    })
}

/// A fast hasher for numbers, without protection against chosen keys: every allocation uses these
/// tables.
#[derive(Default)]
struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0.rotate_left(32)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = mixed(self.0 ^ number);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_that_another_thread_records_late_is_not_given_to_a_stack_of_the_next_trace() {
        let late = number(&[1]);
        clear();
        let next = number(&[2]);
        keep_numbered(64, 48, Event::Alloc, 1, late);
        keep_numbered(128, 100, Event::Alloc, 1, next);
        let held: Vec<u64> = sums().iter().map(|sum| sum.held.bytes).collect();
        assert_eq!(held, [100]);
        assert_eq!(addresses(0).as_deref(), Some(&[2][..]));
        assert_eq!(addresses(1), None);
        clear();
    }
}
