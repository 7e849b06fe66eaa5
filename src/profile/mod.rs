//! Servers under profilers: the load that they are given, and what tools say of them, as one
//! model. It starts no tool.
//!
//! ```text
//!  dhat · heaptrack · massif · memcheck · LeakSanitizer ─ parse ─▶ Profile ─┬▶ summary
//!                                                                           └▶ folded, dhat, speedscope
//! ```

mod error;
mod export;
pub mod load;
mod matrix;
mod model;
mod parse;
mod summary;

pub use error::{ParseError, ReadError};
pub use export::{dhat, folded, speedscope};
pub use matrix::{Cell, CellVerdict, Matrix, ToolRow};
pub use model::{Callsite, Kind, Moment, Profile, Tally, Tool};
pub use parse::{parse, read, read_at};
pub use summary::{place, place_of, summary};
