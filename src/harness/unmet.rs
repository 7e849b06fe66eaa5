//! Compares the assertions of a case with the counts of one iteration.

use crate::bencher::Instance;
use heapmark_model::record::Observation;

/// The first assertion of the case that fails for `observation`, as in
/// `asserts allocs == 0, counted 1`.
pub(super) fn unmet(instance: &Instance, observation: &Observation) -> Option<String> {
    let size = instance.size();
    let mut assertions = instance.case.assertions.iter();
    let broken = assertions.find(|one| !one.is_met(size, observation))?;
    let counted = observation.get(broken.metric);
    let counted = counted.map_or_else(|| "an unknown number".to_owned(), |value| value.to_string());
    Some(format!("asserts {}, counted {counted}", broken.claim(size)))
}
