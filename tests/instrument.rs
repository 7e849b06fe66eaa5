//! The instrument for instructions, outside of valgrind: what it runs, and when it refuses.
//! It has a separate test program because opening the gate affects all tests of a process.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use heapmark::__private::alloc;
use heapmark::__private::bencher::{Instrument, Mark, Probe, Routine};
use heapmark::__private::instruments::Instructions;

#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

/// One test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Default)]
struct Calls(u32);

impl Routine for Calls {
    fn batch(&mut self, _: u64) -> Duration {
        Duration::ZERO
    }

    fn observe(&mut self, probe: &mut dyn Probe) {
        self.0 += 1;
        for mark in [Mark::Setup, Mark::Start, Mark::Returned, Mark::Dropped] {
            probe.mark(mark);
        }
    }
}

#[test]
fn a_warm_up_call_comes_before_the_repetitions() {
    let _turn = alone();
    let mut instrument = Instructions::new(3, || Some(1));
    let mut calls = Calls::default();
    instrument.measure(&mut calls);
    assert_eq!((calls.0, instrument.dumped()), (4, 3));
    assert!(instrument.alone());
}

#[test]
fn other_threads_and_an_unknown_number_of_threads_are_not_alone() {
    let _turn = alone();
    for threads in [|| Some(2), || None] {
        let mut instrument = Instructions::new(1, threads);
        instrument.measure(&mut Calls::default());
        assert!(!instrument.alone());
    }
}

#[test]
#[should_panic(expected = "while the allocation counters are on")]
fn an_open_gate_is_refused() {
    let _turn = alone();
    let _open = alloc::open();
    Instructions::new(1, || Some(1)).measure(&mut Calls::default());
}
