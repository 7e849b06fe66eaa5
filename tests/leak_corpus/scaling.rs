//! Structures of several containers. A single jump of one container proves nothing; all jumps
//! together show whether the structure grows.

use std::collections::{HashMap, VecDeque};

use crate::outcome::{Draw, Outcome, block, clean, leak, magnitude};

pub type Shards = Vec<HashMap<u64, u64>>;

pub fn shards(count: usize) -> Shards {
    vec![HashMap::new(); count]
}

pub fn insert(shards: &mut Shards, key: u64) {
    let shard = key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    let shard = shard as usize % shards.len();
    shards[shard].insert(key, 1);
}

pub fn shards_that_grow(draw: &mut Draw) -> Outcome {
    let count = magnitude(draw, 2, 128) as usize;
    let chance = 0.2 + 0.8 * draw.f64();
    let mut dice = draw.fork();
    leak(
        17.0 * chance,
        move || shards(count),
        move |shards| {
            if dice.f64() < chance {
                insert(shards, dice.u64(..));
            }
        },
    )
}

/// Pushes the items of one step: each column has its own number of items per step.
pub fn push(columns: &mut [VecDeque<u64>], items: &[u64]) {
    for (column, items) in columns.iter_mut().zip(items) {
        column.extend(0..*items);
    }
}

pub fn items(draw: &mut Draw) -> Vec<u64> {
    (0..draw.usize(2..7)).map(|_| draw.u64(1..6)).collect()
}

pub fn columns(draw: &mut Draw) -> Outcome {
    let items = items(draw);
    let count = items.len();
    leak(
        8.0 * items.iter().sum::<u64>() as f64,
        move || vec![VecDeque::new(); count],
        move |columns| push(columns, &items),
    )
}

/// All names in one text, the end of each name in it, and a map from name to number.
pub fn names_in_one_text(draw: &mut Draw) -> Outcome {
    let chance = 0.2 + 0.8 * draw.f64();
    let mut dice = draw.fork();
    leak(
        30.0 * chance,
        || (String::new(), Vec::new(), HashMap::new()),
        move |(text, ends, numbers)| {
            if dice.f64() < chance {
                let name: u64 = dice.u64(..);
                text.push_str(&format!("name-{name}"));
                ends.push(text.len() as u32);
                numbers.insert(name, ends.len() as u32);
            }
        },
    )
}

pub fn growth_by_four(draw: &mut Draw) -> Outcome {
    let items = draw.usize(1..6);
    leak(8.0 * items as f64, Vec::new, move |list: &mut Vec<u64>| {
        if list.len() + items > list.capacity() {
            list.reserve_exact(3 * list.capacity().max(8));
        }
        list.extend(std::iter::repeat_n(1, items));
    })
}

pub fn chunk_after_chunk(draw: &mut Draw) -> Outcome {
    let length = magnitude(draw, 1_000, 20_000) as usize;
    leak(8.0, Vec::new, move |chunks: &mut Vec<Vec<u64>>| {
        if chunks.last().is_none_or(|chunk| chunk.len() == length) {
            chunks.push(Vec::with_capacity(length));
        }
        if let Some(chunk) = chunks.last_mut() {
            chunk.push(1);
        }
    })
}

pub fn list_under_saw_tooth(draw: &mut Draw) -> Outcome {
    let period = magnitude(draw, 100, 3_000) as usize;
    leak(
        1.0,
        || (Vec::new(), Vec::new()),
        move |(list, batch): &mut (Vec<u8>, Vec<u64>)| {
            list.push(1);
            batch.push(1);
            if batch.len() == period {
                *batch = Vec::new();
            }
        },
    )
}

pub fn shards_that_fill(draw: &mut Draw) -> Outcome {
    let count = magnitude(draw, 2, 128) as usize;
    let keys = magnitude(draw, 100, 90_000);
    let mut key = 0;
    clean(
        move || shards(count),
        move |shards| {
            key = (key + 1) % keys;
            insert(shards, key);
        },
    )
}

pub fn shards_that_fill_by_chance(draw: &mut Draw) -> Outcome {
    let count = magnitude(draw, 2, 128) as usize;
    let keys = magnitude(draw, 100, 15_000);
    let mut dice = draw.fork();
    clean(
        move || shards(count),
        move |shards| insert(shards, dice.u64(..keys)),
    )
}

pub fn columns_in_a_ring(draw: &mut Draw) -> Outcome {
    let items = items(draw);
    let count = items.len();
    let length = magnitude(draw, 100, 80_000);
    clean(
        move || vec![VecDeque::new(); count],
        move |columns| {
            push(columns, &items);
            for (column, items) in columns.iter_mut().zip(&items) {
                let over = column.len().saturating_sub((length * items) as usize);
                column.drain(..over);
            }
        },
    )
}

pub fn pool_that_warms_up_by_the_clock(draw: &mut Draw) -> Outcome {
    let period = magnitude(draw, 500, 10_000);
    let bound = draw.u64(4..=90_000 / period);
    let mut steps = 0;
    clean(Vec::new, move |pool: &mut Vec<Box<[u8]>>| {
        steps += 1;
        if steps % period == 0 && steps / period <= bound {
            pool.push(block(8_192));
        }
    })
}
