//! Events that stats_alloc and our counters count differently, and the size of the difference.

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::ptr;
use std::thread;

use heapmark::__private::alloc::{Totals, is_closed};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, Stats, StatsAlloc};

use crate::one_by_one::{Test, tests};
use crate::{ours, see, theirs};

pub const TESTS: &[Test] = tests![
    a_refused_request_is_counted_by_stats_alloc_and_not_by_us,
    a_refused_request_does_not_reach_our_control_counter,
    their_region_sees_other_threads_and_our_own_totals_do_not,
    they_file_growth_under_allocated_and_shrinking_under_deallocated,
    they_count_while_our_gate_is_closed,
];

/// Refuses every allocation, but frees blocks of `System`.
struct Refusing;

// SAFETY: an allocator may always refuse; every block that is freed came from `System`.
unsafe impl GlobalAlloc for Refusing {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        ptr::null_mut()
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) };
    }

    unsafe fn alloc_zeroed(&self, _: Layout) -> *mut u8 {
        ptr::null_mut()
    }

    unsafe fn realloc(&self, _: *mut u8, _: Layout, _: usize) -> *mut u8 {
        ptr::null_mut()
    }
}

const LAYOUT: Layout = Layout::new::<[u8; 64]>();

/// Requests a block, a zeroed block and a larger block, gets none of them, and frees one block.
fn request_in_vain(refusing: &impl GlobalAlloc) {
    // SAFETY: the layout has a size.
    let block = unsafe { System.alloc(LAYOUT) };
    assert!(!block.is_null());
    // SAFETY: the layout has a size.
    assert!(unsafe { refusing.alloc(LAYOUT) }.is_null());
    // SAFETY: the layout has a size.
    assert!(unsafe { refusing.alloc_zeroed(LAYOUT) }.is_null());
    // SAFETY: the block has this layout, and the new size is not zero.
    assert!(unsafe { refusing.realloc(block, LAYOUT, 128) }.is_null());
    // SAFETY: a block that could not be resized keeps its layout; `Refusing` passes it on.
    unsafe { refusing.dealloc(block, LAYOUT) };
}

fn a_refused_request_is_counted_by_stats_alloc_and_not_by_us() {
    let refusing = StatsAlloc::new(Refusing);
    let region = Region::new(&refusing);
    request_in_vain(&refusing);
    assert_eq!(theirs(&region.change()), (2, 1, 1, 192, 128));

    let seen = see(|| request_in_vain(&heapmark::Alloc::new(Refusing)));
    assert_eq!(ours(&seen.all), (0, 1, 0, 0, -64));
    assert!(seen.all.classes.iter().all(|&requests| requests == 0));
}

fn a_refused_request_does_not_reach_our_control_counter() {
    let mut meter =
        heapmark::__private::alloc::Meter::with_timeline(8).expect("the thread has no meter");
    meter.begin();
    meter.start();
    request_in_vain(&heapmark::Alloc::new(Refusing));
    meter.returned();
    let reading = meter.finish();
    assert!(reading.control_agrees);
    assert_eq!(reading.routine.events(), 1);
    assert_eq!(meter.timeline().deltas().collect::<Vec<_>>(), [-64]);
}

fn their_region_sees_other_threads_and_our_own_totals_do_not() {
    let away = || {
        thread::spawn(|| drop(black_box(vec![1_u8; 1000])))
            .join()
            .expect("the thread does not panic");
    };
    let seen = see(|| {
        black_box(Box::new(0_u8));
        away();
    });
    assert_eq!(ours(&seen.all), theirs(&seen.theirs));
    let (own, theirs) = (seen.own, seen.theirs);
    assert!(own.bytes + 1000 <= theirs.bytes_allocated as u64);
    assert!(own.allocs < theirs.allocations as u64);
}

fn they_file_growth_under_allocated_and_shrinking_under_deallocated() {
    let mut list = Vec::<u8>::with_capacity(black_box(100));
    let grown = see(|| list.reserve_exact(black_box(300)));
    assert_eq!((grown.all.bytes, grown.all.live), (200, 200));
    let stats = Stats {
        reallocations: 1,
        bytes_allocated: 200,
        bytes_reallocated: 200,
        ..Stats::default()
    };
    assert_eq!(grown.theirs, stats);

    let shrunk = see(|| list.shrink_to(black_box(50)));
    assert_eq!((shrunk.all.bytes, shrunk.all.live), (0, -250));
    let stats = Stats {
        reallocations: 1,
        bytes_deallocated: 250,
        bytes_reallocated: -250,
        ..Stats::default()
    };
    assert_eq!(shrunk.theirs, stats);
}

fn they_count_while_our_gate_is_closed() {
    assert!(is_closed());
    let before = Totals::of_process();
    let region = Region::new(&INSTRUMENTED_SYSTEM);
    drop(black_box(Box::new([0_u8; 64])));
    let change = region.change();
    assert_eq!((change.allocations, change.deallocations), (1, 1));
    assert_eq!(Totals::of_process(), before);
}
