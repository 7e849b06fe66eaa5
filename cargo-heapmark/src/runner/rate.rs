//! The rate pass: cases that vary are run over many iterations, in many processes.

use super::suite::Suite;
use crate::event::{Event, Listener};
use heapmark_model::analysis;
use heapmark_model::launch::LaunchError;
use heapmark_model::record::{Entry, Metric, Totals};

/// Processes that a range is taken over. Of two sides that do not differ, ten and ten processes
/// have ranges that do not overlap once in 92,378 times: 2 · 10! · 10! / 20!.
pub const RATE_PROCESSES: u32 = 10;

/// Whether a headline metric of the case varies, so that single iterations do not tell enough.
pub fn varies(entry: &Entry) -> bool {
    let is_exact = |metric| entry.metrics.get(metric).is_some_and(|value| value.exact);
    !Metric::HEADLINE.iter().all(is_exact)
}

/// Adds the rates of its metrics to each of `entries` that `is_wanted`. A case whose suite cannot
/// run it for long stays without.
///
/// # Errors
///
/// Only if the run was interrupted.
pub fn rates(
    suite: &mut dyn Suite,
    entries: &mut [Entry],
    is_wanted: impl Fn(&Entry) -> bool,
    listener: &mut dyn Listener,
) -> Result<(), LaunchError> {
    for entry in entries.iter_mut().filter(|entry| is_wanted(entry)) {
        let id = entry.case.id.clone();
        listener.on(&Event::Varying { id: id.clone() });
        let processes: Result<Vec<Vec<Totals>>, LaunchError> =
            (0..RATE_PROCESSES).map(|_| suite.totals(&id)).collect();
        match processes {
            Ok(processes) => analysis::rate(entry, &processes),
            Err(LaunchError::Interrupted) => return Err(LaunchError::Interrupted),
            // The case was counted, and what was counted stands.
            Err(_) => {}
        }
    }
    Ok(())
}
