//! Formats numbers and dates for people: separators, binary units, a real minus sign.
//!
//! All output for people uses this module, so that a value reads the same on the terminal and on
//! the site. Data files hold plain numbers and do not use it.

mod axis;
mod date;
mod duration;
mod hash;
mod markdown;
mod number;
mod visible;

pub use axis::byte_ticks;
pub use date::{date, day};
pub use duration::{duration, duration_exact, duration_span, duration_ticks, duration_within};
pub use hash::abbreviated;
pub use markdown::{code, code_in_cell};
pub use number::{
    as_signed, bytes, bytes_exact, count, growth_rate, per_iteration, per_iteration_bytes, plural,
    signed_bytes, signed_count,
};
pub use visible::{steers, visible, visible_lines};
