//! The types that only the tool reads and writes.

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
    CaseInfo, Frame, GroupInfo, Growth, HashSeeds, Instability, Key, Metric, Rate, Spread,
    Timeline, Value,
};
pub use allocators::{
    Allocator, AllocatorCase, AllocatorHeld, AllocatorMeasurement, AllocatorRecord,
    AllocatorResult, AllocatorTurn, Sample,
};
pub use calibration::{Calibration, Coverage, Judge, Planted, Verdicts};
pub use check::{Fault, check};
pub use contention::{ContentionMeasurement, ContentionRecord, ContentionResult};
pub use entry::{Entry, Expected, Failure};
pub use provenance::Provenance;
pub use run::{COUNT_METHOD, Commit, CountSettings, Machine, Run, Suite, Toolchain};
pub use schema::json_schema;
pub use time::{InstructionSettings, Interval, MachineState, Time, TimeSettings};
pub use tools::{
    ToolAgreement, ToolCell, ToolRecord, ToolRow, ToolSubject, ToolTotal, ToolVerdict,
};

/// The version of the record format that this build writes.
///
/// Older records are upgraded when they are read. A newer record is an error that names its
/// version.
pub const SCHEMA: u32 = 2;
