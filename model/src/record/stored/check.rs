//! Rejects runs with invalid content, whether they were just measured or come from a file.

use std::collections::BTreeMap;

use super::{CaseInfo, Entry, Key, Metric, Run, Value};

/// Why a run is invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Two entries have the same id.
    #[error("`{id}` is the id of two entries: {}, and {}", entries[0], entries[1])]
    Twice {
        /// The id.
        id: String,
        /// The names and the source file of each.
        entries: [String; 2],
    },
    /// A count that cannot be negative is below zero.
    #[error("`{id}` ({case}) has {value} for {key}, which cannot be negative")]
    Negative {
        /// The id.
        id: String,
        /// The names and the source file of the case.
        case: String,
        /// What was counted.
        key: String,
        /// The count.
        value: i64,
    },
}

/// Checks that every entry has a unique id, and that no count is negative except `retained`, which
/// is negative if an iteration frees more than it allocates.
///
/// # Errors
///
/// [`Fault`] for the first invalid entry.
pub fn check(run: &Run) -> Result<(), Fault> {
    let mut known: BTreeMap<&str, &CaseInfo> = BTreeMap::new();
    for entry in &run.entries {
        let case = &entry.case;
        if let Some(other) = known.insert(&case.id, case) {
            return Err(twice(other, case));
        }
        negative(entry)?;
    }
    Ok(())
}

/// The fault of two entries with the same id.
pub(super) fn twice(one: &CaseInfo, other: &CaseInfo) -> Fault {
    Fault::Twice {
        id: one.id.clone(),
        entries: [described(one), described(other)],
    }
}

fn negative(entry: &Entry) -> Result<(), Fault> {
    let counts = entry.metrics.iter();
    let counts = counts.filter(|(metric, _)| **metric != Metric::Retained);
    let counts = counts.map(|(metric, value)| (metric.key(), value));
    let instructions = entry.instructions.iter();
    for (key, value) in counts.chain(instructions.map(|value| ("instructions", value))) {
        if let Some(value) = lowest(value).filter(|lowest| *lowest < 0) {
            return Err(Fault::Negative {
                id: entry.case.id.clone(),
                case: described(&entry.case),
                key: key.to_owned(),
                value,
            });
        }
    }
    Ok(())
}

fn lowest(value: &Value) -> Option<i64> {
    let spread = value.spread.map(|spread| spread.min.min(spread.max));
    value.value.into_iter().chain(spread).min()
}

fn described(case: &CaseInfo) -> String {
    format!("{} in {}", Key::from_case(case).words(), case.file)
}
