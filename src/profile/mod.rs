//! Servers under profilers: the load that they are given, and what tools say of them, as one
//! model. It starts no tool.
//!
//! ```text
//!  dhat · heaptrack · massif · memcheck · LeakSanitizer ─ parse ─▶ Profile ─┬▶ summary
//!                                                                           ├▶ diff with another
//!                                                                           ├▶ Kept, for its page
//!                                                                           └▶ folded, dhat, pprof, speedscope
//! ```

mod diff;
mod error;
mod export;
mod found;
mod kept;
mod layer;
pub mod load;
mod merge;
mod model;
mod parse;
mod summary;

pub use diff::{Changed, Diff, Measure, NOISE, NothingInCommon, Side, diff};
pub use error::{ParseError, ReadError};
pub use export::{dhat, folded, pprof, speedscope};
pub use found::{found, other_errors};
pub use kept::Kept;
pub use layer::{Layer, layer};
pub use model::{Callsite, Finding, Kind, Moment, Profile, Tally, Tool};
pub use parse::{parse, read, read_at};
pub use summary::{name, place, place_of, said, summary, words};
