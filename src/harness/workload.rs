//! What the worker needs to know about a case, whether a bench target lists it or registers it
//! while the program runs.

use crate::bencher::{Bencher, CaseAssertion, Instance};
use heapmark_model::record::Verdict;

/// A case that can be measured.
pub(super) trait Workload {
    /// The worker's id of the case.
    fn id(&self) -> &str;

    /// Runs the case under `bencher`.
    fn run(&self, bencher: &mut Bencher<'_>);

    /// The assertions about one iteration.
    fn assertions(&self) -> &[CaseAssertion] {
        &[]
    }

    /// The size with which the assertions are evaluated.
    fn size(&self) -> usize {
        0
    }

    /// The declared verdict on the growth of live memory.
    fn declared_growth(&self) -> Option<Verdict> {
        None
    }
}

impl Workload for Instance {
    fn id(&self) -> &str {
        self.id()
    }

    fn run(&self, bencher: &mut Bencher<'_>) {
        self.run(bencher);
    }

    fn assertions(&self) -> &[CaseAssertion] {
        self.case.assertions
    }

    fn size(&self) -> usize {
        self.size()
    }

    fn declared_growth(&self) -> Option<Verdict> {
        self.case.growth
    }
}
