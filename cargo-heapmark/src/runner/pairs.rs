//! Times two builds beside each other, unit by unit.
//!
//! ```text
//!  round    the most urgent cases, in random order; each gets its next unit:
//!           a link order of the base and one of the head (a control has another one of the
//!           base), all on one heap, launched in random order
//!  further  until nothing is urgent, or the budget is used up
//! ```
//!
//! A launch is short, since it is the link order that has to be another one each time. Of its
//! batches the fastest counts: another process on the same processor only adds to a time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::suite::Suite;
use crate::event::{Event, Listener};
use heapmark_model::analysis::{PairedTimes, Prior, Standing, Unit};
use heapmark_model::launch::LaunchError;
use heapmark_model::protocol::Launch;
use heapmark_model::record::Failure;

/// How much time to spend on a comparison of times.
#[derive(Clone, Debug, PartialEq)]
pub struct PairPlan {
    /// What link orders, heaps, controls and the order of launches are drawn from.
    pub seed: u32,
    /// Units that a case gets at most; twice as many if it looks changed and is not sure.
    pub units: u32,
    /// No unit begins when so much time has passed.
    pub budget: Duration,
}

/// Timed batches in a launch, and how long each is meant to be.
const BATCHES: u32 = 3;
const BATCH_MICROSECONDS: u32 = 150;

/// Units whose layouts are linked at once.
const AHEAD: u32 = 8;

/// Cases that are controls, drawn, and the units that each of these gets at least. A control whose
/// base differs from itself for certain takes eight units.
const CONTROLS: usize = 40;
const CONTROL_UNITS: usize = 10;

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Paired {
    /// The units of each case, with what was known of it before.
    pub times: PairedTimes,
    /// Cases that could not be timed in the base.
    pub failed_in_base: Vec<Failure>,
    /// Cases that could not be timed in the head.
    pub failed_in_head: Vec<Failure>,
    /// Why the code ran in one link order only; `None` if it was shuffled.
    pub not_shuffled: Option<String>,
}

/// Times the cases of both suites of which `priors` knows something, the most urgent first.
///
/// # Errors
///
/// Only if the run was interrupted.
pub fn pair(
    base: &mut dyn Suite,
    head: &mut dyn Suite,
    priors: BTreeMap<String, Prior>,
    plan: &PairPlan,
    listener: &mut dyn Listener,
) -> Result<Paired, LaunchError> {
    let started = Instant::now();
    let mut random = fastrand::Rng::with_seed(u64::from(plan.seed));
    let mut drawn: Vec<String> = priors.keys().cloned().collect();
    random.shuffle(&mut drawn);
    let controls = drawn.into_iter().take(CONTROLS).collect();
    let mut pair = Pair {
        base,
        head,
        random,
        controls,
        standings: BTreeMap::new(),
        suspects: BTreeSet::new(),
        layouts: 0,
        paired: Paired {
            times: PairedTimes {
                priors,
                most_units: 2 * plan.units as usize,
                ..PairedTimes::default()
            },
            ..Paired::default()
        },
    };
    for id in pair.paired.times.priors.keys().cloned().collect::<Vec<_>>() {
        pair.look_at(&id, plan.units as usize);
    }
    loop {
        let mut waiting = pair.most_urgent();
        if waiting.is_empty() {
            break;
        }
        pair.lay_out_for(&waiting, plan.seed, listener);
        pair.random.shuffle(&mut waiting);
        for id in &waiting {
            if started.elapsed() >= plan.budget {
                pair.paired.times.most_units = pair.reached(plan.units as usize);
                listener.on(&Event::Timed);
                return Ok(pair.paired);
            }
            pair.next_unit(id, listener)?;
            pair.look_at(id, plan.units as usize);
        }
    }
    listener.on(&Event::Timed);
    Ok(pair.paired)
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
    controls: BTreeSet<String>,
    /// What each case still wants; a case that failed wants nothing.
    standings: BTreeMap<String, Standing>,
    /// Cases that look changed and did so at every look.
    suspects: BTreeSet<String>,
    /// Units that there are link orders for.
    layouts: u32,
    paired: Paired,
}

