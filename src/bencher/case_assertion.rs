//! Case assertions: what the source asserts of one iteration.

use std::fmt;

use heapmark_model::record::{Metric, Observation};

/// An assertion of a case about one iteration, such as `allocs == 1`.
#[derive(Clone, Copy)]
pub struct CaseAssertion {
    /// The metric that is compared.
    pub metric: Metric,
    /// How the metric must relate to the value.
    pub relation: Relation,
    /// Returns the expected value for the parameter of a case. The argument is 0 if the case has
    /// no parameter.
    pub value: fn(usize) -> i64,
}

/// How a measured value relates to an expected one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// `==`
    Equal,
    /// `<=`
    AtMost,
    /// `>=`
    AtLeast,
}

impl CaseAssertion {
    /// The assertion as text, such as `bytes == 64`.
    pub fn claim(&self, parameter: usize) -> String {
        format!(
            "{} {} {}",
            self.metric.key(),
            self.relation,
            (self.value)(parameter)
        )
    }

    /// Whether the assertion passes for `observation`. It fails if the value is unknown.
    pub fn is_met(&self, parameter: usize, observation: &Observation) -> bool {
        let expected = (self.value)(parameter);
        observation
            .get(self.metric)
            .is_some_and(|value| match self.relation {
                Relation::Equal => value == expected,
                Relation::AtMost => value <= expected,
                Relation::AtLeast => value >= expected,
            })
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "==",
            Self::AtMost => "<=",
            Self::AtLeast => ">=",
        })
    }
}
