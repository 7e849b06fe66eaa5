//! The data of one run of a suite, as stored in `results/`.
//!
//! ```text
//! Run ─┬─ Commit, Machine, Toolchain      where the numbers come from
//!      ├─ Entry ─┬─ CaseInfo              which case
//!      │         ├─ Metric → Value        what it did to the heap, exact or varying
//!      │         ├─ Time, instructions    how long it took, if that was measured
//!      │         ├─ Growth                what stays after many iterations, if it grows
//!      │         └─ hash of a Timeline    the live bytes during one iteration
//!      ├─ Failure                         a case that could not be measured, and why
//!      └─ hash → Timeline                 each distinct timeline once
//! ```
//!
//! Nothing in this module reads files, clocks or the environment. `results/README.md` documents
//! every key; [`SCHEMA`] is the version of the format.

// For tests and programs.
mod frame;
mod verdict;

// For bench binaries.
#[cfg(feature = "worker")]
mod callsite;
#[cfg(feature = "worker")]
mod case;
#[cfg(feature = "worker")]
mod growth;
#[cfg(feature = "worker")]
mod hash_seeds;
#[cfg(feature = "worker")]
mod id;
#[cfg(feature = "worker")]
mod metric;
#[cfg(feature = "worker")]
mod observation;
#[cfg(feature = "worker")]
mod rate;
#[cfg(feature = "worker")]
mod slug;
#[cfg(feature = "worker")]
mod timeline;
#[cfg(feature = "worker")]
mod value;

#[cfg(feature = "records")]
mod stored;

pub use frame::Frame;
pub use verdict::{NO_ALLOCATION, Verdict};

#[cfg(feature = "worker")]
pub use {
    callsite::Callsite,
    case::{CaseInfo, GroupInfo},
    growth::{GrowingSite, Growth},
    hash_seeds::HashSeeds,
    id::{Clash, Key, resolve},
    metric::{Metric, Unit},
    observation::{Counts, Observation},
    rate::{CHECKPOINTS, Rate, RateRange, Totals},
    slug::slug,
    timeline::{MAX_POINTS, Timeline},
    value::{Instability, Spread, Value},
};

#[cfg(feature = "records")]
pub use stored::*;
