//! Servers under profilers: the load that they are given, and what tools say of them, as one
//! model. It starts no tool.
//!
//! ```text
//!  dhat · heaptrack · massif · memcheck · LeakSanitizer ─ parse ─▶ Profile ─┬▶ summary
//!                                                                           └▶ folded, dhat, speedscope
//! ```

mod error;
mod export;
mod kept;
mod layer;
pub mod load;
mod matrix;
mod model;
mod parse;
mod summary;

pub use error::{ParseError, ReadError};
pub use export::{dhat, folded, speedscope};
pub use kept::Kept;
pub use layer::{Layer, layer};
pub use matrix::{Cell, CellVerdict, Matrix, ToolRow};
pub use model::{Callsite, Kind, Moment, Profile, Tally, Tool};
pub use parse::{parse, read, read_at};
pub use summary::{name, place, place_of, said, summary, words};
