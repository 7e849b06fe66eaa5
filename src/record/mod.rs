//! What is stored: plain data about one run of a suite, as it stands in `results/`.
//!
//! ```text
//! Run ─┬─ Commit, Machine, Toolchain      where the numbers come from
//!      ├─ Entry ─┬─ CaseInfo              which case
//!      │         ├─ Metric → Value        what it did to the heap, exact or sampled
//!      │         ├─ Time, instructions    how long it took, where that was measured
//!      │         ├─ Growth                what lives after many iterations, where it grows
//!      │         └─ hash of a Tape        the shape of one iteration
//!      ├─ Failure                         a case that could not be measured, and why
//!      └─ hash → Tape                     each different tape once
//! ```
//!
//! This module holds no behaviour that reads files, clocks or the environment. Every key is
//! documented in `results/README.md`; the layout has a version, [`SCHEMA`].

mod allocators;
mod ambiguous;
mod brief;
mod calibration;
mod callsite;
mod case;
mod check;
mod contention;
mod entry;
mod growth;
mod id;
mod metric;
mod observation;
mod provenance;
mod rate;
mod run;
#[cfg(feature = "report")]
mod schema;
mod slug;
mod tape;
mod time;
mod tools;

pub use allocators::{
    Allocator, AllocatorCase, AllocatorHeld, AllocatorMeasurement, AllocatorResult, AllocatorStudy,
    AllocatorTurn, Sample,
};
pub use calibration::{Calibration, Coverage, Judge, Planted, Verdicts};
pub use callsite::{Callsite, Frame};
pub use case::{CaseInfo, GroupInfo};
pub use check::{Fault, check};
pub use contention::{ContentionMeasurement, ContentionResult, ContentionStudy};
pub use entry::{Doubt, Entry, Expected, Failure, Spread, Value};
pub use growth::{GrowingSite, Growth, NO_ALLOCATION, Verdict};
pub use id::{Clash, Key, resolve};
pub use metric::{Metric, Unit};
pub use observation::{Counts, Observation};
pub use provenance::Provenance;
pub use rate::{CHECKPOINTS, Rate, RateRange, Totals};
pub use run::{COUNT_METHOD, Commit, CountSettings, HashSeeds, Machine, Run, Suite, Toolchain};
#[cfg(feature = "report")]
pub use schema::json_schema;
pub use slug::slug;
pub use tape::{MAX_POINTS, Tape};
pub use time::{InstructionSettings, Interval, MachineState, Time, TimeSettings};
pub use tools::{ToolAgreement, ToolCell, ToolRow, ToolStudy, ToolSubject, ToolTotal, ToolVerdict};

/// The version of the record layout that this build writes.
///
/// A record of a newer version is refused by name; an older one is upgraded when it is read.
pub const SCHEMA: u32 = 2;