impl Pair<'_> {
    fn units(&self, id: &str) -> &[Unit] {
        let units = self.paired.times.units.get(id);
        units.map_or(&[], Vec::as_slice)
    }

    /// Notes what a case still wants now.
    fn look_at(&mut self, id: &str, most: usize) {
        let times = &self.paired.times;
        let prior = times.priors.get(id).copied().unwrap_or(Prior::Unknown);
        let units = self.units(id);
        let is_short = self.controls.contains(id) && units.len() < CONTROL_UNITS.min(most);
        let standing = match Standing::new(units, prior, times.priors.len(), most) {
            _ if self.paired.has_failed(id) => Standing::Settled,
            Standing::Unknown | Standing::Open | Standing::Settled if is_short => Standing::Fresh,
            standing => standing,
        };
        let earlier = self.standings.insert(id.to_owned(), standing);
        match (earlier, standing) {
            (Some(Standing::Fresh), Standing::Suspect) => _ = self.suspects.insert(id.to_owned()),
            (_, Standing::Suspect) => {}
            _ => _ = self.suspects.remove(id),
        }
    }

    /// The cases that are more urgent than all others; none if all are settled.
    fn most_urgent(&self) -> Vec<String> {
        let first = self.standings.values().min().copied();
        let urgent = first.filter(|first| *first != Standing::Settled);
        let waiting = self.standings.iter();
        let waiting = waiting.filter(|(_, standing)| Some(**standing) == urgent);
        waiting.map(|(id, _)| id.clone()).collect()
    }

    /// The units that a case would have got whose change only its times show: as many as one that
    /// looks changed since it was first looked at, or all if none of these waits for more.
    fn reached(&self, most: usize) -> usize {
        let is_first = |standing: &Standing| *standing <= Standing::Fresh;
        let first = self.standings.iter().filter(|(_, it)| is_first(it));
        let first = first.map(|(id, _)| id);
        let units = first.chain(&self.suspects).map(|id| self.units(id).len());
        units.min().unwrap_or(2 * most)
    }

    /// Makes sure that there are link orders for the next units of these cases.
    fn lay_out_for(&mut self, waiting: &[String], seed: u32, listener: &mut dyn Listener) {
        let next = waiting.iter().map(|id| self.units(id).len()).max();
        let next = u32::try_from(next.unwrap_or_default()).unwrap_or(u32::MAX);
        listener.on(&Event::Timing {
            launches: 2 * waiting.len(),
        });
        if next < self.layouts || self.paired.not_shuffled.is_some() {
            return;
        }
        if self.layouts == 0 {
            let layouts = 3 * AHEAD;
            listener.on(&Event::LayingOut { layouts });
        }
        self.layouts = next + AHEAD;
        let linked = self.base.lay_out(seed, 2 * self.layouts);
        let linked = linked.and_then(|()| self.head.lay_out(!seed, self.layouts));
        self.paired.not_shuffled = linked.err();
    }

    /// Takes the next unit of a case. One that cannot be timed has failed, and only an interrupt
    /// ends the run.
    fn next_unit(&mut self, id: &str, listener: &mut dyn Listener) -> Result<(), LaunchError> {
        let number = u32::try_from(self.units(id).len()).unwrap_or(u32::MAX);
        match self.unit(id, number, listener) {
            Ok(unit) => {
                let units = &mut self.paired.times.units;
                units.entry(id.to_owned()).or_default().push(unit);
            }
            Err((_, LaunchError::Interrupted)) => return Err(LaunchError::Interrupted),
            Err((side, error)) => self.paired.fail(side, id, &error),
        }
        Ok(())
    }

    /// Takes one unit of a case, or states which side could not be timed.
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
        let mut order = vec![Side::Base, Side::Head];
        if self.controls.contains(id) {
            order.push(Side::Again);
        }
        self.random.shuffle(&mut order);
        let mut fastest = [None; 3];
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
            fastest[side as usize] = Some(best);
        }
        let [base, again, head] = fastest;
        let missing = || LaunchError::Failed("no batch was timed".to_owned());
        Ok(Unit {
            base: base.ok_or_else(|| (Side::Base, missing()))?,
            again,
            head: head.ok_or_else(|| (Side::Head, missing()))?,
        })
    }
}

