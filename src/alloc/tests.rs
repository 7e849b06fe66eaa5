//! Tests that call the allocator directly. This test binary does not install it, so nothing else
//! changes its counters. Small enough for Miri.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use stats_alloc::Stats;

use super::gate::{self, CONTROL, TIMELINE};
use super::{
    Alloc, Meter, ProcessHeap, RawTimeline, Totals, control_counter, inner_name, is_closed, open,
};

/// The gate and the totals belong to the process, so tests of them run one at a time.
pub(super) fn take_turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Allocates, resizes and frees a block through `allocator`.
fn life_of_a_block(allocator: &impl GlobalAlloc, from: usize, to: usize) {
    let layout = Layout::from_size_align(from, 8).unwrap();
    // SAFETY: the callers request at least one byte.
    let block = unsafe { allocator.alloc_zeroed(layout) };
    // SAFETY: the block has this layout, and the callers request at least one byte.
    let block = unsafe { allocator.realloc(block, layout, to) };
    let layout = Layout::from_size_align(to, 8).unwrap();
    // SAFETY: the block has the new size and its old alignment.
    unsafe { allocator.dealloc(block, layout) };
}

#[test]
fn the_gate_has_a_field_for_each_reader() {
    let _turn = take_turn();
    assert!(is_closed());
    let local = open();
    assert_eq!(gate::read() & (CONTROL | TIMELINE), 0);
    let with_control = gate::open_with_control();
    assert!(gate::read() & CONTROL != 0 && gate::read() & TIMELINE == 0);
    let with_timeline = gate::open_with_timeline();
    assert!(gate::read() & CONTROL != 0 && gate::read() & TIMELINE != 0);
    drop((with_control, with_timeline));
    assert_eq!(gate::read() & (CONTROL | TIMELINE), 0);
    assert!(!is_closed());
    drop(local);
    assert!(is_closed());
}

#[test]
fn more_guards_than_a_field_holds_close_nothing_too_early() {
    let _turn = take_turn();
    let mut guards = Vec::new();
    for _ in 0..1100 {
        guards.push(open());
        assert!(!is_closed());
    }
    while guards.pop().is_some() {
        assert_eq!(is_closed(), guards.is_empty());
    }
}

#[test]
fn differences_of_totals_wrap() {
    let mut earlier = Totals {
        bytes: u64::MAX,
        live: i64::MAX,
        ..Totals::default()
    };
    earlier.classes[0] = u64::MAX;
    let mut later = Totals {
        bytes: 5,
        live: i64::MIN,
        ..Totals::default()
    };
    later.classes[0] = 2;
    let change = later - earlier;
    assert_eq!((change.bytes, change.live, change.classes[0]), (6, 1, 3));
}

#[test]
fn a_full_timeline_counts_on_and_keeps_what_it_has() {
    let timeline = RawTimeline::with_capacity(2);
    for delta in [1, -2, 3] {
        timeline.push(delta);
    }
    assert_eq!(timeline.events(), 3);
    assert_eq!(timeline.deltas().collect::<Vec<_>>(), [1, -2]);
    timeline.clear();
    timeline.push(7);
    assert_eq!(timeline.events(), 1);
    assert_eq!(timeline.deltas().collect::<Vec<_>>(), [7]);
}

#[test]
fn a_meter_reads_the_parts_of_an_iteration() {
    let _turn = take_turn();
    let mut meter = Meter::with_timeline(8).unwrap();
    for _ in 0..2 {
        meter.begin();
        life_of_a_block(&Alloc::system(), 1000, 2000);
        meter.start();
        life_of_a_block(&Alloc::system(), 100, 300);
        meter.returned();
        life_of_a_block(&Alloc::system(), 50, 20);
        let reading = meter.finish();
        assert_eq!((reading.routine.bytes, reading.drop.bytes), (300, 50));
        assert_eq!((reading.routine.events(), reading.drop.events()), (3, 3));
        assert_eq!((reading.start, reading.peak, reading.retained), (0, 300, 0));
        assert_eq!((reading.drop_at, reading.foreign_events), (3, 0));
        assert!(reading.control_agrees);
        let deltas: Vec<i64> = meter.timeline().deltas().collect();
        assert_eq!(deltas, [100, 200, -300, 50, -30, -20]);
    }
}

#[test]
fn a_timeline_may_be_read_while_it_is_written() {
    let _turn = take_turn();
    let mut meter = Meter::with_timeline(8).unwrap();
    meter.begin();
    meter.start();
    let timeline = meter.timeline();
    life_of_a_block(&Alloc::system(), 8, 16);
    let mut deltas = timeline.deltas();
    assert_eq!(deltas.next(), Some(8));
    life_of_a_block(&Alloc::system(), 100, 200);
    assert_eq!(
        deltas.collect::<Vec<_>>(),
        [8, -16],
        "the events at its creation"
    );
    assert_eq!(timeline.events(), 6);
    meter.returned();
    assert_eq!(meter.finish().routine.events(), 6);
}

#[test]
fn a_timeline_holds_its_own_thread_only() {
    let _turn = take_turn();
    let mut meter = Meter::with_timeline(8).unwrap();
    meter.begin();
    meter.start();
    let away = || life_of_a_block(&Alloc::system(), 100, 200);
    thread::scope(|scope| scope.spawn(away).join()).unwrap();
    life_of_a_block(&Alloc::system(), 8, 16);
    meter.returned();
    let reading = meter.finish();
    assert_eq!((reading.foreign_events, reading.routine.events()), (3, 6));
    assert_eq!(meter.timeline().deltas().collect::<Vec<_>>(), [8, 8, -16]);
}

