//! Maps of constant size whose entries are replaced, and which are rebuilt from time to time.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasherDefault, DefaultHasher};

use crate::outcome::{Draw, Outcome, clean, magnitude};

/// A map without a hash seed. Its random keys determine when it is rebuilt, so that the same seed
/// gives the same steps.
type Repeatable = HashMap<u64, u64, BuildHasherDefault<DefaultHasher>>;

fn churn(map: &mut Repeatable, keys: &mut VecDeque<u64>, size: usize, dice: &mut Draw) {
    if keys.len() == size
        && let Some(old) = keys.pop_front()
    {
        map.remove(&old);
    }
    let new = dice.u64(..);
    keys.push_back(new);
    map.insert(new, 1);
}

pub fn map_under_churn(draw: &mut Draw) -> Outcome {
    let size = magnitude(draw, 50, 20_000) as usize;
    let mut dice = draw.fork();
    clean(
        || (Repeatable::default(), VecDeque::new()),
        move |(map, keys)| {
            churn(map, keys, size, &mut dice);
        },
    )
}

pub fn maps_under_churn(draw: &mut Draw) -> Outcome {
    let sizes: Vec<usize> = (0..8)
        .map(|_| magnitude(draw, 100, 8_000) as usize)
        .collect();
    let mut dice = draw.fork();
    let count = sizes.len();
    let setup = move || {
        (0..count)
            .map(|_| (Repeatable::default(), VecDeque::new()))
            .collect::<Vec<_>>()
    };
    clean(setup, move |maps| {
        let which = dice.usize(..count);
        let (map, keys) = &mut maps[which];
        churn(map, keys, sizes[which], &mut dice);
    })
}

pub fn map_that_shrinks(draw: &mut Draw) -> Outcome {
    let size = magnitude(draw, 50, 5_000) as usize;
    let chance = 1.0 / magnitude(draw, 100, 20_000) as f64;
    let mut dice = draw.fork();
    clean(
        || (Repeatable::default(), VecDeque::new()),
        move |(map, keys)| {
            churn(map, keys, size, &mut dice);
            if dice.f64() < chance {
                map.shrink_to_fit();
            }
        },
    )
}
