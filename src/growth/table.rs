//! Which stack each living block came from. Not what that means.
//!
//! ```text
//!  address ─▶ one of 64 tables of blocks ─▶ stack's number, bytes
//!  stack   ─▶ one of 64 tables of stacks ─▶ its number ─▶ return addresses
//! ```
//!
//! The tables are many so that threads seldom wait for each other: blocks that live at one time
//! have different addresses, and a server's threads stand in different stacks.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustc_hash::FxBuildHasher;

use super::{Held, walk};

const TABLES: usize = 64;

/// On cache lines of its own, which only those who want this table write.
#[repr(align(128))]
struct Table<K, V>(Mutex<HashMap<K, V, FxBuildHasher>>);

impl<K, V> Table<K, V> {
    const fn new() -> Self {
        Self(Mutex::new(HashMap::with_hasher(FxBuildHasher)))
    }
}

struct Block {
    stack: u32,
    bytes: usize,
}

/// Blocks by their address.
static BLOCKS: [Table<usize, Block>; TABLES] = [const { Table::new() }; TABLES];
/// Numbers of stacks by their hash. Of 64 bits, so that two of a program's thousands of stacks
/// share one in a program of a million million.
static KNOWN: [Table<u64, u32>; TABLES] = [const { Table::new() }; TABLES];
/// Return addresses by the number of their stack.
static STACKS: Mutex<Vec<Box<[usize]>>> = Mutex::new(Vec::new());

thread_local! {
    /// Whether this thread is inside: what the tables need is no affair of the program. No
    /// destructor, since the allocator reads it at any time.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Does `work`, whose blocks are not kept.
pub(super) fn unseen<T>(work: impl FnOnce() -> T) -> T {
    let before = INSIDE.replace(true);
    let done = work();
    INSIDE.set(before);
    done
}

/// A block of that many bytes lives at the address.
pub(super) fn keep(address: usize, bytes: usize) {
    if INSIDE.get() {
        return;
    }
    unseen(|| {
        let mut room = [0; walk::DEPTH];
        let stack = number(walk::stack(&mut room));
        let block = Block { stack, bytes };
        lock(&blocks_of(address).0).insert(address, block);
    });
}

/// The block at the address is given back.
pub(super) fn forget(address: usize) {
    // The tables' own blocks are in no table.
    if !INSIDE.get() {
        lock(&blocks_of(address).0).remove(&address);
    }
}

/// What lives, by the stacks that have some of it.
pub(super) fn held() -> Vec<Held> {
    unseen(|| {
        let mut sums: BTreeMap<u32, Held> = BTreeMap::new();
        for table in &BLOCKS {
            for &Block { stack, bytes } in lock(&table.0).values() {
                let sum = sums.entry(stack).or_insert(Held {
                    stack,
                    blocks: 0,
                    bytes: 0,
                });
                sum.blocks += 1;
                sum.bytes += bytes as u64;
            }
        }
        sums.into_values().collect()
    })
}

/// The return addresses of a stack.
pub(super) fn addresses(stack: u32) -> Option<Box<[usize]>> {
    unseen(|| lock(&STACKS).get(usize::try_from(stack).ok()?).cloned())
}

/// Forgets everything, and gives back the room of it.
pub(super) fn clear() {
    unseen(|| {
        BLOCKS
            .iter()
            .for_each(|table| *lock(&table.0) = HashMap::default());
        KNOWN
            .iter()
            .for_each(|table| *lock(&table.0) = HashMap::default());
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

fn blocks_of(address: usize) -> &'static Table<usize, Block> {
    // Allocators hand out neighbours; their low bits are alike.
    let mixed = (address as u64).wrapping_mul(ODD);
    &BLOCKS[(mixed >> 58) as usize]
}

/// 2⁶⁴ divided by the golden ratio: a multiple of it has its high bits spread evenly.
const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

fn hash(addresses: &[usize]) -> u64 {
    addresses.iter().fold(ODD, |hash, &address| {
        (hash ^ address as u64).wrapping_mul(ODD).rotate_left(29)
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
