use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CaseInfo, Growth, Metric, Time, Value, brief};

/// The numbers of one case in one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// Which case.
    #[serde(flatten)]
    pub case: CaseInfo,
    /// What one iteration did to the heap.
    pub metrics: BTreeMap<Metric, Value>,
    /// Requests by size, as pairs of the power of two at or above the requested size in bytes and
    /// the number of requests, smallest first. A realloc is a request for its new size.
    pub size_classes: Vec<(u64, u64)>,
    /// The key of the case's tape in the record's `tapes`; absent where other threads allocate.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tape: Option<String>,
    /// Whether threads other than the one that ran the routine touched the heap.
    pub other_threads: bool,
    /// What the case says it holds true, and whether it did.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub expected: Vec<Expected>,
    /// How long one iteration takes; absent where it was not timed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub time: Option<Time>,
    /// Instructions that one iteration executes; absent where they were not counted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub instructions: Option<Value>,
    /// What lives after many iterations; absent where it was not looked at, and where nothing
    /// grows in a case that declares nothing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub growth: Option<Box<Growth>>,
}

impl Entry {
    /// The value of `metric`, if it was measured and known.
    pub fn get(&self, metric: Metric) -> Option<i64> {
        self.metrics.get(&metric)?.value
    }

    /// Whether it leaks, and did not say so.
    pub fn leaks_undeclared(&self) -> bool {
        let growth = self.growth.as_deref();
        growth.is_some_and(Growth::is_undeclared_leak)
    }

    /// Whether every heap metric of the case is exact.
    pub fn is_exact(&self) -> bool {
        self.metrics.values().all(|value| value.exact)
    }
}

/// One thing that a case says it holds true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "brief::Expected", into = "brief::Expected")]
pub struct Expected {
    /// The claim, as in `allocs == 1`.
    pub claim: String,
    /// Whether every repetition kept it.
    pub met: bool,
}

/// A case that could not be measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Failure {
    /// The case.
    pub id: String,
    /// What happened, as in `panicked: index out of bounds`.
    pub reason: String,
}
