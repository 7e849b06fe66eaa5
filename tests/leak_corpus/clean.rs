//! Programs that do not leak. Most of them look like a leak for some time.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::rc::Rc;
use std::thread;

use crate::outcome::{Draw, Outcome, Program, block, clean, filling, heavy, magnitude};
use crate::{churn, late, scaling};

pub const PROGRAMS: &[Program] = &[
    ("one_box", one_box),
    ("nothing", nothing),
    ("zero_sized", zero_sized),
    ("shared_graph", shared_graph),
    ("cache_that_fills", cache_that_fills),
    ("lru_of_random_sizes", lru_of_random_sizes),
    ("ring_buffer", ring_buffer),
    ("memo_table", memo_table),
    ("keys_that_run_out", keys_that_run_out),
    ("places_that_run_out", places_that_run_out),
    ("vocabulary", vocabulary),
    ("map_under_churn", churn::map_under_churn),
    ("maps_under_churn", churn::maps_under_churn),
    ("map_that_shrinks", churn::map_that_shrinks),
    ("random_rehash", random_rehash),
    ("saw_tooth", saw_tooth),
    ("long_compaction", long_compaction),
    ("arena_with_reset", arena_with_reset),
    ("pool_that_warms_up", pool_that_warms_up),
    ("buffer_of_the_largest", buffer_of_the_largest),
    ("buffers_of_the_largest", buffers_of_the_largest),
    ("heavy_tail", heavy_tail),
    ("held_heavy_tail", held_heavy_tail),
    ("wide_noise", wide_noise),
    ("bounded_walk", bounded_walk),
    ("time_to_live", time_to_live),
    ("sliding_window", sliding_window),
    ("late_table", late_table),
    ("late_plateaus", late_plateaus),
    ("spikes", spikes),
    ("frees_its_setup", frees_its_setup),
    ("new_threads", new_threads),
    ("slow_wave", slow_wave),
    ("shards_that_fill", scaling::shards_that_fill),
    (
        "shards_that_fill_by_chance",
        scaling::shards_that_fill_by_chance,
    ),
    ("columns_in_a_ring", scaling::columns_in_a_ring),
    (
        "pool_that_warms_up_by_the_clock",
        scaling::pool_that_warms_up_by_the_clock,
    ),
    ("cache_that_fills_late", late::cache_that_fills_late),
    ("list_that_fills_late", late::list_that_fills_late),
    ("pool_that_fills_late", late::pool_that_fills_late),
    ("late_compaction", late::late_compaction),
];

fn one_box(_: &mut Draw) -> Outcome {
    clean(|| (), |()| Box::new(1_u64))
}

fn nothing(_: &mut Draw) -> Outcome {
    clean(|| (), |()| ())
}

fn zero_sized(_: &mut Draw) -> Outcome {
    clean(Vec::new, |units: &mut Vec<()>| units.push(()))
}

fn shared_graph(_: &mut Draw) -> Outcome {
    clean(
        || Rc::new(0_u64),
        |root| {
            let parts: Vec<_> = (0..5).map(|_| Rc::clone(root)).collect();
            parts.len()
        },
    )
}

fn cache_that_fills(draw: &mut Draw) -> Outcome {
    let bound = magnitude(draw, 100, 80_000) as usize;
    let mut keys = draw.fork();
    clean(HashMap::new, move |cache: &mut HashMap<u64, Box<[u8]>>| {
        if cache.len() < bound {
            cache.insert(keys.u64(..), block(50));
        }
    })
}

fn lru_of_random_sizes(draw: &mut Draw) -> Outcome {
    let bound = std::num::NonZero::new(magnitude(draw, 100, 40_000) as usize).unwrap();
    let mut dice = draw.fork();
    clean(
        move || lru::LruCache::new(bound),
        move |cache: &mut lru::LruCache<u64, Box<[u8]>>| {
            cache.put(dice.u64(..), block(dice.u64(1..2_000)));
        },
    )
}

fn ring_buffer(draw: &mut Draw) -> Outcome {
    let bound = magnitude(draw, 100, 80_000) as usize;
    clean(VecDeque::new, move |ring: &mut VecDeque<u64>| {
        if ring.len() == bound {
            ring.pop_front();
        }
        ring.push_back(1);
    })
}

