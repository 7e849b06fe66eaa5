//! Compares the instructions of a case in two runs. Unlike times, they do not depend on how busy
//! the machine is; they do not show the effect of caches.

use serde::Serialize;

use crate::record::{Entry, Run};

/// The instructions of a case, exact on both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct InstructionChange {
    /// The verdict.
    pub verdict: InstructionVerdict,
    /// Instructions of one iteration in the earlier run.
    pub before: i64,
    /// Instructions of one iteration in the later run.
    pub after: i64,
}

/// The verdict on the instructions of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum InstructionVerdict {
    /// The same number, or so close that the routine may be unchanged.
    Same,
    /// More.
    Worse,
    /// Fewer.
    Better,
}

/// Differences below this can come from how the compiler joins a routine to the marks around it.
const JOINTS: u64 = 5;

/// Whether both runs counted instructions in the same way, and can be compared.
pub(super) fn are_comparable(earlier: &Run, later: &Run) -> bool {
    match (&earlier.instructions, &later.instructions) {
        (Some(before), Some(after)) => {
            before.valgrind == after.valgrind && before.hash_seeds == after.hash_seeds
        }
        _ => false,
    }
}

/// The change of the instructions of a case; `None` unless both sides know them exactly.
pub(super) fn between(earlier: &Entry, later: &Entry) -> Option<InstructionChange> {
    let exact = |entry: &Entry| {
        let value = entry.instructions.as_ref()?;
        value.value.filter(|_| value.exact)
    };
    let (before, after) = (exact(earlier)?, exact(later)?);
    let by = after.abs_diff(before);
    // One per cent, as for times.
    let is_little = by < JOINTS || by.saturating_mul(100) < before.unsigned_abs();
    let verdict = match after.cmp(&before) {
        _ if is_little => InstructionVerdict::Same,
        std::cmp::Ordering::Greater => InstructionVerdict::Worse,
        _ => InstructionVerdict::Better,
    };
    Some(InstructionChange {
        verdict,
        before,
        after,
    })
}

#[cfg(test)]
mod tests {
    use super::{InstructionVerdict, between};
    use crate::analysis::planted::run;
    use crate::record::Value;

    fn verdict(before: Option<i64>, after: Option<i64>) -> Option<InstructionVerdict> {
        let entry = |instructions: Option<i64>| {
            let mut entry = run(&["a/x"]).entries.remove(0);
            entry.instructions = instructions.map(Value::exact);
            entry
        };
        between(&entry(before), &entry(after)).map(|change| change.verdict)
    }

    #[test]
    fn more_is_worse_and_differences_of_joints_or_below_one_per_cent_are_the_same() {
        use InstructionVerdict::{Better, Same, Worse};
        assert_eq!(verdict(Some(100), Some(105)), Some(Worse));
        assert_eq!(verdict(Some(105), Some(100)), Some(Better));
        assert_eq!(verdict(Some(100), Some(104)), Some(Same));
        assert_eq!(verdict(Some(10_000), Some(10_099)), Some(Same));
        assert_eq!(verdict(Some(10_000), Some(10_100)), Some(Worse));
        assert_eq!(verdict(None, Some(100)), None);
    }

    #[test]
    fn a_sample_is_not_judged() {
        let mut sampled = run(&["a/x"]).entries.remove(0);
        sampled.instructions = Some(Value {
            exact: false,
            ..Value::exact(100)
        });
        assert_eq!(between(&sampled, &sampled), None);
    }
}
