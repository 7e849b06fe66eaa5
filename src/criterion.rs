//! criterion's interface over heapmark's harness: benchmarks that were written for criterion are
//! counted, timed and searched for leaks. Only the imports of the bench target change:
//!
//! ```no_run
//! #[global_allocator]
//! static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
//!
//! use heapmark::criterion::{Criterion, criterion_group, criterion_main};
//!
//! fn bench(c: &mut Criterion) {
//!     c.bench_function("greeting", |b| b.iter(|| String::from(std::hint::black_box("hello"))));
//! }
//!
//! criterion_group!(benches, bench);
//! criterion_main!(benches);
//! ```
//!
//! It is the interface of criterion 0.8 without the executors of other crates: implement
//! [`async_executor::AsyncExecutor`] for a runtime. Settings of statistics and plots have no effect.
//! `cargo heapmark` measures benchmarks with criterion itself in the same way.

/// The names of the library that the files of the interface use.
mod library {
    pub(super) use crate::{__private, AsyncExecutor, BatchSize, Bencher};
}

#[path = "../compat/criterion/src/async_executor.rs"]
pub mod async_executor;
#[path = "../compat/criterion/src/bencher.rs"]
mod bencher;
#[expect(
    clippy::module_inception,
    reason = "the file has the name of what it defines, as in the package that replaces criterion"
)]
#[path = "../compat/criterion/src/criterion.rs"]
mod criterion;
#[path = "../compat/criterion/src/group.rs"]
mod group;
#[path = "../compat/criterion/src/ignored.rs"]
mod ignored;
#[path = "../compat/criterion/src/measurement.rs"]
pub mod measurement;
#[path = "../compat/criterion/src/profiler.rs"]
pub mod profiler;
#[doc(hidden)]
#[path = "../compat/criterion/src/session.rs"]
pub mod session;
#[path = "../compat/criterion/src/settings.rs"]
mod settings;

pub use std::hint::black_box;

pub use crate::{criterion_group, criterion_main};
pub use bencher::{AsyncBencher, Bencher};
pub use criterion::Criterion;
pub use group::{BenchmarkGroup, BenchmarkId};
pub use settings::{
    AxisScale, Baseline, BatchSize, BenchmarkFilter, PlotConfiguration, PlottingBackend,
    SamplingMode, Throughput,
};

/// Defines a function that runs benchmarks, as in criterion.
#[macro_export]
macro_rules! criterion_group {
    (name = $name:ident; config = $config:expr; targets = $($target:path),+ $(,)*) => {
        /// Runs the benchmarks of the group.
        pub fn $name() {
            let mut criterion: $crate::criterion::Criterion<_> = $config.configure_from_args();
            $($target(&mut criterion);)+
        }
    };
    ($name:ident, $($target:path),+ $(,)*) => {
        $crate::criterion_group! {
            name = $name;
            config = $crate::criterion::Criterion::default();
            targets = $($target),+
        }
    };
}

/// Defines the `main` function of a bench target, as in criterion.
#[macro_export]
macro_rules! criterion_main {
    ($($group:path),+ $(,)*) => {
        fn main() -> ::std::process::ExitCode {
            $crate::criterion::session::main(
                &[$(&$group),+],
                ::core::option_env!("HEAPMARK_REVISION"),
            )
        }
    };
}
