//! Leaks that are hard to see: they are rare, start late, or are hidden by noise or a saw-tooth.

use crate::outcome::{Draw, Outcome, block, heavy, leak, magnitude};

pub fn rare_block(draw: &mut Draw) -> Outcome {
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

pub fn rare_block_by_chance(draw: &mut Draw) -> Outcome {
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

pub fn rare_block_under_noise(draw: &mut Draw) -> Outcome {
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

pub fn error_path(draw: &mut Draw) -> Outcome {
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

pub fn floor_under_saw_tooth(draw: &mut Draw) -> Outcome {
    saw_tooth(draw, 20, 8_000)
}

pub fn floor_under_long_saw_tooth(draw: &mut Draw) -> Outcome {
    saw_tooth(draw, 8_000, 20_000)
}

pub fn drift_under_heavy_tail(draw: &mut Draw) -> Outcome {
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

pub fn drift_under_held_heavy_tail(draw: &mut Draw) -> Outcome {
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

pub fn drift_under_wide_noise(draw: &mut Draw) -> Outcome {
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

pub fn drift_under_walk(draw: &mut Draw) -> Outcome {
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

pub fn late_start(draw: &mut Draw) -> Outcome {
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

pub fn late_start_by_drops(draw: &mut Draw) -> Outcome {
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

pub fn after_a_cache_filled(draw: &mut Draw) -> Outcome {
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

pub fn after_a_big_start(draw: &mut Draw) -> Outcome {
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

pub fn exact_reserve(draw: &mut Draw) -> Outcome {
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

pub fn large_blocks(draw: &mut Draw) -> Outcome {
    let size = magnitude(draw, 20_000, 200_000);
    leak(
        size as f64,
        || (),
        move |()| std::mem::forget(Vec::<u8>::with_capacity(size as usize)),
    )
}
