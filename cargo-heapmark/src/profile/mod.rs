//! Programs and servers under memory tools: how they are run and loaded, and how the output of
//! each tool becomes one model, [`Profile`]. [`run`] starts the tools; the other modules do not.
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
    Profile, ProfileSide, Ranking, Tally, Tool, diff, found, layer, name, other_errors, place,
    place_of, said, summary, words,
};
pub use parse::{parse, read, read_at};
