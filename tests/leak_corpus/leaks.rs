//! Programs that leak, and by how much.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;

use crate::outcome::{Draw, Outcome, Program, block, heavy, leak, magnitude};

pub const PROGRAMS: &[Program] = &[
    ("forgotten_box", forgotten_box),
    ("handlers", handlers),
    ("rc_cycle", rc_cycle),
    ("btree_of_times", btree_of_times),
    ("unbounded_cache", unbounded_cache),
    ("interner", interner),
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
    ("rare_block", rare_block),
    ("rare_block_by_chance", rare_block_by_chance),
    ("rare_block_under_noise", rare_block_under_noise),
    ("error_path", error_path),
    ("floor_under_saw_tooth", floor_under_saw_tooth),
    ("floor_under_long_saw_tooth", floor_under_long_saw_tooth),
    ("drift_under_heavy_tail", drift_under_heavy_tail),
    ("drift_under_held_heavy_tail", drift_under_held_heavy_tail),
    ("drift_under_wide_noise", drift_under_wide_noise),
    ("drift_under_walk", drift_under_walk),
    ("late_start", late_start),
    ("late_start_by_drops", late_start_by_drops),
    ("after_a_cache_filled", after_a_cache_filled),
    ("after_a_big_start", after_a_big_start),
    ("exact_reserve", exact_reserve),
    ("large_blocks", large_blocks),
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

fn rare_block(draw: &mut Draw) -> Outcome {
    let every = magnitude(draw, 500, 9_000);
    let size = magnitude(draw, every / 20 + 8, every);
    leak(
        size as f64 / every as f64,
        || 0_u64,
        move |count| {
            *count += 1;
            if *count % every == 0 {
                std::mem::forget(block(size));
            }
        },
    )
}

fn rare_block_by_chance(draw: &mut Draw) -> Outcome {
    let every = magnitude(draw, 500, 5_000);
    let size = magnitude(draw, every / 20 + 8, every);
    let mut dice = draw.fork();
    leak(
        size as f64 / every as f64,
        || (),
        move |()| {
            if dice.u64(..every) == 0 {
                std::mem::forget(block(size));
            }
        },
    )
}

fn rare_block_under_noise(draw: &mut Draw) -> Outcome {
    let every = magnitude(draw, 500, 5_000);
    let size = magnitude(draw, every / 10 + 8, every);
    let mut dice = draw.fork();
    leak(
        size as f64 / every as f64,
        || (0_u64, String::new()),
        move |(count, last)| {
            *count += 1;
            *last = "x".repeat(dice.usize(1..300));
            if *count % every == 0 {
                std::mem::forget(block(size));
            }
        },
    )
}

fn error_path(draw: &mut Draw) -> Outcome {
    let chance = 1.0 / magnitude(draw, 20, 400) as f64;
    let mut dice = draw.fork();
    leak(
        100.0 * chance,
        || (),
        move |()| {
            let request = block(100);
            if dice.f64() < chance {
                std::mem::forget(request);
            }
        },
    )
}

fn saw_tooth(draw: &mut Draw, from: u64, to: u64) -> Outcome {
    let period = magnitude(draw, from, to);
    let kept = magnitude(draw, period / 20 + 1, period);
    let rate = kept as f64 / period as f64;
    leak(
        rate,
        || (Vec::new(), Vec::new()),
        move |(batch, left): &mut (Vec<_>, Vec<_>)| {
            batch.push(block(40));
            if batch.len() as u64 == period {
                batch.clear();
                left.push(block(kept));
            }
        },
    )
}

fn floor_under_saw_tooth(draw: &mut Draw) -> Outcome {
    saw_tooth(draw, 20, 8_000)
}

fn floor_under_long_saw_tooth(draw: &mut Draw) -> Outcome {
    saw_tooth(draw, 8_000, 20_000)
}

fn drift_under_heavy_tail(draw: &mut Draw) -> Outcome {
    let every = magnitude(draw, 1, 20);
    let mut dice = draw.fork();
    let setup = || (Vec::<u8>::new(), 0_u64);
    leak(16.0 / every as f64, setup, move |(request, count)| {
        *count += 1;
        *request = Vec::with_capacity(heavy(&mut dice, 200.0));
        if *count % every == 0 {
            std::mem::forget(block(16));
        }
    })
}

fn drift_under_held_heavy_tail(draw: &mut Draw) -> Outcome {
    let hold = magnitude(draw, 20, 1_000);
    let every = magnitude(draw, 1, 20);
    let mut dice = draw.fork();
    let setup = || (Vec::<u8>::new(), 0_u64);
    leak(16.0 / every as f64, setup, move |(request, count)| {
        *count += 1;
        if *count % hold == 0 {
            *request = Vec::with_capacity(heavy(&mut dice, 200.0));
        }
        if *count % every == 0 {
            std::mem::forget(block(16));
        }
    })
}

fn drift_under_wide_noise(draw: &mut Draw) -> Outcome {
    let every = magnitude(draw, 1, 20);
    let width = magnitude(draw, 1_000, 50_000) as usize;
    let mut dice = draw.fork();
    let setup = || (Vec::<u8>::new(), 0_u64);
    leak(8.0 / every as f64, setup, move |(scratch, count)| {
        *count += 1;
        let size: usize = (0..4).map(|_| dice.usize(1..width)).sum();
        *scratch = Vec::with_capacity(size);
        if *count % every == 0 {
            std::mem::forget(block(8));
        }
    })
}

fn drift_under_walk(draw: &mut Draw) -> Outcome {
    let bound = magnitude(draw, 20, 400) as usize;
    let every = magnitude(draw, 1, 20);
    let mut dice = draw.fork();
    let setup = || (Vec::new(), 0_u64);
    leak(32.0 / every as f64, setup, move |(queue, count)| {
        *count += 1;
        if dice.bool() && queue.len() < bound {
            queue.push(block(32));
        } else {
            queue.pop();
        }
        if *count % every == 0 {
            std::mem::forget(block(32));
        }
    })
}

fn late_start(draw: &mut Draw) -> Outcome {
    let from = magnitude(draw, 2_000, 100_000);
    let size = magnitude(draw, 1, 100);
    leak(
        size as f64,
        || 0_u64,
        move |count| {
            *count += 1;
            let request = block(size);
            if *count > from {
                std::mem::forget(request);
            }
        },
    )
}

fn late_start_by_drops(draw: &mut Draw) -> Outcome {
    let from = magnitude(draw, 2_000, 100_000);
    let every = magnitude(draw, 10, 1_000);
    leak(
        100.0 / every as f64,
        || 0_u64,
        move |count| {
            *count += 1;
            let request = block(100);
            if *count > from && *count % every == 0 {
                std::mem::forget(request);
            }
        },
    )
}

fn after_a_cache_filled(draw: &mut Draw) -> Outcome {
    let bound = magnitude(draw, 1_000, 50_000);
    let every = magnitude(draw, 2, 50);
    leak(
        48.0 / every as f64,
        || (Vec::new(), 0_u64),
        move |(cache, count)| {
            *count += 1;
            if *count < bound {
                cache.push(block(48));
            }
            if *count % every == 0 {
                std::mem::forget(block(48));
            }
        },
    )
}

fn after_a_big_start(draw: &mut Draw) -> Outcome {
    let blocks = magnitude(draw, 100, 20_000);
    let every = magnitude(draw, 2, 50);
    let setup = move || ((0..blocks).map(|_| block(200)).collect::<Vec<_>>(), 0_u64);
    leak(48.0 / every as f64, setup, move |(start, count)| {
        *count += 1;
        start.pop();
        if *count % every == 0 {
            std::mem::forget(block(48));
        }
    })
}

fn exact_reserve(draw: &mut Draw) -> Outcome {
    let every = magnitude(draw, 50, 400);
    leak(
        64.0 / every as f64,
        || (Vec::<u8>::new(), 0_u64),
        move |(buffer, count)| {
            *count += 1;
            if *count % every == 0 {
                buffer.reserve_exact(64);
                buffer.resize(buffer.len() + 64, 1);
            }
        },
    )
}

fn large_blocks(draw: &mut Draw) -> Outcome {
    let size = magnitude(draw, 20_000, 200_000);
    leak(
        size as f64,
        || (),
        move |()| std::mem::forget(Vec::<u8>::with_capacity(size as usize)),
    )
}
