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
    /// Cases that could not be timed in the base.
    pub failed_in_base: Vec<Failure>,
    /// Cases that could not be timed in the head.
    pub failed_in_head: Vec<Failure>,
    /// Why the code ran in one layout only; `None` where it was shuffled.
    pub not_shuffled: Option<String>,
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
    let mut pair = Pair {
        base,
        head,
        random: fastrand::Rng::with_seed(u64::from(plan.seed)),
    };
    let mut paired = Paired::default();
    let mut waiting = cases.to_vec();
    for number in 0..plan.max_units {
        if number == plan.units {
            waiting = undecided(&paired.units);
        }
        waiting.retain(|id| !paired.has_failed(id));
        if waiting.is_empty() || started.elapsed() >= plan.budget {
            break;
        }
        if number.is_multiple_of(AHEAD) && paired.not_shuffled.is_none() {
            if number == 0 {
                let layouts = 3 * plan.units;
                listener.on(&Event::LayingOut { layouts });
            }
            paired.not_shuffled = pair.lay_out(plan.seed, number + AHEAD).err();
            listener.on(&Event::Timing {
                launches: AHEAD as usize * waiting.len() * 3 * LAUNCHES,
            });
        }
        pair.random.shuffle(&mut waiting);
        for id in &waiting {
            match pair.unit(id, number, listener) {
                Ok(unit) => paired.units.entry(id.clone()).or_default().push(unit),
                Err((_, LaunchError::Interrupted)) => return Err(LaunchError::Interrupted),
                Err((side, error)) => paired.fail(side, id, &error),
            }
        }
    }
    listener.on(&Event::Timed);
    Ok(paired)
}

#[derive(Clone, Copy)]
enum Side {
    Base,
    Again,
    Head,
}

struct Pair<'a> {
    base: &'a mut dyn Suite,
    head: &'a mut dyn Suite,
    random: fastrand::Rng,
}

impl Pair<'_> {
    /// Makes sure that there are layouts for so many units.
    fn lay_out(&mut self, seed: u32, units: u32) -> Result<(), String> {
        self.base.lay_out(seed, 2 * units)?;
        self.head.lay_out(!seed, units)
    }

    /// Takes one unit of a case, or says which side could not be timed.
    fn unit(
        &mut self,
        id: &str,
        number: u32,
        listener: &mut dyn Listener,
    ) -> Result<Unit, (Side, LaunchError)> {
        let launch = Launch {
            heap_seed: self.random.u32(..),
            batches: BATCHES,
            batch_microseconds: BATCH_MICROSECONDS,
            slower_percent: None,
        };
        let mut order: Vec<Side> = [Side::Base, Side::Again, Side::Head].repeat(LAUNCHES);
        self.random.shuffle(&mut order);
        let mut fastest = [u64::MAX; 3];
        for side in order {
            listener.on(&Event::Launching { id: id.to_owned() });
            let told = match side {
                Side::Base => self.base.time(id, 2 * number, launch),
                Side::Again => self.base.time(id, 2 * number + 1, launch),
                Side::Head => self.head.time(id, number, launch),
            };
            let batches = told.map_err(|error| (side, error))?.picoseconds;
            let none = || LaunchError::Failed("no batch was timed".to_owned());
            let best = batches.into_iter().min().ok_or_else(|| (side, none()))?;
            let fastest = &mut fastest[side as usize];
            *fastest = best.min(*fastest);
        }
        let [base, again, head] = fastest;
        Ok(Unit { base, again, head })
    }
}

impl Paired {
    fn has_failed(&self, id: &str) -> bool {
        let mut failures = self.failed_in_base.iter().chain(&self.failed_in_head);
        failures.any(|failure| failure.id == id)
    }

    /// What a case has so far goes, too: nobody is to read half of it.
    fn fail(&mut self, side: Side, id: &str, error: &LaunchError) {
        self.units.remove(id);
        let failures = match side {
            Side::Base | Side::Again => &mut self.failed_in_base,
            Side::Head => &mut self.failed_in_head,
        };
        failures.push(Failure {
            id: id.to_owned(),
            reason: format!("while it was timed: {error}"),
        });
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{PairPlan, Paired, pair};
    use crate::event::Silent;
    use crate::launch::LaunchError;
    use crate::protocol::{Launch, Pass};
    use crate::runner::{Answer, Batches, Listing, Suite};

    /// Takes as many picoseconds as it says, and fails at one launch of `a/bad`.
    struct Scripted {
        picoseconds: u64,
        launches: u32,
        fails_at: Option<u32>,
    }

    impl Suite for Scripted {
        fn list(&mut self) -> Result<Listing, LaunchError> {
            Ok(Listing::default())
        }

        fn run(&mut self, _: &str, _: Pass, _: u32) -> Result<Answer, LaunchError> {
            Ok(Answer::default())
        }

        fn lay_out(&mut self, _: u32, _: u32) -> Result<(), String> {
            Ok(())
        }

        fn time(&mut self, case: &str, _: u32, _: Launch) -> Result<Batches, LaunchError> {
            self.launches += u32::from(case == "a/bad");
            if case == "a/bad" && self.fails_at == Some(self.launches) {
                return Err(LaunchError::Failed("broke".to_owned()));
            }
            Ok(Batches {
                picoseconds: vec![self.picoseconds, self.picoseconds + 7],
                paces: Vec::new(),
            })
        }
    }

    fn paired(base_fails: Option<u32>, head_fails: Option<u32>, budget: Duration) -> Paired {
        let scripted = |picoseconds, fails_at| Scripted {
            picoseconds,
            launches: 0,
            fails_at,
        };
        let plan = PairPlan {
            seed: 1,
            units: 4,
            max_units: 6,
            budget,
        };
        let (mut base, mut head) = (scripted(100, base_fails), scripted(130, head_fails));
        let cases = ["a/bad".to_owned(), "a/good".to_owned()];
        let all = |_: &_| cases.to_vec();
        pair(&mut base, &mut head, &cases, &plan, all, &mut Silent).unwrap()
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn the_fastest_batch_of_each_side_makes_a_unit() {
        let paired = paired(None, None, LONG);
        assert_eq!(paired.units["a/bad"].len(), 6);
        let unit = paired.units["a/good"][0];
        assert_eq!((unit.base, unit.again, unit.head), (100, 100, 130));
    }

    #[test]
    fn a_failure_at_any_launch_is_that_sides_and_leaves_no_unit() {
        // The base is launched four times a unit, the head twice: each failure is in unit 2 or 3.
        for launch in 5..=12 {
            let paired = paired(Some(launch), None, LONG);
            assert_eq!(paired.failed_in_base.len(), 1, "launch {launch}");
            assert!(paired.failed_in_head.is_empty());
            assert!(!paired.units.contains_key("a/bad"), "launch {launch}");
            assert_eq!(paired.units["a/good"].len(), 6);
        }
        let paired = paired(None, Some(3), LONG);
        assert_eq!(paired.failed_in_head.len(), 1);
        assert!(paired.failed_in_base.is_empty() && !paired.units.contains_key("a/bad"));
    }

    #[test]
    fn no_unit_begins_without_time() {
        assert!(paired(None, None, Duration::ZERO).units.is_empty());
    }
}
