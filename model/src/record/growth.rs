use crate::json::json_object;
#[cfg(feature = "records")]
use {
    schemars::JsonSchema,
    serde::{Deserialize, Serialize},
};

#[cfg(feature = "records")]
use super::stored::Expected;
use super::{Frame, NO_ALLOCATION, Verdict};

/// What lives after each of many iterations of one case in one process, and what that says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "records", derive(Serialize, Deserialize, JsonSchema))]
pub struct Growth {
    /// The verdict.
    pub verdict: Verdict,
    /// What the case declares; absent where it declares nothing.
    #[cfg_attr(
        feature = "records",
        serde(skip_serializing_if = "Option::is_none", default)
    )]
    pub declared: Option<Verdict>,
    /// Why, in words.
    pub reason: String,
    /// Iterations that were run.
    pub steps: u64,
    /// Bytes by which it grows in a million iterations; 0 unless it leaks.
    #[cfg_attr(feature = "records", serde(skip_serializing_if = "is_zero", default))]
    pub bytes_per_million: i64,
    /// Blocks by which it grows in a million iterations; 0 unless it leaks.
    #[cfg_attr(feature = "records", serde(skip_serializing_if = "is_zero", default))]
    pub blocks_per_million: i64,
    /// Lowest live bytes in each of some equal parts of the iterations, above those before.
    pub floor: Vec<i64>,
    /// Highest live bytes in each of the same parts; absent where they are the lowest as well.
    #[cfg_attr(
        feature = "records",
        serde(skip_serializing_if = "Vec::is_empty", default)
    )]
    pub ceiling: Vec<i64>,
    /// Where the memory that stays comes from, most bytes first; of a leak only.
    #[cfg_attr(
        feature = "records",
        serde(skip_serializing_if = "Vec::is_empty", default)
    )]
    pub callsites: Vec<GrowingSite>,
}

impl Growth {
    /// Whether it leaks, and did not say so.
    pub fn is_undeclared_leak(&self) -> bool {
        self.verdict == Verdict::Leak && self.declared != Some(Verdict::Leak)
    }

    /// Whether it declares something else than what was found.
    pub fn is_unlike_declared(&self) -> bool {
        self.declared
            .is_some_and(|declared| declared != self.verdict)
    }

    /// What to ask where there was nothing to look at, since no iteration allocated.
    pub fn hint(&self) -> Option<&'static str> {
        let is_unused = self.verdict == Verdict::Steady && self.reason.ends_with(NO_ALLOCATION);
        is_unused.then_some(NO_ALLOCATION)
    }

    /// Whether it says more than that a case which declares nothing does not grow.
    pub fn is_telling(&self) -> bool {
        self.declared.is_some() || self.verdict != Verdict::Steady
    }

    /// What the case declares as a claim, as in `growth == leak`, and whether that was found.
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

    /// Highest live bytes in each part.
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
    /// Bytes that stay in a million iterations.
    pub bytes_per_million: i64,
    /// Blocks that stay in a million iterations.
    pub blocks_per_million: i64,
    /// Innermost first, of the program itself.
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
