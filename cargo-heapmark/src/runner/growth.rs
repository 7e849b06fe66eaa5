//! The growth pass: repeats every case in one process until it is decided whether it grows.

use super::suite::Suite;
use crate::event::{Event, Listener};
use heapmark_model::launch::LaunchError;
use heapmark_model::record::{Failure, Growth};

/// The result of the growth pass.
#[derive(Clone, Debug, Default)]
pub struct Grown {
    /// The ids of the cases that could be repeated, in the order of `ids`, with the results.
    pub cases: Vec<(String, Growth)>,
    /// The cases that could not be repeated.
    pub failures: Vec<Failure>,
}

/// Repeats the cases with these ids one after another. A case that fails does not stop the others.
/// Returns `None` if the suite does not support the pass, because its heapmark is older.
///
/// # Errors
///
/// Only if the run is interrupted.
pub fn growth(
    suite: &mut dyn Suite,
    ids: &[String],
    listener: &mut dyn Listener,
) -> Result<Option<Grown>, LaunchError> {
    let mut grown = Grown::default();
    listener.on(&Event::Repeating { cases: ids.len() });
    for id in ids {
        match suite.growth(id) {
            Ok(Some(growth)) => grown.cases.push((id.clone(), growth)),
            Ok(None) => return Ok(None),
            Err(LaunchError::Interrupted) => return Err(LaunchError::Interrupted),
            Err(error) => grown.failures.push(Failure {
                id: id.clone(),
                reason: error.to_string(),
            }),
        }
        listener.on(&Event::Repeated { id: id.clone() });
    }
    Ok(Some(grown))
}