fn memo_table(draw: &mut Draw) -> Outcome {
    let universe = magnitude(draw, 100, 30_000);
    let mut keys = draw.fork();
    clean(HashMap::new, move |memo: &mut HashMap<u64, Box<[u8]>>| {
        memo.entry(keys.u64(..universe))
            .or_insert_with(|| block(40));
    })
}

fn vocabulary(draw: &mut Draw) -> Outcome {
    let words = magnitude(draw, 300, 3_000) as f64;
    let mut dice = draw.fork();
    clean(HashMap::new, move |seen: &mut HashMap<u64, String>| {
        // The frequency of a word decreases with its rank.
        let rank = words.powf(dice.f64()) as u64;
        seen.entry(rank).or_insert_with(|| format!("word {rank}"));
    })
}

fn random_rehash(draw: &mut Draw) -> Outcome {
    let chance = 1.0 / magnitude(draw, 1_000, 60_000) as f64;
    let mut dice = draw.fork();
    clean(
        || block(100),
        move |table| {
            if dice.f64() < chance {
                *table = block(100 << dice.u64(..6));
            }
        },
    )
}

fn saw_tooth(draw: &mut Draw) -> Outcome {
    let period = magnitude(draw, 20, 20_000) as usize;
    clean(Vec::new, move |batch: &mut Vec<Box<[u8]>>| {
        batch.push(block(40));
        if batch.len() == period {
            batch.clear();
        }
    })
}

fn long_compaction(draw: &mut Draw) -> Outcome {
    let period = magnitude(draw, 20_000, 80_000) as usize;
    let kept = draw.usize(..period / 2);
    clean(Vec::new, move |log: &mut Vec<Box<[u8]>>| {
        log.push(block(16));
        if log.len() == period {
            log.truncate(kept);
            log.shrink_to_fit();
        }
    })
}

fn arena_with_reset(draw: &mut Draw) -> Outcome {
    let period = magnitude(draw, 10, 20_000);
    clean(
        || (bumpalo::Bump::new(), 0_u64),
        move |(arena, count)| {
            *count += 1;
            arena.alloc_slice_fill_copy(50, 0_u8);
            if *count % period == 0 {
                arena.reset();
            }
        },
    )
}

fn pool_that_warms_up(draw: &mut Draw) -> Outcome {
    let most = magnitude(draw, 5, 200) as usize;
    let mut dice = draw.fork();
    clean(Vec::new, move |pool: &mut Vec<Box<[u8]>>| {
        // Demand is a product of random numbers, so that its maximum comes late.
        let demand = (most as f64 * dice.f64() * dice.f64() * dice.f64()) as usize;
        let mut used = Vec::new();
        for _ in 0..=demand {
            used.push(pool.pop().unwrap_or_else(|| block(100)));
        }
        pool.append(&mut used);
    })
}

fn buffer_of_the_largest(draw: &mut Draw) -> Outcome {
    let mut dice = draw.fork();
    clean(Vec::new, move |buffer: &mut Vec<u8>| {
        buffer.clear();
        let exponent: f64 = (0..6).map(|_| dice.f64()).sum();
        buffer.resize(exponent.exp() as usize * 10, 1);
    })
}

fn buffers_of_the_largest(draw: &mut Draw) -> Outcome {
    let count = magnitude(draw, 10, 300) as usize;
    let mut dice = draw.fork();
    clean(
        move || vec![Vec::<u8>::new(); count],
        move |buffers| {
            let buffer = &mut buffers[dice.usize(..count)];
            buffer.clear();
            buffer.reserve(dice.usize(1..500).max(dice.usize(1..500)));
        },
    )
}

fn heavy_tail(draw: &mut Draw) -> Outcome {
    let mut dice = draw.fork();
    clean(Vec::<u8>::new, move |request| {
        *request = Vec::with_capacity(heavy(&mut dice, 200.0));
    })
}

fn held_heavy_tail(draw: &mut Draw) -> Outcome {
    let hold = magnitude(draw, 20, 10_000);
    let mut dice = draw.fork();
    clean(
        || (Vec::<u8>::new(), 0_u64),
        move |(request, count)| {
            *count += 1;
            if *count % hold == 0 {
                *request = Vec::with_capacity(heavy(&mut dice, 200.0));
            }
        },
    )
}

fn wide_noise(draw: &mut Draw) -> Outcome {
    let width = magnitude(draw, 10, 100_000) as usize;
    let mut dice = draw.fork();
    clean(Vec::<u8>::new, move |scratch| {
        let size: usize = (0..4).map(|_| dice.usize(1..=width)).sum();
        *scratch = Vec::with_capacity(size);
    })
}

