//! All pieces of work, each with a fixed amount and a fixed seed.

mod hold;
mod one_thread;
mod threads;

use heapmark_model::record::AllocatorHeld;

use crate::UsableSize;

/// One piece of work.
pub struct Work {
    /// Its name, which is also the argument on the command line.
    pub name: &'static str,
    /// Does the work; returns the measurements of held memory if the work holds memory.
    pub run: fn(Option<UsableSize>) -> Option<AllocatorHeld>,
}

macro_rules! timed {
    ($name:literal, $run:path) => {
        Work {
            name: $name,
            run: |_| {
                $run();
                None
            },
        }
    };
}

/// All pieces of work, in the order of the page.
pub const ALL: &[Work] = &[
    timed!(
        "one block of 64 B at a time",
        one_thread::one_at_a_time::<64>
    ),
    timed!(
        "one block of 64 KiB at a time",
        one_thread::one_at_a_time::<65_536>
    ),
    timed!(
        "one block of 1 MiB at a time",
        one_thread::one_at_a_time::<1_048_576>
    ),
    timed!("last in, first out", one_thread::last_in_first_out),
    timed!("first in, first out", one_thread::first_in_first_out),
    timed!("random replacement", one_thread::random_replacement),
    timed!("growing buffers", one_thread::growing_buffers),
    timed!("a list of words", one_thread::words),
    timed!("map churn", one_thread::map_churn),
    timed!("a tree", one_thread::tree),
    timed!("freed by another thread", threads::freed_by_another),
    timed!("slots handed on", threads::slots_handed_on),
    timed!("short-lived threads", threads::short_lived),
    timed!("shared lifetimes", threads::shared_lifetimes),
    Work {
        name: "hold 16 B to 128 B",
        run: |usable| Some(hold::hold(16..=128, usable)),
    },
    Work {
        name: "hold 128 B to 4 KiB",
        run: |usable| Some(hold::hold(128..=4_096, usable)),
    },
    Work {
        name: "hold 4 KiB to 64 KiB",
        run: |usable| Some(hold::hold(4_096..=65_536, usable)),
    },
];

/// The work with this name.
pub fn find(name: &str) -> Option<&'static Work> {
    ALL.iter().find(|work| work.name == name)
}

/// A block of this size whose first byte is written, like memory that is used.
fn block(bytes: usize) -> Vec<u8> {
    let mut block = Vec::with_capacity(bytes);
    block.push(1);
    std::hint::black_box(block)
}

/// A generator with the same sequence in every process and under every allocator.
fn seeded() -> fastrand::Rng {
    fastrand::Rng::with_seed(0x6865_6170)
}

/// A size between `low` and `high`, log-uniform: each factor is equally likely.
fn size(random: &mut fastrand::Rng, low: usize, high: usize) -> usize {
    let (low, high) = (low as f64, high as f64);
    (low * (high / low).powf(random.f64())) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_and_belongs_to_one_piece_of_work() {
        for (number, work) in ALL.iter().enumerate() {
            let found = find(work.name).map(|found| found.name);
            assert_eq!(found, Some(work.name));
            let first = ALL.iter().position(|other| other.name == work.name);
            assert_eq!(first, Some(number));
        }
        assert!(find("no such work").is_none());
    }

    #[test]
    fn sizes_stay_between_their_bounds_and_reach_both_halves() {
        let mut random = seeded();
        let sizes: Vec<usize> = (0..1_000).map(|_| size(&mut random, 16, 1_024)).collect();
        assert!(sizes.iter().all(|size| (16..=1_024).contains(size)));
        let small = sizes.iter().filter(|size| **size < 128).count();
        assert!(
            (400..600).contains(&small),
            "{small} of 1,000 below the middle factor"
        );
    }
}
