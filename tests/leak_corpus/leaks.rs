//! Programs that leak, and their leaked bytes per step.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;

use crate::late;
use crate::masked;
use crate::outcome::{Draw, Outcome, Program, block, leak, magnitude};
use crate::scaling;

pub const PROGRAMS: &[Program] = &[
    ("forgotten_box", forgotten_box),
    ("handlers", handlers),
    ("rc_cycle", rc_cycle),
    ("btree_of_times", btree_of_times),
    ("unbounded_cache", unbounded_cache),
    ("interner", interner),
    ("interner_of_rare_words", interner_of_rare_words),
    ("lru_without_bound", lru_without_bound),
    ("two_in_one_out", two_in_one_out),
    ("thread_local_pile", thread_local_pile),
    ("on_a_worker", on_a_worker),
    ("on_new_threads", on_new_threads),
    ("arena_without_reset", arena_without_reset),
    ("vec_of_bytes", vec_of_bytes),
    ("vec_now_and_then", vec_now_and_then),
    ("map_of_numbers", map_of_numbers),
    ("queue_never_read", queue_never_read),
    ("log_in_memory", log_in_memory),
    ("doubling_under_noise", doubling_under_noise),
    ("doubling_late", doubling_late),
    ("rare_block", masked::rare_block),
    ("rare_block_by_chance", masked::rare_block_by_chance),
    ("rare_block_under_noise", masked::rare_block_under_noise),
    ("error_path", masked::error_path),
    ("floor_under_saw_tooth", masked::floor_under_saw_tooth),
    (
        "floor_under_long_saw_tooth",
        masked::floor_under_long_saw_tooth,
    ),
    ("drift_under_heavy_tail", masked::drift_under_heavy_tail),
    (
        "drift_under_held_heavy_tail",
        masked::drift_under_held_heavy_tail,
    ),
    ("drift_under_wide_noise", masked::drift_under_wide_noise),
    ("drift_under_walk", masked::drift_under_walk),
    ("late_start", masked::late_start),
    ("late_start_by_drops", masked::late_start_by_drops),
    ("after_a_cache_filled", masked::after_a_cache_filled),
    ("after_a_big_start", masked::after_a_big_start),
    ("exact_reserve", masked::exact_reserve),
    ("large_blocks", masked::large_blocks),
    ("shards_that_grow", scaling::shards_that_grow),
    ("columns", scaling::columns),
    ("names_in_one_text", scaling::names_in_one_text),
    ("growth_by_four", scaling::growth_by_four),
    ("chunk_after_chunk", scaling::chunk_after_chunk),
    ("list_under_saw_tooth", scaling::list_under_saw_tooth),
    ("shards_that_grow_late", late::shards_that_grow_late),
    ("columns_late", late::columns_late),
    ("rate_that_changes", late::rate_that_changes),
    (
        "list_at_a_rate_that_changes",
        late::list_at_a_rate_that_changes,
    ),
    (
        "shards_at_a_rate_that_changes",
        late::shards_at_a_rate_that_changes,
    ),
    (
        "shards_that_began_with_much",
        late::shards_that_began_with_much,
    ),
    ("entries_beside_buckets", late::entries_beside_buckets),
    (
        "beside_a_cache_that_fills_late",
        late::beside_a_cache_that_fills_late,
    ),
    ("beside_a_filling_table", late::beside_a_filling_table),
];

fn forgotten_box(draw: &mut Draw) -> Outcome {
    let size = magnitude(draw, 1, 500);
    leak(size as f64, || (), move |()| std::mem::forget(block(size)))
}

fn handlers(_: &mut Draw) -> Outcome {
    leak(
        24.0,
        Vec::new,
        |handlers: &mut Vec<Box<dyn Fn() -> usize>>| {
            let id = handlers.len();
            handlers.push(Box::new(move || id));
        },
    )
}

struct Node {
    other: RefCell<Option<Rc<Node>>>,
}

fn rc_cycle(_: &mut Draw) -> Outcome {
    leak(
        64.0,
        || (),
        |()| {
            let one = Rc::new(Node {
                other: RefCell::new(None),
            });
            let two = Rc::new(Node {
                other: RefCell::new(Some(Rc::clone(&one))),
            });
            *one.other.borrow_mut() = Some(two);
        },
    )
}

fn btree_of_times(_: &mut Draw) -> Outcome {
    leak(
        30.0,
        || (BTreeMap::new(), 0_u64),
        |(seen, time)| {
            *time += 1;
            seen.insert(*time, *time);
        },
    )
}

fn unbounded_cache(draw: &mut Draw) -> Outcome {
    let size = magnitude(draw, 1, 200);
    let mut keys = draw.fork();
    leak(
        size as f64,
        HashMap::new,
        move |cache: &mut HashMap<u64, Box<[u8]>>| {
            cache.entry(keys.u64(..)).or_insert_with(|| block(size));
        },
    )
}