#[test]
fn two_threads_measure_at_the_same_time() {
    let _turn = take_turn();
    thread::scope(|scope| {
        for size in [100, 1000] {
            scope.spawn(move || {
                let mut meter = Meter::with_timeline(8).unwrap();
                for _ in 0..3 {
                    meter.begin();
                    meter.start();
                    life_of_a_block(&Alloc::system(), size, 2 * size);
                    meter.returned();
                    assert_eq!(meter.finish().peak, 2 * size as u64);
                    let deltas: Vec<i64> = meter.timeline().deltas().collect();
                    let size = size as i64;
                    assert_eq!(deltas, [size, size, -2 * size]);
                }
            });
        }
    });
    assert!(is_closed());
}

#[test]
fn a_block_is_counted_where_it_is_made_and_where_it_is_freed() {
    let _turn = take_turn();
    let counting = open();
    let layout = Layout::new::<[u8; 500]>();
    let before = Totals::of_process();
    // SAFETY: the layout has a size.
    let block = AtomicPtr::new(unsafe { Alloc::system().alloc(layout) });
    let away = move || {
        let before = Totals::of_this_thread();
        // SAFETY: the block was allocated with this layout, and only this thread has its address.
        unsafe { Alloc::system().dealloc(block.into_inner(), layout) };
        (Totals::of_this_thread() - before).live
    };
    assert_eq!(thread::spawn(away).join().unwrap(), -500);
    let change = Totals::of_process() - before;
    drop(counting);
    assert_eq!((change.allocs, change.frees, change.live), (1, 1, 0));
}

#[test]
fn a_control_counter_that_saw_anything_else_does_not_agree() {
    // Near the end of the counters' range: they wrap in the middle.
    let before = Stats {
        bytes_allocated: usize::MAX - 10,
        bytes_deallocated: usize::MAX,
        ..Stats::default()
    };
    let after = Stats {
        allocations: 3,
        deallocations: 2,
        reallocations: 1,
        bytes_allocated: 89,
        bytes_deallocated: 39,
        ..Stats::default()
    };
    let same = Totals {
        allocs: 3,
        frees: 2,
        reallocs: 1,
        bytes: 100,
        live: 60,
        ..Totals::default()
    };
    assert!(control_counter::agrees(&before, &after, &same));
    let spoils: [fn(&mut Totals); 5] = [
        |ours| ours.allocs += 1,
        |ours| ours.frees += 1,
        |ours| ours.reallocs += 1,
        |ours| ours.bytes += 1,
        |ours| ours.live += 1,
    ];
    for spoil in spoils {
        let mut ours = same;
        spoil(&mut ours);
        assert!(!control_counter::agrees(&before, &after, &ours), "{ours:?}");
    }
}

/// Fails every request.
struct Refusing;

// SAFETY: an allocator may fail any request.
unsafe impl GlobalAlloc for Refusing {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        ptr::null_mut()
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[test]
fn a_failed_request_is_not_an_event() {
    let _turn = take_turn();
    let refusing = Alloc::new(Refusing);
    let layout = Layout::new::<u64>();
    let mut meter = Meter::with_timeline(8).unwrap();
    meter.begin();
    meter.start();
    // SAFETY: the layout has a size.
    assert!(unsafe { refusing.alloc(layout) }.is_null());
    // SAFETY: the layout has a size.
    assert!(unsafe { refusing.alloc_zeroed(layout) }.is_null());
    // SAFETY: `Refusing` does not read its pointers.
    assert!(unsafe { refusing.realloc(ptr::dangling_mut(), layout, 16) }.is_null());
    meter.returned();
    let reading = meter.finish();
    assert_eq!(reading.routine, Totals::default());
    assert_eq!((reading.peak, meter.timeline().events()), (0, 0));
    assert!(reading.control_agrees);
}

#[test]
fn the_name_is_that_of_the_allocator_that_was_counted() {
    let _turn = take_turn();
    let with_control = gate::open_with_control();
    life_of_a_block(&Alloc::system(), 8, 16);
    drop(with_control);
    assert_eq!(inner_name(), Some(std::any::type_name::<System>()));
}

#[test]
fn the_heap_of_the_process_is_counted_over_threads_and_by_one_at_a_time() {
    let _turn = take_turn();
    let allocator = Alloc::system();
    let heap = ProcessHeap::follow().unwrap();
    assert!(ProcessHeap::follow().is_none());
    let layout = Layout::new::<[u64; 4]>();
    // SAFETY: the layout is not zero-sized.
    let block = unsafe { allocator.alloc(layout) };
    let address = AtomicPtr::new(block);
    thread::scope(|scope| {
        scope.spawn(|| {
            life_of_a_block(&allocator, 10, 100);
            // SAFETY: the block has this layout, and only this thread frees it.
            unsafe { allocator.dealloc(address.load(Relaxed), layout) };
        });
    });
    life_of_a_block(&allocator, 100, 1);
    assert_eq!((heap.live_bytes(), heap.live_blocks()), (0, 0));
    assert_eq!((heap.peak_bytes(), heap.peak_blocks()), (132, 2));
    drop(heap);
    life_of_a_block(&allocator, 5_000, 1);
    let heap = ProcessHeap::follow().unwrap();
    assert_eq!((heap.live_bytes(), heap.peak_bytes()), (0, 0));
}
