//! What the counting macros make of blocks that count themselves, and of limits of any type.

use heapmark::{assert_no_alloc, assert_peak};

#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

fn climb(bytes: usize) {
    drop(std::hint::black_box(vec![0_u8; bytes]));
}

/// Leaves the block of the assertion before its end.
fn leave_early(text: &str) -> Option<u8> {
    let number = assert_no_alloc!({ text.parse().ok()? });
    Some(number)
}

#[test]
fn a_peak_is_not_lost_to_what_counts_inside_of_the_block() {
    let inside: [fn(); 3] = [
        || assert_no_alloc!({}),
        || assert_peak!(== 500, { climb(500) }),
        || assert!(leave_early("none").is_none()),
    ];
    for inside in inside {
        assert_peak!(== 1_000, {
            climb(1_000);
            inside();
        });
        assert_peak!(== 1_200, {
            let kept = std::hint::black_box(vec![0_u8; 200]);
            inside();
            climb(1_000);
            drop(kept);
        });
    }
}

#[test]
fn what_climbs_highest_inside_is_the_outer_peak_as_well() {
    assert_peak!(== 1_200, {
        climb(700);
        let kept = std::hint::black_box(vec![0_u8; 200]);
        assert_peak!(== 1_000, { climb(1_000) });
        drop(kept);
    });
}
