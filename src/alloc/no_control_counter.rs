//! Replaces the control counter without the feature `bench`: only benchmarks compare their counts
//! with those of stats_alloc.

use std::alloc::Layout;

pub(super) fn on_alloc(_: Layout) {}

pub(super) fn on_free(_: Layout) {}

pub(super) fn on_realloc(_: Layout, _: usize) {}