/// New words become rarer and rarer, but never end.
fn interner_of_rare_words(draw: &mut Draw) -> Outcome {
    let exponent = 3.0 + 2.0 * draw.f64();
    let mut words = draw.fork();
    leak(1.0, HashSet::new, move |interner: &mut HashSet<String>| {
        let word = (1.0 - words.f64()).powf(-exponent) as u64;
        interner.insert(format!("word-{word:x}"));
    })
}

fn interner(draw: &mut Draw) -> Outcome {
    let mut names = draw.fork();
    leak(20.0, HashSet::new, move |interner: &mut HashSet<String>| {
        interner.insert(format!("session-{:x}", names.u64(..)));
    })
}

fn lru_without_bound(_: &mut Draw) -> Outcome {
    leak(
        40.0,
        lru::LruCache::unbounded,
        |cache: &mut lru::LruCache<usize, u64>| {
            let next = cache.len();
            cache.put(next, 1);
        },
    )
}

fn two_in_one_out(draw: &mut Draw) -> Outcome {
    let size = magnitude(draw, 1, 300);
    leak(
        size as f64,
        VecDeque::new,
        move |queue: &mut VecDeque<Box<[u8]>>| {
            queue.push_back(block(size));
            queue.push_back(block(size));
            queue.pop_front();
        },
    )
}

thread_local! {
    static PILE: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn thread_local_pile(_: &mut Draw) -> Outcome {
    leak(
        8.0,
        || (),
        |()| PILE.with_borrow_mut(|pile| pile.push(String::from("one more"))),
    )
}

fn on_a_worker(_: &mut Draw) -> Outcome {
    let setup = || {
        let (send, receive) = mpsc::sync_channel::<u64>(0);
        let (answer, answered) = mpsc::sync_channel(0);
        thread::spawn(move || {
            let mut kept = Vec::new();
            for number in receive {
                kept.push(Box::new(number));
                if answer.send(kept.len()).is_err() {
                    return;
                }
            }
        });
        (send, answered)
    };
    leak(8.0, setup, |(send, answered)| {
        send.send(1).unwrap();
        answered.recv().unwrap();
    })
}

fn on_new_threads(draw: &mut Draw) -> Outcome {
    let every = magnitude(draw, 50, 400);
    leak(
        1_000.0 / every as f64,
        || 0_u64,
        move |count| {
            *count += 1;
            if *count % every == 0 {
                thread::spawn(|| std::mem::forget(block(1_000)))
                    .join()
                    .unwrap();
            }
        },
    )
}

fn arena_without_reset(draw: &mut Draw) -> Outcome {
    let size = magnitude(draw, 4, 200);
    leak(
        size as f64,
        bumpalo::Bump::new,
        move |arena: &mut bumpalo::Bump| {
            arena.alloc_slice_fill_copy(size as usize, 0_u8);
        },
    )
}

fn vec_of_bytes(_: &mut Draw) -> Outcome {
    leak(1.0, Vec::new, |bytes: &mut Vec<u8>| bytes.push(1))
}

fn vec_now_and_then(draw: &mut Draw) -> Outcome {
    let every = magnitude(draw, 2, 300);
    leak(
        24.0 / every as f64,
        || (Vec::new(), 0_u64),
        move |(list, count)| {
            *count += 1;
            if *count % every == 0 {
                list.push([0_u64; 3]);
            }
        },
    )
}

fn map_of_numbers(draw: &mut Draw) -> Outcome {
    let mut keys = draw.fork();
    leak(17.0, HashMap::new, move |map: &mut HashMap<u64, u64>| {
        map.insert(keys.u64(..), 1)
    })
}

fn queue_never_read(draw: &mut Draw) -> Outcome {
    let chance = 1.0 / magnitude(draw, 1, 50) as f64;
    let mut dice = draw.fork();
    leak(
        8.0 * chance,
        VecDeque::new,
        move |queue: &mut VecDeque<u64>| {
            if dice.f64() < chance {
                queue.push_back(1);
            }
        },
    )
}

fn log_in_memory(_: &mut Draw) -> Outcome {
    leak(10.0, String::new, |log: &mut String| {
        log.push_str("one line\n\n")
    })
}

fn doubling_under_noise(draw: &mut Draw) -> Outcome {
    let mut dice = draw.fork();
    leak(
        8.0,
        || (Vec::new(), Vec::new()),
        move |(list, scratch): &mut (Vec<u64>, Vec<u8>)| {
            list.push(1);
            *scratch = Vec::with_capacity(dice.usize(1..20_000));
        },
    )
}

fn doubling_late(draw: &mut Draw) -> Outcome {
    let from = magnitude(draw, 2_000, 60_000);
    leak(
        8.0,
        || (Vec::new(), 0_u64),
        move |(list, count)| {
            *count += 1;
            if *count > from {
                list.push(*count);
            }
        },
    )
}
