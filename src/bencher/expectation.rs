use std::fmt;

use heapmark_model::record::{Metric, Observation};

/// What a case says it holds true of one iteration, as in `allocs == 1`.
#[derive(Clone, Copy)]
pub struct Expectation {
    /// The metric that it speaks of.
    pub metric: Metric,
    /// How the metric relates to the value.
    pub relation: Relation,
    /// The value at a case's parameter; cases without one pass 0.
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

impl Expectation {
    /// The claim in words, as in `bytes == 64`.
    pub fn claim(&self, parameter: usize) -> String {
        format!(
            "{} {} {}",
            self.metric.key(),
            self.relation,
            (self.value)(parameter)
        )
    }

    /// Whether `observation` keeps the claim; a value that is not known does not.
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
