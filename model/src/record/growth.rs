//! The live memory of a case over many iterations.

use crate::json::json_object;
#[cfg(feature = "records")]
use {
    schemars::JsonSchema,
    serde::{Deserialize, Serialize},
};

#[cfg(feature = "records")]
use super::stored::Expected;
use super::{Frame, NO_ALLOCATION, Verdict};

/// The live memory of one case over many iterations in one process, with the verdict on it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "records", derive(Serialize, Deserialize, JsonSchema))]
pub struct Growth {
    /// The verdict.
    pub verdict: Verdict,
    /// The verdict that the case declares; absent if it declares none.
    #[cfg_attr(
        feature = "records",
        serde(skip_serializing_if = "Option::is_none", default)
    )]
    pub declared: Option<Verdict>,
    /// The reason for the verdict, as text.
    pub reason: String,
    /// The number of iterations.
    pub steps: u64,
    /// The growth in bytes per million iterations; 0 unless it leaks.
    #[cfg_attr(feature = "records", serde(skip_serializing_if = "is_zero", default))]
    pub bytes_per_million: i64,
    /// The growth in blocks per million iterations; 0 unless it leaks.
    #[cfg_attr(feature = "records", serde(skip_serializing_if = "is_zero", default))]
    pub blocks_per_million: i64,
    /// The lowest live bytes in each of several equal parts of the iterations, above the start.
    pub floor: Vec<i64>,
    /// The highest live bytes in each of these parts; absent if they equal the lowest ones.
    #[cfg_attr(
        feature = "records",
        serde(skip_serializing_if = "Vec::is_empty", default)
    )]
    pub ceiling: Vec<i64>,
    /// The call sites of the memory that stays, most bytes first; only for a leak.
    #[cfg_attr(
        feature = "records",
        serde(skip_serializing_if = "Vec::is_empty", default)
    )]
    pub callsites: Vec<GrowingSite>,
}

impl Growth {
    /// Whether it leaks without declaring it.
    pub fn is_undeclared_leak(&self) -> bool {
        self.verdict == Verdict::Leak && self.declared != Some(Verdict::Leak)
    }

    /// Whether the declared verdict differs from the actual one.
    pub fn is_unlike_declared(&self) -> bool {
        self.declared
            .is_some_and(|declared| declared != self.verdict)
    }

    /// A hint for the user if no iteration allocated, so that there was nothing to judge.
    pub fn hint(&self) -> Option<&'static str> {
        let is_unused = self.verdict == Verdict::Steady && self.reason.ends_with(NO_ALLOCATION);
        is_unused.then_some(NO_ALLOCATION)
    }

    /// Whether the verdict is worth showing: the case declares one, or is not steady.
    pub fn is_telling(&self) -> bool {
        self.declared.is_some() || self.verdict != Verdict::Steady
    }

    /// The declaration as a case assertion, as in `growth == leak`, and whether it passes.
    #[cfg(feature = "records")]
    pub fn claim(&self) -> Option<Expected> {
        let word = match self.declared? {
            Verdict::Steady => "steady",
            Verdict::Leak => "leak",
            Verdict::Retains => "retains",
            Verdict::Undecided => "undecided",
        };
        Some(Expected {
            claim: format!("growth == {word}"),
            met: !self.is_unlike_declared(),
        })
    }

    /// The highest live bytes in each part.
    pub fn highest(&self) -> &[i64] {
        if self.ceiling.is_empty() {
            &self.floor
        } else {
            &self.ceiling
        }
    }
}

/// A call stack whose memory stays.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "records", derive(Serialize, Deserialize, JsonSchema))]
pub struct GrowingSite {
    /// Bytes per million iterations that stay.
    pub bytes_per_million: i64,
    /// Blocks per million iterations that stay.
    pub blocks_per_million: i64,
    /// Innermost first; only frames of the program itself.
    pub frames: Vec<Frame>,
}

#[cfg(feature = "records")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

json_object!(GrowingSite {
    bytes_per_million,
    blocks_per_million,
    frames
});
json_object!(Growth { verdict, declared, reason, steps, floor } default {
    bytes_per_million,
    blocks_per_million,
    ceiling,
    callsites
});
