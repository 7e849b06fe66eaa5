//! Assertions about the heap for ordinary tests: what a block of code allocates, how high it
//! climbs, what it keeps, and whether a step leaks. They judge nothing themselves: counts are
//! compared, growth is left to [`leak`](crate::leak).
//!
//! Counts are those of the calling thread, so that tests which run beside each other do not
//! disturb each other.
//!
//! ```
//! use heapmark::{assert_allocs, assert_no_alloc, assert_peak, assert_retains};
//!
//! #[global_allocator]
//! static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
//!
//! let mut line = assert_allocs!(== 1, { String::with_capacity(100) });
//! assert_no_alloc!({ line.push_str("there is room") });
//! assert_peak!(<= 64 * 1024, { vec![0_u8; 60_000].len() });
//! assert_retains!(<= 100, { line.shrink_to_fit() });
//! ```

mod counted;
mod limit;
mod macros;

pub use counted::{Counted, Counting, judge};
pub use limit::{AnyLimit, Limit};
