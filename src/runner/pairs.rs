//! Times two builds beside each other, unit by unit.
//!
//! ```text
//!  unit 1   a layout of the base, another one of it, one of the head; cases in random order,
//!           each with one heap, its launches in random order
//!  unit 2   other layouts, another heap …
//!  …        until each case has the units that all get
//!  further  only cases that are not decided, within the budget
//! ```
//!
//! A launch is short, since it is the layout that has to be another one each time. Of the batches
//! of a side in a unit the fastest counts: whoever shares the processor only adds to a time.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::suite::Suite;
use crate::analysis::Unit;
use crate::event::{Event, Listener};
use crate::launch::LaunchError;
use crate::protocol::Launch;
use crate::record::Failure;

/// How much time to spend on a comparison of times.
#[derive(Clone, Debug, PartialEq)]
pub struct PairPlan {
    /// What layouts, heaps and orders are drawn from.
    pub seed: u32,
    /// Units that every case gets.
    pub units: u32,
    /// Units that a case gets which these do not decide.
    pub max_units: u32,
    /// No unit begins when so much time has passed.
    pub budget: Duration,
}

/// Launches of each side in a unit.
const LAUNCHES: usize = 2;

/// Timed batches in a launch, and how long each is meant to be.
const BATCHES: u32 = 2;
const BATCH_MICROSECONDS: u32 = 150;

/// Units whose layouts are linked at once.
const AHEAD: u32 = 8;

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Paired {
    /// The units of each case, by its id.
    pub units: BTreeMap<String, Vec<Unit>>,
    /// Cases that could not be timed.
    pub failures: Vec<Failure>,
    /// Why the code ran in one layout only; `None` where it was shuffled.
    pub not_shuffled: Option<String>,
}

#[derive(Clone, Copy)]
enum Side {
    Base,
    Again,
    Head,
}

/// Times `cases` of both suites; `undecided` says of what a case has so far whether it wants more.
///
/// # Errors
///
/// Only where the run was interrupted.
pub fn pair(
    base: &mut dyn Suite,
    head: &mut dyn Suite,
    cases: &[String],
    plan: &PairPlan,
    undecided: impl Fn(&BTreeMap<String, Vec<Unit>>) -> Vec<String>,
    listener: &mut dyn Listener,
) -> Result<Paired, LaunchError> {
    let started = Instant::now();
    let mut random = fastrand::Rng::with_seed(u64::from(plan.seed));
    let mut paired = Paired::default();
    let mut waiting = cases.to_vec();
    for unit in 0..plan.max_units {
        if unit == plan.units {
            waiting = undecided(&paired.units);
            waiting.retain(|id| !paired.has_failed(id));
        }
        if waiting.is_empty() || started.elapsed() >= plan.budget {
            break;
        }
        if unit.is_multiple_of(AHEAD) && paired.not_shuffled.is_none() {
            let layouts = unit + AHEAD;
            if unit == 0 {
                let layouts = 3 * plan.units;
                listener.on(&Event::LayingOut { layouts });
            }
            let of_base = base.lay_out(plan.seed, 2 * layouts);
            let laid_out = of_base.and_then(|()| head.lay_out(!plan.seed, layouts));
            paired.not_shuffled = laid_out.err();
            listener.on(&Event::Timing {
                launches: AHEAD as usize * waiting.len() * 3 * LAUNCHES,
            });
        }
        random.shuffle(&mut waiting);
        for id in &waiting {
            let launch = Launch {
                heap_seed: random.u32(..),
                batches: BATCHES,
                batch_microseconds: BATCH_MICROSECONDS,
            };
            let mut order: Vec<Side> = [Side::Base, Side::Again, Side::Head].repeat(LAUNCHES);
            random.shuffle(&mut order);
            let mut fastest = [u64::MAX; 3];
            for side in order {
                listener.on(&Event::Launching { id: id.clone() });
                let told = match side {
                    Side::Base => base.time(id, 2 * unit, launch),
                    Side::Again => base.time(id, 2 * unit + 1, launch),
                    Side::Head => head.time(id, unit, launch),
                };
                match told {
                    Ok(batches) => {
                        let best = batches.picoseconds.into_iter().min().unwrap_or(u64::MAX);
                        let fastest = &mut fastest[side as usize];
                        *fastest = best.min(*fastest);
                    }
                    Err(LaunchError::Interrupted) => return Err(LaunchError::Interrupted),
                    Err(error) => {
                        paired.fail(id, &error.to_string());
                        break;
                    }
                }
            }
            if let [base, again, head] = fastest
                && !fastest.contains(&u64::MAX)
            {
                let unit = Unit { base, again, head };
                paired.units.entry(id.clone()).or_default().push(unit);
            }
        }
        waiting.retain(|id| !paired.has_failed(id));
    }
    listener.on(&Event::Timed);
    Ok(paired)
}

impl Paired {
    fn has_failed(&self, id: &str) -> bool {
        self.failures.iter().any(|failure| failure.id == id)
    }

    fn fail(&mut self, id: &str, reason: &str) {
        self.units.remove(id);
        self.failures.push(Failure {
            id: id.to_owned(),
            reason: format!("while it was timed: {reason}"),
        });
    }
}
