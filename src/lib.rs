//! heapmark measures how code uses the heap. For each benchmark and each commit, it records exact
//! allocation counts, peak and retained bytes, and time. It also detects leaks in tests, and shows
//! which call stacks hold memory in a running program.
//!
//! | Task | Use | Feature |
//! |---|---|---|
//! | Count in a test | [`assert_allocs!`], [`assert_no_alloc!`], [`assert_peak!`], [`assert_retains!`] | |
//! | Detect leaks in a test | [`leak_test!`], [`assert_no_leak!`], [`leak`] | |
//! | Find what holds memory in a running program | [`live`] | |
//! | Count the heap of a running program | [`stats`] | |
//! | Reuse objects | [`pool`] | |
//! | Allocate many values in one block | [`arena`] | `arena` |
//! | Benchmark | [`Bencher`], [`group!`], [`main!`] | `bench` |
//! | Benchmark with criterion's interface | [`criterion`] | `bench` |
//!
//! # Benchmarks
//!
//! These are the steps from a benchmark to the results site:
//!
//! ```text
//! benches/ → bencher → instruments → record → store → analysis → view → render
//! what is    the       how it is     plain    files   pure       typed  pages
//! measured   interface measured      data
//! ```
//!
//! A benchmark is a plain function that takes a [`Bencher`]. [`group!`] lists it with a description
//! and its assertions, and [`main!`] builds a bench target from the groups:
//!
//! ```no_run
//! #[global_allocator]
//! static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
//!
//! mod strings {
//!     heapmark::group! {
//!         /// Making strings.
//!         strings;
//!         /// Five bytes on the heap.
//!         small: allocs == 1, bytes == 5;
//!     }
//!
//!     fn small(b: &mut heapmark::Bencher) {
//!         b.iter(|| String::from(std::hint::black_box("hello")));
//!     }
//! }
//!
//! heapmark::main!(strings);
//! ```

mod alloc;
mod assertions;
#[cfg(feature = "bench")]
mod bencher;
#[cfg(feature = "bench")]
mod harness;
#[cfg(feature = "bench")]
mod instruments;
#[cfg(feature = "sources")]
mod sources;
mod stacks;

#[cfg(feature = "arena")]
pub mod arena;
#[cfg(feature = "bench")]
pub mod criterion;
pub mod leak;
pub mod live;
pub mod pool;
pub mod stats;

pub use alloc::{Alloc, is_installed};
#[cfg(feature = "bench")]
pub use bencher::{AsyncBencher, AsyncExecutor, BatchSize, Bencher};

/// Items that the macros expand to and that heapmark's own tests use. Not part of the public API:
/// they may change in any release.
#[doc(hidden)]
pub mod __private {
    pub mod alloc {
        pub use crate::alloc::*;
    }
    pub mod assertions {
        pub use crate::assertions::*;
    }
    pub mod leak {
        pub use crate::leak::LeakTest;
    }
    #[cfg(feature = "bench")]
    pub mod bencher {
        pub use crate::bencher::*;
    }
    #[cfg(feature = "bench")]
    pub mod harness {
        pub use crate::harness::*;
    }
    #[cfg(feature = "bench")]
    pub mod instruments {
        pub use crate::instruments::*;
    }
    #[cfg(feature = "bench")]
    pub use heapmark_model::record;
    #[cfg(feature = "sources")]
    pub mod sources {
        pub use crate::sources::SOURCES;
        pub use heapmark_model::sources::SOURCES as MODEL_SOURCES;
    }
}

/// Compiles the code blocks of the README as documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// Compiles and runs the code blocks of the page on leaks.
#[cfg(doctest)]
#[doc = include_str!("../docs/leaks.md")]
struct Leaks;

/// Compiles and runs the code blocks of the page on arenas, pools and statistics.
#[cfg(doctest)]
#[doc = include_str!("../docs/arena-pool-stats.md")]
struct ArenaPoolStats;
