//! The verdict on live memory over many steps.

use std::fmt;

/// Whether live memory grows with the number of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "records",
    derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema),
    serde(rename_all = "snake_case")
)]
pub enum Verdict {
    /// It did not grow over all steps.
    Steady,
    /// It grows without bound.
    Leak,
    /// After the declared spike, it stays far above what small steps need.
    Retains,
    /// The steps are not enough to decide.
    Undecided,
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Steady => "STEADY",
            Self::Leak => "LEAKS",
            Self::Retains => "RETAINS",
            Self::Undecided => "UNDECIDED",
        })
    }
}

/// The end of the reason for a steady verdict if no step allocated. The compiler may have removed
/// the code that was to be judged.
pub const NO_ALLOCATION: &str =
    "no step allocated anything; is the result passed through black_box?";

#[cfg(feature = "worker")]
crate::json::json_word!(Verdict {
    Steady = "steady",
    Leak = "leak",
    Retains = "retains",
    Undecided = "undecided",
});
