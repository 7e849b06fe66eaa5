//! What counts and instructions show about a case before its times are compared.

use serde::Serialize;

use crate::analysis::change::{CountVerdict, between};
use crate::analysis::{InstructionVerdict, instructions};
use crate::record::{Entry, Value};

/// What counts and instructions show about a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Prior {
    /// They changed, so the time has probably changed too.
    Changed,
    /// They are the same on both sides. Only what instructions do not show may have changed, such
    /// as the use of caches and branch prediction.
    Unchanged,
    /// Instructions are not known well enough on both sides.
    Unknown,
}

/// If instructions vary by less than this share over all repetitions of both sides, they would show
/// a change that is worth a verdict.
const STEADY: f64 = 0.05;

impl Prior {
    /// The prior of a case whose counts and instructions were taken in the same way on both sides.
    pub fn new(base: &Entry, head: &Entry) -> Self {
        let change = between(base, head);
        let exact = instructions::between(base, head);
        let is_moved = exact.is_some_and(|it| it.verdict != InstructionVerdict::Same);
        if change.has_moved() || is_moved {
            return Self::Changed;
        }
        let are_steady = match (&base.instructions, &head.instructions) {
            (Some(base), Some(head)) => exact.is_some() || are_alike(base, head),
            _ => false,
        };
        if change.verdict == CountVerdict::Same && are_steady {
            Self::Unchanged
        } else {
            Self::Unknown
        }
    }
}

/// Whether two varying numbers of instructions overlap and vary little.
fn are_alike(base: &Value, head: &Value) -> bool {
    let range = |value: &Value| {
        let one = value.value?;
        let spread = value.spread.map(|spread| (spread.min, spread.max));
        Some(spread.unwrap_or((one, one)))
    };
    let (Some(base), Some(head)) = (range(base), range(head)) else {
        return false;
    };
    let (low, high) = (base.0.min(head.0), base.1.max(head.1));
    let overlap = base.0.max(head.0) <= base.1.min(head.1);
    overlap && (high - low) as f64 <= STEADY * low.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::Prior;
    use crate::analysis::planted::entry;
    use crate::record::{Instability, Metric, Spread, Value};

    fn varies(min: i64, max: i64) -> Value {
        Value {
            exact: false,
            spread: Some(Spread { min, max }),
            why: Some(Instability::RepetitionsDiffer),
            ..Value::exact(i64::midpoint(min, max))
        }
    }

    fn prior(base: Option<Value>, head: Option<Value>, allocs: i64) -> Prior {
        let (mut earlier, mut later) = (entry("a/x"), entry("a/x"));
        earlier.instructions = base;
        later.instructions = head;
        later.metrics.insert(Metric::Allocs, Value::exact(allocs));
        Prior::new(&earlier, &later)
    }

    #[test]
    fn the_prior_follows_from_counts_and_instructions() {
        let exact = |number| Some(Value::exact(number));
        assert_eq!(prior(exact(1_000), exact(1_000), 1), Prior::Unchanged);
        assert_eq!(prior(exact(1_000), exact(1_050), 1), Prior::Changed);
        assert_eq!(prior(exact(1_000), exact(1_000), 2), Prior::Changed);
        assert_eq!(prior(exact(1_000), None, 1), Prior::Unknown);
        let near = Some(varies(1_000, 1_030));
        let far = Some(varies(1_031, 1_040));
        let wide = Some(varies(1_000, 1_100));
        assert_eq!(prior(near.clone(), near.clone(), 1), Prior::Unchanged);
        assert_eq!(prior(near.clone(), far, 1), Prior::Unknown);
        assert_eq!(prior(near, wide, 1), Prior::Unknown);
    }
}
