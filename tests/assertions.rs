//! The counting macros: nested in one another, and with limits of any integer type.

use heapmark::{assert_allocs, assert_no_alloc, assert_peak, assert_retains};

#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

fn climb(bytes: usize) {
    drop(std::hint::black_box(vec![0_u8; bytes]));
}

/// Returns from inside the block of the assertion, before its end.
fn leave_early(text: &str) -> Option<u8> {
    let number = assert_no_alloc!({ text.parse().ok()? });
    Some(number)
}

#[test]
fn a_nested_assertion_does_not_lose_the_outer_peak() {
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
fn a_peak_inside_a_nested_assertion_is_also_the_outer_peak() {
    assert_peak!(== 1_200, {
        climb(700);
        let kept = std::hint::black_box(vec![0_u8; 200]);
        assert_peak!(== 1_000, { climb(1_000) });
        drop(kept);
    });
}

#[test]
fn a_limit_is_of_any_integer_type() {
    const MOST: usize = 64 * 1024;
    let byte: u8 = 3;
    let word = 3_isize;
    assert_peak!(<= MOST, { climb(64 * 1024) });
    assert_peak!(<= 4 * size_of::<u64>(), { climb(32) });
    assert_allocs!(<= "abc".len(), { climb(1) });
    assert_allocs!(< byte, { climb(1) });
    assert_allocs!(== byte - 2, { climb(1) });
    assert_retains!(<= size_of::<u64>(), { std::mem::forget(Box::new(1_u64)) });
    assert_retains!(>= word, { std::mem::forget(Box::new(1_u64)) });
    assert_retains!(<= u128::MAX, {});
}

#[test]
fn a_limit_without_a_type_may_be_larger_than_an_i32_and_negative() {
    assert_peak!(<= 5_000_000_000, { climb(1) });
    assert_peak!(<= 4 * 1024 * 1024 * 1024, { climb(1) });
    let kept = std::hint::black_box(vec![0_u8; 100]);
    assert_retains!(== -100, { drop(kept) });
}
