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

// What a test or a program may meet.
mod frame;
mod verdict;

// What a bench binary measures.
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
mod tape;
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
    tape::{MAX_POINTS, Tape},
    value::{Doubt, Spread, Value},
};

#[cfg(feature = "records")]
pub use stored::*;
