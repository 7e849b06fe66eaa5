//! The growth pass: every case in one process, repeated until it is sure whether it grows.

use super::suite::Suite;
use crate::event::{Event, Listener};
use heapmark_model::launch::LaunchError;
use heapmark_model::record::{Failure, Growth};

/// What the pass found.
#[derive(Clone, Debug, Default)]
pub struct Grown {
    /// The ids of the cases that could be repeated, in the order asked, with what was found.
    pub cases: Vec<(String, Growth)>,
    /// The others.
    pub failures: Vec<Failure>,
}

/// Repeats the cases of these ids one after another; one that fails does not stop the others.
/// `None` where the suite cannot look, as one that was built with an older heapmark.
///
/// # Errors
///
/// Only where the run was interrupted.
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
