//! The times of a comparison: how many paired rounds are run, and for how long at most.

use std::time::Duration;

use super::CliError;
use super::effort::random;
use super::report::interrupted;
use super::side::MeasuredSide;
use crate::event::Listener;
use crate::runner::{self, PairPlan};
use heapmark_model::analysis::{
    Comparison, Prior, SMALLEST_CHANGE, SMALLEST_CHANGE_OF_ONE_LINK_ORDER, times,
};
use heapmark_model::record::Failure;

/// Timing effort.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct TimeArguments {
    /// Compare only counts; do not measure times or instructions.
    #[arg(long, conflicts_with_all = ["thorough", "time_budget", "seed"])]
    pub counts_only: bool,
    /// Time each case up to four times as often, to find changes of 1 to 2 %.
    #[arg(long)]
    pub thorough: bool,
    /// Stop measuring times after this many seconds [default: 60, or 300 with --thorough].
    #[arg(long, value_name = "SECONDS")]
    pub time_budget: Option<u64>,
    /// Random seed for link order, heap state and run order [default: random].
    #[arg(long, value_name = "NUMBER")]
    pub seed: Option<u32>,
}

impl TimeArguments {
    /// How to measure times.
    pub fn plan(&self) -> PairPlan {
        let (rounds, seconds) = if self.thorough { (128, 300) } else { (32, 60) };
        PairPlan {
            seed: self.seed.unwrap_or_else(random),
            rounds,
            budget: Duration::from_secs(self.time_budget.unwrap_or(seconds)),
        }
    }
}

/// Times every case that both sides have, and adds the result to `comparison`.
pub(super) fn compare(
    arguments: &TimeArguments,
    base: &mut MeasuredSide<'_>,
    head: &mut MeasuredSide<'_>,
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
        Some(_) => SMALLEST_CHANGE_OF_ONE_LINK_ORDER,
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
