//! Compares our counters with stats_alloc, which our allocator wraps and which therefore sees
//! every request of the process: events on which they must agree, and on which they must differ.

#[path = "../one_by_one/mod.rs"]
mod one_by_one;

mod agree;
mod differ;

use std::alloc::System;
use std::process::ExitCode;

use heapmark::__private::alloc::{Totals, open};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, Stats, StatsAlloc};

#[global_allocator]
static ALLOC: heapmark::Alloc<&StatsAlloc<System>> = heapmark::Alloc::new(&INSTRUMENTED_SYSTEM);

fn main() -> ExitCode {
    one_by_one::run(&[agree::TESTS, differ::TESTS])
}

/// What both counted over all threads, and what ours counted on this thread only.
struct Seen {
    theirs: Stats,
    all: Totals,
    own: Totals,
}

fn see(work: impl FnOnce()) -> Seen {
    let counting = open();
    let (all, own) = (Totals::of_process(), Totals::of_this_thread());
    let region = Region::new(&INSTRUMENTED_SYSTEM);
    work();
    let theirs = region.change();
    let (all, own) = (Totals::of_process() - all, Totals::of_this_thread() - own);
    drop(counting);
    Seen { theirs, all, own }
}

/// As a tuple for comparison with `ours`: allocs, frees, reallocs, requested bytes, live bytes.
fn theirs(stats: &Stats) -> (u64, u64, u64, u64, i64) {
    (
        stats.allocations as u64,
        stats.deallocations as u64,
        stats.reallocations as u64,
        stats.bytes_allocated as u64,
        stats.bytes_allocated as i64 - stats.bytes_deallocated as i64,
    )
}

fn ours(totals: &Totals) -> (u64, u64, u64, u64, i64) {
    (
        totals.allocs,
        totals.frees,
        totals.reallocs,
        totals.bytes,
        totals.live,
    )
}
