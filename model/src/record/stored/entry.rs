//! The part of a run that belongs to one case.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CaseInfo, Growth, Metric, Time, Value, brief};

/// The numbers of one case in one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// The case.
    #[serde(flatten)]
    pub case: CaseInfo,
    /// The heap metrics of one iteration.
    pub metrics: BTreeMap<Metric, Value>,
    /// Requests by size, smallest first: pairs of a power of two and the number of requests up to
    /// that many bytes. A realloc is a request for its new size.
    pub size_classes: Vec<(u64, u64)>,
    /// The key of the case's timeline in the record's `tapes`; absent if other threads allocate.
    #[serde(rename = "tape", skip_serializing_if = "Option::is_none", default)]
    pub timeline: Option<String>,
    /// Whether threads other than the one that ran the routine allocated or freed.
    pub other_threads: bool,
    /// The case assertions in the source, and whether they pass.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub expected: Vec<Expected>,
    /// How long one iteration takes; absent if it was not timed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub time: Option<Time>,
    /// The number of instructions of one iteration; absent if they were not counted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub instructions: Option<Value>,
    /// Live memory over many iterations. Absent if it was not measured, and if the case is steady
    /// and declares nothing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub growth: Option<Box<Growth>>,
}

impl Entry {
    /// The value of `metric`, if it was measured and is known.
    pub fn get(&self, metric: Metric) -> Option<i64> {
        self.metrics.get(&metric)?.value
    }

    /// Whether the case leaks without declaring it.
    pub fn leaks_undeclared(&self) -> bool {
        let growth = self.growth.as_deref();
        growth.is_some_and(Growth::is_undeclared_leak)
    }

    /// Whether every heap metric of the case is exact.
    pub fn is_exact(&self) -> bool {
        self.metrics.values().all(|value| value.exact)
    }
}

/// One case assertion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "brief::Expected", into = "brief::Expected")]
pub struct Expected {
    /// The case assertion, as in `allocs == 1`.
    pub claim: String,
    /// Whether every repetition passes it.
    pub met: bool,
}

/// A case that could not be measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Failure {
    /// The id of the case.
    pub id: String,
    /// What happened, as in `panicked: index out of bounds`.
    pub reason: String,
}
