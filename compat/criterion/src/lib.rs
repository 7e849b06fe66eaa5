//! criterion's public API over heapmark's harness: benchmarks that were written for criterion are
//! counted, timed and searched for leaks without a change. Settings of criterion's statistics and
//! plots are accepted and have no effect.
//!
//! ```text
//!  criterion_main! ─▶ group functions ─▶ each benchmark is registered ─▶ heapmark's registry
//!                                                                         measures the one that
//!                                                                         it was asked for
//! ```
//!
//! The closures of the other benchmarks are not called.

// The other modules name the library as `super::library`, because they are also part of it.
extern crate heapmark as library;

pub mod async_executor;
mod bencher;
mod criterion;
#[cfg(before_0_4)]
mod definition;
mod group;
mod ignored;
mod macros;
pub mod measurement;
pub mod profiler;
#[doc(hidden)]
pub mod session;
mod settings;

pub use std::hint::black_box;

pub use bencher::{AsyncBencher, Bencher};
pub use criterion::Criterion;
#[cfg(before_0_4)]
#[doc(hidden)]
pub use definition::{Benchmark, BenchmarkDefinition, Fun, ParameterizedBenchmark};
pub use group::{BenchmarkGroup, BenchmarkId};
pub use settings::{
    AxisScale, Baseline, BatchSize, PlotConfiguration, PlottingBackend, SamplingMode, Throughput,
};
#[cfg(not(before_0_5))]
pub use settings::BenchmarkFilter;

#[global_allocator]
static ALLOC: library::Alloc = library::Alloc::system();

