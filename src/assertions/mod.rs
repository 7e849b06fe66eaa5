//! Assertions about the heap for ordinary tests: how much a block of code allocates, its peak, what
//! it retains, and whether a step leaks. This module only compares counts; [`leak`](crate::leak)
//! judges growth.
//!
//! The counting macros count only the calling thread, so tests that run at the same time do not
//! disturb each other.
//!
//! ```
//! use heapmark::{assert_allocs, assert_no_alloc, assert_peak, assert_retains};
//!
//! #[global_allocator]
//! static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
//!
//! let mut line = assert_allocs!(== 1, { String::with_capacity(100) });
//! assert_no_alloc!({ line.push_str("within the capacity") });
//! assert_peak!(<= 64 * 1024, { vec![0_u8; 60_000].len() });
//! assert_retains!(<= 100, { line.shrink_to_fit() });
//! ```

mod counted;
mod limit;
mod macros;

pub use counted::{Counted, Counting, judge};
pub use limit::{AnyLimit, Limit};
