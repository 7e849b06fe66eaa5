//! The rate pass: runs cases that vary over many iterations, in many processes.

use super::suite::Suite;
use crate::event::{Event, Listener};
use heapmark_model::analysis;
use heapmark_model::launch::LaunchError;
use heapmark_model::record::{Entry, Metric, Totals};

/// The number of processes over which a range is taken. If two sides do not differ, the ranges of
/// ten and ten processes fail to overlap once in 92,378 times: 2 · 10! · 10! / 20!.
pub const RATE_PROCESSES: u32 = 10;

/// Whether a headline metric of the case varies, so that single iterations are not enough.
pub fn varies(entry: &Entry) -> bool {
    let is_exact = |metric| entry.metrics.get(metric).is_some_and(|value| value.exact);
    !Metric::HEADLINE.iter().all(is_exact)
}

/// Adds the rates of the metrics to each of `entries` for which `is_wanted` returns true. If a case
/// cannot be run over many iterations, its entry has no rates.
///
/// # Errors
///
/// Only if the run is interrupted.
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
            // The counts of the case are still valid.
            Err(_) => {}
        }
    }
    Ok(())
}