fn bounded_walk(draw: &mut Draw) -> Outcome {
    let bound = magnitude(draw, 10, 1_000) as usize;
    let mut dice = draw.fork();
    clean(Vec::new, move |queue: &mut Vec<Box<[u8]>>| {
        if dice.bool() && queue.len() < bound {
            queue.push(block(32));
        } else {
            queue.pop();
        }
    })
}

fn time_to_live(draw: &mut Draw) -> Outcome {
    let life = magnitude(draw, 10, 10_000);
    let mut dice = draw.fork();
    let setup = || (BTreeMap::new(), 0_u64);
    clean(
        setup,
        move |(entries, now): &mut (BTreeMap<u64, Box<[u8]>>, u64)| {
            *now += 1;
            let ends = *now + dice.u64(..life);
            entries.insert(ends, block(dice.u64(1..100)));
            *entries = entries.split_off(now);
        },
    )
}

fn sliding_window(draw: &mut Draw) -> Outcome {
    let length = magnitude(draw, 10, 60_000) as usize;
    clean(VecDeque::new, move |window: &mut VecDeque<Box<[u8]>>| {
        window.push_back(block(24));
        if window.len() > length {
            window.pop_front();
        }
    })
}

fn late_table(draw: &mut Draw) -> Outcome {
    let when = magnitude(draw, 100, 180_000);
    clean(
        || (None, 0_u64),
        move |(table, count)| {
            *count += 1;
            if *count == when {
                *table = Some(block(100_000));
            }
            table.is_some()
        },
    )
}

fn late_plateaus(draw: &mut Draw) -> Outcome {
    let many = draw.usize(2..8);
    let steps: Vec<u64> = (0..many).map(|_| magnitude(draw, 1_000, 150_000)).collect();
    clean(
        || (Vec::new(), 0_u64),
        move |(tables, count)| {
            *count += 1;
            for (power, _) in steps.iter().enumerate().filter(|(_, step)| *step == count) {
                tables.push(block(1_000 << (power % 4)));
            }
        },
    )
}

fn spikes(draw: &mut Draw) -> Outcome {
    let every = magnitude(draw, 100, 30_000);
    clean(
        || (Vec::new(), 0_u64),
        move |(spike, count)| {
            *count += 1;
            spike.clear();
            if *count % every == 0 {
                spike.push(block(1 << 20));
            }
        },
    )
}

fn frees_its_setup(draw: &mut Draw) -> Outcome {
    let blocks = magnitude(draw, 100, 400_000);
    let setup = move || (0..blocks).map(|_| block(20)).collect::<Vec<_>>();
    clean(setup, |left| left.pop())
}

fn new_threads(draw: &mut Draw) -> Outcome {
    let every = magnitude(draw, 50, 400);
    clean(
        || 0_u64,
        move |count| {
            *count += 1;
            if *count % every == 0 {
                thread::spawn(|| block(1_000).len()).join().unwrap();
            }
        },
    )
}

/// A periodic load, as by day and night.
fn slow_wave(draw: &mut Draw) -> Outcome {
    let period = magnitude(draw, 1_000, 100_000) as f64;
    let mut dice = draw.fork();
    clean(
        || (Vec::new(), 0.0),
        move |(sessions, count): &mut (Vec<Box<[u8]>>, f64)| {
            *count += 1.0;
            let load = 100.0 * (1.5 - (*count * std::f64::consts::TAU / period).cos());
            let wanted = load as usize + dice.usize(..10);
            sessions.resize_with(wanted, || block(30));
        },
    )
}

/// A table of random keys, of which fewer and fewer are new.
fn keys_that_run_out(draw: &mut Draw) -> Outcome {
    let keys = magnitude(draw, 1_000, 300_000);
    let mut dice = draw.fork();
    filling(HashMap::new, move |table| {
        table.insert(dice.u64(..keys), block(40));
    })
}

/// The same without a table whose capacity jumps.
fn places_that_run_out(draw: &mut Draw) -> Outcome {
    let places = magnitude(draw, 1_000, 300_000) as usize;
    let mut dice = draw.fork();
    filling(
        move || vec![None; places],
        move |taken: &mut Vec<Option<Box<u64>>>| {
            taken[dice.usize(..places)].get_or_insert_with(|| Box::new(1));
        },
    )
}
