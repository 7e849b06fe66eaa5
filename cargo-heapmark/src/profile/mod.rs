//! Servers under profilers: the load that they are given, and what tools say of them, as one
//! model. It starts no tool.
//!
//! ```text
//!  dhat · heaptrack · massif · memcheck · LeakSanitizer ─ parse ─▶ Profile ─┬▶ summary
//!                                                                           ├▶ diff with another
//!                                                                           ├▶ Kept, for its page
//!                                                                           └▶ folded, dhat, pprof, speedscope
//! ```

mod error;
mod export;
pub mod load;
mod merge;
mod parse;
#[cfg(unix)]
pub mod run;

pub use error::{ParseError, ReadError};
pub use export::{dhat, folded, pprof, speedscope};
pub use heapmark_model::profile::{
    Callsite, Changed, Diff, Finding, Kept, Kind, Layer, Measure, Moment, NOISE, NothingInCommon,
    Profile, Ranking, Side, Tally, Tool, diff, found, layer, name, other_errors, place, place_of,
    said, summary, words,
};
pub use parse::{parse, read, read_at};
