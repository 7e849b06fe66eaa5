//! Programs that change late: they reach a bound, begin to leak, or leak at another rate.

use std::collections::{HashMap, VecDeque};

use crate::outcome::{Draw, Outcome, block, clean, leak, magnitude};
use crate::scaling;

pub fn cache_that_fills_late(draw: &mut Draw) -> Outcome {
    let bound = draw.usize(80_000..160_000);
    let size = magnitude(draw, 8, 200);
    clean(VecDeque::new, move |cache: &mut VecDeque<Box<[u8]>>| {
        if cache.len() == bound {
            cache.pop_front();
        }
        cache.push_back(block(size));
    })
}

pub fn list_that_fills_late(draw: &mut Draw) -> Outcome {
    let bound = draw.usize(80_000..130_000);
    clean(Vec::new, move |list: &mut Vec<u64>| {
        if list.len() < bound {
            list.push(1);
        }
    })
}

/// Fills up at random times, at a constant rate until it is full.
pub fn pool_that_fills_late(draw: &mut Draw) -> Outcome {
    let until = draw.u64(70_000..150_000);
    let chance = 1.0 / magnitude(draw, 2, 200) as f64;
    let mut dice = draw.fork();
    clean(
        || (Vec::new(), 0),
        move |(pool, steps)| {
            *steps += 1;
            if *steps < until && dice.f64() < chance {
                pool.push(block(dice.u64(1..200)));
            }
        },
    )
}

pub fn late_compaction(draw: &mut Draw) -> Outcome {
    let period = draw.usize(80_000..150_000);
    let size = magnitude(draw, 8, 200);
    clean(Vec::new, move |log: &mut Vec<Box<[u8]>>| {
        log.push(block(size));
        if log.len() == period {
            log.clear();
        }
    })
}

/// Returns a function that states whether the clean first steps are over.
fn start(draw: &mut Draw) -> impl FnMut() -> bool + 'static {
    let clean = magnitude(draw, 5_000, 90_000);
    let mut steps = 0;
    move || {
        steps += 1;
        steps > clean
    }
}

pub fn shards_that_grow_late(draw: &mut Draw) -> Outcome {
    let mut started = start(draw);
    let count = magnitude(draw, 2, 128) as usize;
    let mut dice = draw.fork();
    leak(
        17.0,
        move || scaling::shards(count),
        move |shards| {
            if started() {
                scaling::insert(shards, dice.u64(..));
            }
        },
    )
}

pub fn columns_late(draw: &mut Draw) -> Outcome {
    let mut started = start(draw);
    let items = scaling::items(draw);
    let count = items.len();
    leak(
        8.0 * items.iter().sum::<u64>() as f64,
        move || vec![VecDeque::new(); count],
        move |columns| {
            if started() {
                scaling::push(columns, &items);
            }
        },
    )
}

/// Only rates that rise: a list whose rate falls may also have reached its bound.
const FASTER: [(u64, u64); 4] = [(1, 2), (1, 3), (2, 3), (3, 4)];

/// Returns how often each step grows: `first` times, and `then` times from a random step on.
fn rates(draw: &mut Draw, of: &[(u64, u64)], until: u64) -> impl FnMut() -> u64 + 'static {
    let change = draw.u64(10_000..until);
    let (first, then) = of[draw.usize(..of.len())];
    let mut steps = 0;
    move || {
        steps += 1;
        if steps < change { first } else { then }
    }
}

pub fn rate_that_changes(draw: &mut Draw) -> Outcome {
    let mut rate = rates(draw, &[(1, 2), (2, 1), (1, 3), (3, 1)], 95_000);
    let size = magnitude(draw, 8, 200);
    leak(
        size as f64,
        || (),
        move |()| (0..rate()).for_each(|_| std::mem::forget(block(size))),
    )
}

pub fn list_at_a_rate_that_changes(draw: &mut Draw) -> Outcome {
    let mut rate = rates(draw, &FASTER, 95_000);
    leak(8.0, Vec::new, move |list: &mut Vec<u64>| {
        list.extend(0..rate())
    })
}

pub fn shards_at_a_rate_that_changes(draw: &mut Draw) -> Outcome {
    let mut rate = rates(draw, &FASTER, 35_000);
    let count = magnitude(draw, 2, 128) as usize;
    let mut dice = draw.fork();
    leak(
        17.0,
        move || scaling::shards(count),
        move |shards| (0..rate()).for_each(|_| scaling::insert(shards, dice.u64(..))),
    )
}

/// Shards that hold some thousand known keys soon, and one new key in so many steps.
pub fn shards_that_began_with_much(draw: &mut Draw) -> Outcome {
    let count = magnitude(draw, 16, 128) as usize;
    let known = magnitude(draw, 300, 1_500);
    let every = magnitude(draw, 10, 30);
    let mut dice = draw.fork();
    let mut steps = 0;
    leak(
        17.0 / every as f64,
        move || scaling::shards(count),
        move |shards| {
            steps += 1;
            let is_new = steps % every == 0;
            let key = if is_new {
                dice.u64(..)
            } else {
                dice.u64(..known)
            };
            scaling::insert(shards, key);
        },
    )
}

/// Entries of random lengths in a table whose buckets are separate blocks. One entry in `every` is
/// never removed. A table that doubles frees its old buckets one by one, which hides the leak
/// until it doubles again.
pub fn entries_beside_buckets(draw: &mut Draw) -> Outcome {
    let every = magnitude(draw, 5, 70);
    let live = magnitude(draw, 300, 3_000) as usize;
    let mut dice = draw.fork();
    let mut key = 0;
    leak(
        60.0 / every as f64,
        || (HashMap::new(), VecDeque::new(), Vec::new(), Vec::new()),
        move |(table, recent, buckets, old)| {
            key += 1;
            table.insert(key, block(dice.u64(1..100)));
            if key % every != 0 {
                recent.push_back(key);
            }
            if recent.len() > live {
                recent.pop_front().and_then(|old| table.remove(&old));
            }
            if buckets.len() * 4 < table.capacity() {
                let wanted = table.capacity() / 4 + 1;
                old.resize_with(wanted, || block(64));
                buckets.resize_with(wanted, || block(512));
            }
            if dice.u64(..every * 4) < 3 {
                old.pop();
            }
        },
    )
}

/// One leaked block in `every` steps, next to a table that is still filling up.
pub fn beside_a_filling_table(draw: &mut Draw) -> Outcome {
    let every = magnitude(draw, 1, 20);
    let keys = magnitude(draw, 30_000, 300_000);
    let mut dice = draw.fork();
    let mut steps = 0;
    leak(64.0 / every as f64, HashMap::new, move |table| {
        steps += 1;
        table.insert(dice.u64(..keys), 1_u64);
        if steps % every == 0 {
            std::mem::forget(block(64));
        }
    })
}

/// One leaked block in `every` steps, next to a cache that is full late.
pub fn beside_a_cache_that_fills_late(draw: &mut Draw) -> Outcome {
    let bound = draw.u64(50_000..95_000);
    let every = magnitude(draw, 2, 50);
    let mut steps = 0;
    leak(48.0 / every as f64, Vec::new, move |cache| {
        steps += 1;
        if steps <= bound {
            cache.push(block(48));
        }
        if steps % every == 0 {
            std::mem::forget(block(48));
        }
    })
}
