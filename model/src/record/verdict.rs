use std::fmt;

/// Whether live memory grows with the number of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "records",
    derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema),
    serde(rename_all = "snake_case")
)]
pub enum Verdict {
    /// It did not grow in all the steps.
    Steady,
    /// It rises without bound.
    Leak,
    /// After the declared burst it stayed far above what small steps need.
    Retains,
    /// It cannot be told.
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

/// What the reason of a steady verdict ends with if no step allocated anything: the compiler may have
/// removed what was to be looked at.
pub const NO_ALLOCATION: &str =
    "no step allocated anything; is the result passed through black_box?";

#[cfg(feature = "worker")]
crate::json::json_word!(Verdict {
    Steady = "steady",
    Leak = "leak",
    Retains = "retains",
    Undecided = "undecided",
});
