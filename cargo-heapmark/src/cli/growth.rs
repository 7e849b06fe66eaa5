//! Adds to the entries of a report whether their cases grow.

use std::collections::BTreeMap;

use super::CliError;
use super::report::interrupted;
use crate::event::Listener;
use crate::runner::{self, Suite};
use heapmark_model::record::{Entry, Failure, Growth};

/// Looks for growth over many iterations, and adds the result to the entries of the cases that grow
/// or that declare their growth. Returns the cases that could not be repeated.
pub(super) fn look_for_growth(
    suite: &mut dyn Suite,
    entries: &mut [Entry],
    listener: &mut dyn Listener,
) -> Result<Vec<Failure>, CliError> {
    let ids: Vec<String> = entries.iter().map(|entry| entry.case.id.clone()).collect();
    let Some(grown) = runner::growth(suite, &ids, listener).map_err(interrupted)? else {
        return Ok(Vec::new());
    };
    let mut found: BTreeMap<String, Growth> = grown.cases.into_iter().collect();
    for entry in entries {
        if let Some(growth) = found.remove(&entry.case.id) {
            entry.expected.extend(growth.claim());
            entry.growth = growth.is_telling().then(|| Box::new(growth));
        }
    }
    Ok(grown.failures)
}
