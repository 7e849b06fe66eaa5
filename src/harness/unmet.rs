//! Compares the assertions of a case with the counts of one iteration.

use super::workload::Workload;
use heapmark_model::record::Observation;

/// The first assertion of the case that fails for `observation`, as in
/// `asserts allocs == 0, counted 1`.
pub(super) fn unmet(workload: &dyn Workload, observation: &Observation) -> Option<String> {
    let size = workload.size();
    let mut assertions = workload.assertions().iter();
    let broken = assertions.find(|one| !one.is_met(size, observation))?;
    let counted = observation.get(broken.metric);
    let counted = counted.map_or_else(|| "an unknown number".to_owned(), |value| value.to_string());
    Some(format!("asserts {}, counted {counted}", broken.claim(size)))
}
