//! Heap profiles of different tools in one model: reading a summary, findings and differences.

mod diff;
mod found;
mod kept;
mod layer;
mod model;
mod summary;

pub use diff::{Changed, Diff, Measure, NOISE, NothingInCommon, ProfileSide, diff};
pub use found::{found, other_errors};
pub use kept::Kept;
pub use layer::{Layer, layer};
pub use model::{BELOW, Callsite, Finding, Kind, Moment, Profile, Tally, Tool};
pub use summary::{Ranking, name, place, place_of, said, summary, words};
