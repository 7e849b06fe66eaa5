//! Writes results as plain text or Markdown to a writer. Does not judge them.

mod comparison;
mod comparison_markdown;
mod leaks;
mod leaks_markdown;
mod markdown;
mod summary;
mod table;
mod words;

pub use comparison::comparison;
pub use comparison_markdown::comparison_markdown;
pub use leaks::{leaks, wrong_growth};
pub use leaks_markdown::leaks_markdown;
pub use markdown::markdown;
pub use summary::{Outcome, summary};
pub use table::table;
pub use words::unmet;
