//! Turns events and records into text on a writer. Plain by default; it judges nothing.

mod markdown;
mod summary;
mod table;
mod words;

pub use markdown::markdown;
pub use summary::{Outcome, summary};
pub use table::table;