impl Paired {
    fn has_failed(&self, id: &str) -> bool {
        let mut failures = self.failed_in_base.iter().chain(&self.failed_in_head);
        failures.any(|failure| failure.id == id)
    }

    /// What a case has so far goes, too: half of it would say something else.
    fn fail(&mut self, side: Side, id: &str, error: &LaunchError) {
        self.times.units.remove(id);
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
    use crate::runner::{Answer, Batches, Listing, Suite};
    use heapmark_model::analysis::Prior;
    use heapmark_model::launch::LaunchError;
    use heapmark_model::protocol::{Launch, Pass};

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

    const IDS: [&str; 2] = ["a/bad", "a/good"];

    fn paired(base_fails: Option<u32>, head_fails: Option<u32>, budget: Duration) -> Paired {
        let scripted = |picoseconds, fails_at| Scripted {
            picoseconds,
            launches: 0,
            fails_at,
        };
        let plan = PairPlan {
            seed: 1,
            units: 6,
            budget,
        };
        let (mut base, mut head) = (scripted(100, base_fails), scripted(130, head_fails));
        let priors = IDS.map(|id| (id.to_owned(), Prior::Changed)).into();
        pair(&mut base, &mut head, priors, &plan, &mut Silent).unwrap()
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn the_fastest_batch_of_each_side_makes_a_unit() {
        let units = paired(None, None, LONG).times.units;
        let unit = units["a/good"][0];
        assert_eq!((unit.base, unit.again, unit.head), (100, Some(100), 130));
    }

    #[test]
    fn a_case_that_looks_changed_gets_units_until_it_is_sure() {
        let units = paired(None, None, LONG).times.units;
        // Ten signs alike have a probability of 2 / 2¹⁰, which two looks and two cases multiply.
        assert_eq!(IDS.map(|id| units[id].len()), [10, 10]);
    }

    #[test]
    fn a_failure_at_any_launch_is_that_sides_and_leaves_no_unit() {
        // As controls, the base is launched twice a unit and the head once.
        for launch in 3..=8 {
            let paired = paired(Some(launch), None, LONG);
            assert_eq!(paired.failed_in_base.len(), 1, "launch {launch}");
            assert!(paired.failed_in_head.is_empty());
            assert!(!paired.times.units.contains_key("a/bad"), "launch {launch}");
            assert_eq!(paired.times.units["a/good"].len(), 10);
        }
        let paired = paired(None, Some(3), LONG);
        assert_eq!(paired.failed_in_head.len(), 1);
        assert!(paired.failed_in_base.is_empty());
        assert!(!paired.times.units.contains_key("a/bad"));
    }

    #[test]
    fn no_unit_begins_without_time() {
        let times = paired(None, None, Duration::ZERO).times;
        assert!(times.units.is_empty());
        assert_eq!(times.most_units, 0, "and nothing would have been found");
    }

    #[test]
    fn what_counts_or_instructions_show_is_timed_first() {
        struct Written(Vec<String>);
        impl Suite for Written {
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
                self.0.push(case.to_owned());
                Ok(Batches {
                    picoseconds: vec![100],
                    paces: Vec::new(),
                })
            }
        }
        let priors = [
            ("a/same".to_owned(), Prior::Unchanged),
            ("a/moved".to_owned(), Prior::Changed),
        ];
        let plan = PairPlan {
            seed: 1,
            units: 8,
            budget: LONG,
        };
        let (mut base, mut head) = (Written(Vec::new()), Written(Vec::new()));
        pair(&mut base, &mut head, priors.into(), &plan, &mut Silent).unwrap();
        let expected: Vec<&str> = [["a/moved"; 8], ["a/same"; 8]].concat();
        assert_eq!(head.0, expected);
    }
}
