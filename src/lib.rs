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

pub mod alloc;
pub mod analysis;
pub mod assertions;
pub mod bencher;
pub mod format;
#[cfg(feature = "growth")]
pub mod growth;
pub mod harness;
pub mod instruments;
pub mod launch;
pub mod leak;
pub mod protocol;
pub mod record;
mod remedies;
pub mod stacks;

#[cfg(feature = "report")]
pub mod cli;
#[cfg(feature = "report")]
pub mod event;
#[cfg(feature = "report")]
pub mod history;
#[cfg(feature = "report")]
pub mod profile;
#[cfg(feature = "report")]
pub mod publish;
#[cfg(feature = "report")]
pub mod render;
#[cfg(feature = "report")]
pub mod runner;
#[cfg(feature = "report")]
pub mod serve;
#[cfg(feature = "report")]
pub mod store;
#[cfg(feature = "report")]
pub mod terminal;
#[cfg(feature = "report")]
pub mod view;

pub use alloc::Alloc;
pub use bencher::{AsyncExecutor, BatchSize, Bencher};
pub use remedies::{arena, pool, stats};

/// Compiles the snippets of the README with the documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// Compiles and runs the snippets of the page on leaks.
#[cfg(doctest)]
#[doc = include_str!("../docs/leaks.md")]
struct Leaks;

/// Compiles and runs the snippets of the page on patterns that leak.
#[cfg(doctest)]
#[doc = include_str!("../docs/leak-patterns.md")]
struct LeakPatterns;

/// Compiles and runs the snippets of the page on arenas, pools and statistics.
#[cfg(doctest)]
#[doc = include_str!("../docs/remedies.md")]
struct Remedies;
