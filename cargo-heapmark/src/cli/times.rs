//! The times of a comparison: how many units, and within which budget.

use std::time::Duration;

use super::CliError;
use super::effort::random;
use super::report::interrupted;
use super::side::Side;
use crate::event::Listener;
use crate::runner::{self, PairPlan};
use heapmark_model::analysis::{
    Comparison, Prior, SMALLEST_CHANGE, SMALLEST_CHANGE_OF_ONE_LAYOUT, times,
};
use heapmark_model::record::Failure;

/// How times are compared.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct TimeArguments {
    /// Compare the counts, and no times.
    #[arg(long, conflicts_with_all = ["thorough", "time_budget", "seed"])]
    pub counts_only: bool,
    /// Four times the units, for changes of one or two percent.
    #[arg(long)]
    pub thorough: bool,
    /// No further times are taken after so many seconds [default: 60; 300 with --thorough].
    #[arg(long, value_name = "SECONDS")]
    pub time_budget: Option<u64>,
    /// What code layouts, heaps and the order of launches are drawn from [default: random].
    #[arg(long, value_name = "NUMBER")]
    pub seed: Option<u32>,
}

impl TimeArguments {
    /// How to take times.
    pub fn plan(&self) -> PairPlan {
        let (units, seconds) = if self.thorough { (128, 300) } else { (32, 60) };
        PairPlan {
            seed: self.seed.unwrap_or_else(random),
            units,
            budget: Duration::from_secs(self.time_budget.unwrap_or(seconds)),
        }
    }
}

/// Times every case that both sides have, and adds what that says to `comparison`.
pub(super) fn compare(
    arguments: &TimeArguments,
    base: &mut Side<'_>,
    head: &mut Side<'_>,
    comparison: &mut Comparison,
    listener: &mut dyn Listener,
) -> Result<(), CliError> {
    let priors = comparison.changes.iter().filter_map(|change| {
        let id = &change.id;
        let prior = Prior::new(base.entry(id)?, head.entry(id)?);
        Some((id.clone(), prior))
    });
    let priors = priors.collect();
    let (base, head) = (base.suite(), head.suite());
    let plan = arguments.plan();
    let paired = runner::pair(base, head, priors, &plan, listener).map_err(interrupted)?;
    let minimum = match &paired.not_shuffled {
        None => SMALLEST_CHANGE,
        Some(_) => SMALLEST_CHANGE_OF_ONE_LAYOUT,
    };
    let mut times = times(&paired.times, minimum);
    times.not_shuffled = paired.not_shuffled;
    comparison.attach(times);
    extend(&mut comparison.base.failures, paired.failed_in_base);
    extend(&mut comparison.head.failures, paired.failed_in_head);
    Ok(())
}

fn extend(failures: &mut Vec<Failure>, new: Vec<Failure>) {
    for failure in new {
        if !failures.iter().any(|known| known.id == failure.id) {
            failures.push(failure);
        }
    }
}
