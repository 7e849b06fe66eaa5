//! The exact number and size of every kind of event, in small examples.

use std::alloc::{Layout, alloc, dealloc};
use std::hint::black_box;

use heapmark::__private::instruments::{Count, Observer};
use heapmark::Bencher;
use heapmark_model::record::Counts;

use crate::observe;
use crate::one_by_one::{Test, tests};

pub const TESTS: &[Test] = tests![
    a_box_is_one_block,
    a_growing_vec_reallocates_and_adds_its_growth,
    a_growing_string_starts_at_eight_bytes,
    shrinking_is_a_realloc_that_adds_no_bytes,
    a_realloc_to_the_same_size_counts_and_adds_no_bytes,
    zeroed_memory_counts_as_any_other,
    over_aligned_blocks_count_their_requested_bytes,
    nothing_is_counted_if_nothing_is_allocated,
    size_classes_round_up_to_powers_of_two,
    what_is_forgotten_is_retained,
    one_allocation_more_is_seen_in_every_repetition,
];

fn counts(allocs: u64, frees: u64, reallocs: u64, bytes: u64) -> Counts {
    Counts {
        allocs,
        frees,
        reallocs,
        bytes,
    }
}

fn a_box_is_one_block() {
    let seen = observe(|b| b.iter(|| Box::new(black_box([0_u8; 64]))));
    assert_eq!(seen.routine, counts(1, 0, 0, 64));
    assert_eq!(seen.drop, counts(0, 1, 0, 0));
    assert_eq!((seen.peak, seen.retained), (Some(64), 0));
    assert_eq!(seen.size_classes, [(64, 1)]);
}

fn a_growing_vec_reallocates_and_adds_its_growth() {
    let seen = observe(|b| {
        b.iter(|| {
            let mut list = Vec::new();
            for number in 0..17_u64 {
                list.push(black_box(number));
            }
            list
        });
    });
    // Capacity for 4, 8, 16 and 32 numbers of 8 bytes.
    assert_eq!(seen.routine, counts(1, 0, 3, 256));
    assert_eq!(seen.peak, Some(256));
    assert_eq!(seen.size_classes, [(32, 1), (64, 1), (128, 1), (256, 1)]);
}

fn a_growing_string_starts_at_eight_bytes() {
    let seen = observe(|b| {
        b.iter(|| {
            let mut text = String::new();
            for _ in 0..9 {
                text.push(black_box('x'));
            }
            text
        });
    });
    assert_eq!(seen.routine, counts(1, 0, 1, 16));
    assert_eq!(seen.size_classes, [(8, 1), (16, 1)]);
}

fn shrinking_is_a_realloc_that_adds_no_bytes() {
    let seen = observe(|b| {
        b.iter(|| {
            let mut list = Vec::with_capacity(black_box(100));
            list.extend_from_slice(black_box(&[1_u8; 10]));
            list.shrink_to_fit();
            list
        });
    });
    assert_eq!(seen.routine, counts(1, 0, 1, 100));
    assert_eq!((seen.peak, seen.retained), (Some(100), 0));
    assert_eq!(seen.size_classes, [(16, 1), (128, 1)]);
}

fn a_realloc_to_the_same_size_counts_and_adds_no_bytes() {
    let seen = observe(|b| {
        b.iter(|| {
            let layout = Layout::new::<[u8; 24]>();
            // SAFETY: the layout has a size.
            let pointer = unsafe { alloc(layout) };
            // SAFETY: the block was allocated with this layout, and 24 is not zero.
            let moved = unsafe { std::alloc::realloc(black_box(pointer), layout, 24) };
            // SAFETY: the block has this layout again.
            unsafe { dealloc(black_box(moved), layout) };
        });
    });
    assert_eq!(seen.routine, counts(1, 1, 1, 24));
    assert_eq!(seen.size_classes, [(32, 2)]);
}

fn zeroed_memory_counts_as_any_other() {
    let seen = observe(|b| b.iter(|| vec![0_u8; black_box(1000)]));
    assert_eq!(seen.routine, counts(1, 0, 0, 1000));
    assert_eq!(seen.size_classes, [(1024, 1)]);
}

fn over_aligned_blocks_count_their_requested_bytes() {
    let seen = observe(|b| {
        b.iter(|| {
            let layout = Layout::from_size_align(24, 4096).expect("24 bytes fit");
            // SAFETY: the layout has a size.
            let pointer = black_box(unsafe { alloc(layout) });
            assert_eq!(pointer.addr() % 4096, 0);
            // SAFETY: the block was allocated with this layout.
            unsafe { dealloc(pointer, layout) };
        });
    });
    assert_eq!(seen.routine, counts(1, 1, 0, 24));
    assert_eq!(seen.size_classes, [(32, 1)]);
}

fn nothing_is_counted_if_nothing_is_allocated() {
    let seen = observe(|b| {
        b.iter(|| {
            let list = Vec::<u8>::with_capacity(black_box(0));
            (Box::<[u64; 0]>::new(black_box([])), String::new(), list)
        });
    });
    assert_eq!(seen.routine, Counts::default());
    assert_eq!(seen.drop, Counts::default());
    assert_eq!((seen.peak, seen.retained), (Some(0), 0));
    assert!(seen.size_classes.is_empty());
}

fn size_classes_round_up_to_powers_of_two() {
    let bounds = [
        (1, 1),
        (2, 2),
        (3, 4),
        (4, 4),
        (64, 64),
        (65, 128),
        (128, 128),
    ];
    for (size, bound) in bounds {
        let seen = observe(|b| b.iter(|| Vec::<u8>::with_capacity(black_box(size))));
        assert_eq!(seen.size_classes, [(bound, 1)], "block of {size} bytes");
    }
}

fn what_is_forgotten_is_retained() {
    // Without `black_box`, a release build removes the unused allocation.
    let seen = observe(|b| b.iter(|| std::mem::forget(black_box(Box::new([0_u8; 32])))));
    assert_eq!(seen.routine, counts(1, 0, 0, 32));
    assert_eq!(seen.drop, Counts::default());
    assert_eq!(seen.retained, 32);
}

fn one_allocation_more_is_seen_in_every_repetition() {
    const REPETITIONS: u32 = if cfg!(miri) { 5 } else { 100 };
    let repeat = |workload: fn(&mut Bencher<'_>)| {
        let mut count = Count::new(REPETITIONS);
        workload(&mut Bencher::new(&mut count));
        let observations = count.take();
        assert_eq!(observations.len(), REPETITIONS as usize);
        observations
    };
    let plain = repeat(|b| b.iter(|| format!("{}!", black_box("hello"))));
    let planted = repeat(|b| {
        b.iter(|| {
            black_box(Box::new(0_u8));
            format!("{}!", black_box("hello"))
        });
    });
    for (plain, planted) in plain.iter().zip(&planted) {
        assert_eq!(plain.routine.allocs + 1, planted.routine.allocs);
        assert_eq!(plain.routine.frees + 1, planted.routine.frees);
        assert_eq!(plain.routine.bytes + 1, planted.routine.bytes);
    }
}
