//! Which call stack each living block came from: the one table of blocks of the program. Not what
//! that means.
//!
//! ```text
//!  address ─▶ one of 64 shards ─┬▶ block: stack's number, bytes
//!                               └▶ what each stack did and holds, of this shard's addresses
//!  stack   ─▶ one of 64 tables of stacks ─▶ its number ─▶ return addresses
//! ```
//!
//! The shards are many so that threads seldom wait for each other: blocks that live at one time
//! have different addresses, and the threads of a server stand in different stacks.

use std::cell::Cell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

const SHARDS: usize = 64;

/// What one call stack did while blocks were followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Blocks asked for and granted.
    pub allocs: u64,
    /// Blocks resized.
    pub reallocs: u64,
    /// Bytes of new blocks, and the growth of resized ones.
    pub bytes: u64,
    /// Blocks that were got or last resized here and live now.
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

/// What happened to a block.
#[derive(Clone, Copy, Debug)]
pub(super) enum Event {
    Alloc,
    /// It grew by so many bytes, if it did.
    Resized {
        growth: usize,
    },
}

struct Block {
    stack: u32,
    bytes: u64,
    /// How many blocks it stands for.
    weight: u64,
}

type Table<K, V> = HashMap<K, V, BuildHasherDefault<Mix>>;

struct Shard {
    /// By address.
    blocks: Table<usize, Block>,
    /// By the number of a stack.
    sums: Table<u32, Sum>,
}

/// On cache lines of its own, which only those who want this part write.
#[repr(align(128))]
struct Apart<T>(Mutex<T>);

static SHARDED: [Apart<Shard>; SHARDS] = [const {
    Apart(Mutex::new(Shard {
        blocks: HashMap::with_hasher(BuildHasherDefault::new()),
        sums: HashMap::with_hasher(BuildHasherDefault::new()),
    }))
}; SHARDS];
/// Numbers of stacks by their hash. Of 64 bits, so that two of a program's thousands of stacks
/// share one in a program of a million million.
static KNOWN: [Apart<Table<u64, u32>>; SHARDS] =
    [const { Apart(Mutex::new(HashMap::with_hasher(BuildHasherDefault::new()))) }; SHARDS];
/// Return addresses by the number of their stack.
static STACKS: Mutex<Vec<Box<[usize]>>> = Mutex::new(Vec::new());

thread_local! {
    /// Whether this thread is inside: what the tables need is not part of the program. No
    /// destructor, since the allocator reads it at any time.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Whether the calling thread is at work on the tables, so that its blocks are not followed.
pub(super) fn is_inside() -> bool {
    INSIDE.get()
}

/// Does `work`, whose blocks are not followed.
pub(crate) fn unseen<T>(work: impl FnOnce() -> T) -> T {
    let before = INSIDE.replace(true);
    let done = work();
    INSIDE.set(before);
    done
}

/// A block lives at the address, and stands for `weight` of them.
pub(super) fn keep(address: usize, bytes: usize, event: Event, weight: u64, stack: &[usize]) {
    let stack = number(stack);
    let bytes = bytes as u64;
    let mut shard = lock(&shard_of(address).0);
    // If the end of an earlier block was missed, its address shows it now.
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

/// The block at the address is given back.
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

/// What each stack did, by its number, in the order of their first events.
pub(crate) fn sums() -> Vec<Sum> {
    unseen(|| {
        let mut sums = vec![Sum::default(); lock(&STACKS).len()];
        for shard in &SHARDED {
            for (&stack, of_shard) in &lock(&shard.0).sums {
                let stack = stack as usize;
                // A stack may have come since the list was made.
                if stack >= sums.len() {
                    sums.resize(stack + 1, Sum::default());
                }
                let sum = &mut sums[stack];
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

/// The return addresses of a stack.
pub(crate) fn addresses(stack: u32) -> Option<Box<[usize]>> {
    unseen(|| lock(&STACKS).get(stack as usize).cloned())
}

/// Forgets everything, and gives back the room of it.
pub(crate) fn clear() {
    unseen(|| {
        for shard in &SHARDED {
            let mut shard = lock(&shard.0);
            shard.blocks = HashMap::default();
            shard.sums = HashMap::default();
        }
        for known in &KNOWN {
            *lock(&known.0) = HashMap::default();
        }
        *lock(&STACKS) = Vec::new();
    });
}

fn number(addresses: &[usize]) -> u32 {
    let hash = hash(addresses);
    let mut known = lock(&KNOWN[(hash >> 58) as usize].0);
    *known.entry(hash).or_insert_with(|| {
        let mut stacks = lock(&STACKS);
        stacks.push(addresses.into());
        u32::try_from(stacks.len() - 1).unwrap_or(u32::MAX)
    })
}

fn shard_of(address: usize) -> &'static Apart<Shard> {
    // Allocators hand out neighbours; their low bits are alike.
    &SHARDED[(mixed(address as u64) >> 58) as usize]
}

/// 2⁶⁴ divided by the golden ratio: a multiple of it has its high bits spread evenly.
const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

fn mixed(number: u64) -> u64 {
    number.wrapping_mul(ODD)
}

fn hash(addresses: &[usize]) -> u64 {
    addresses.iter().fold(ODD, |hash, &address| {
        mixed(hash ^ address as u64).rotate_left(29)
    })
}

/// A hasher of numbers that are no secret: every allocation asks these tables.
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
