//! heapmark tells what code does to the heap: exact allocation counts, peak and retained bytes
//! beside time, for every benchmark, at every commit.
//!
//! ```text
//! benches/ → bencher → instruments → record → store → analysis → view → render
//! what is    the one   how it is     plain    files   pure       typed  pages
//! measured   seam      measured      data
//! ```
//!
//! A benchmark is a plain function that takes a [`Bencher`]; [`group!`] lists it with a sentence
//! on what it shows and what it holds true, [`main!`] makes a bench target of the groups:
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
mod stacks;

#[cfg(feature = "arena")]
pub mod arena;
pub mod leak;
pub mod live;
pub mod pool;
pub mod stats;

pub use alloc::{Alloc, is_installed};
#[cfg(feature = "bench")]
pub use bencher::{AsyncBencher, AsyncExecutor, BatchSize, Bencher};

/// What macros expand to, and what heapmark's own tests reach. None of it is a promise.
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
}

/// Compiles the snippets of the README with the documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// Compiles and runs the snippets of the page on leaks.
#[cfg(doctest)]
#[doc = include_str!("../docs/leaks.md")]
struct Leaks;

/// Compiles and runs the snippets of the page on arenas, pools and statistics.
#[cfg(doctest)]
#[doc = include_str!("../docs/arena-pool-stats.md")]
struct Remedies;
