//! What only the tool reads and writes.

mod allocators;
mod ambiguous;
pub(super) mod brief;
mod calibration;
mod check;
mod contention;
mod entry;
mod provenance;
mod run;
mod schema;
mod time;
mod tools;

use super::{
    CaseInfo, Doubt, Frame, GroupInfo, Growth, HashSeeds, Key, Metric, Rate, Spread, Tape, Value,
};
pub use allocators::{
    Allocator, AllocatorCase, AllocatorHeld, AllocatorMeasurement, AllocatorResult, AllocatorStudy,
    AllocatorTurn, Sample,
};
pub use calibration::{Calibration, Coverage, Judge, Planted, Verdicts};
pub use check::{Fault, check};
pub use contention::{ContentionMeasurement, ContentionResult, ContentionStudy};
pub use entry::{Entry, Expected, Failure};
pub use provenance::Provenance;
pub use run::{COUNT_METHOD, Commit, CountSettings, Machine, Run, Suite, Toolchain};
pub use schema::json_schema;
pub use time::{InstructionSettings, Interval, MachineState, Time, TimeSettings};
pub use tools::{ToolAgreement, ToolCell, ToolRow, ToolStudy, ToolSubject, ToolTotal, ToolVerdict};

/// The version of the record layout that this build writes.
///
/// A record of a newer version is refused by name; an older one is upgraded when it is read.
pub const SCHEMA: u32 = 2;
