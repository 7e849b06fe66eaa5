//! The time pass: every case in many processes, each of which runs another layout of the code.
//!
//! ```text
//!  round 1 (layout 1, heap seed 1)   cases in random order, a launch each
//!  round 2 (layout 2, heap seed 2)   …
//!  …                                 until each has the launches that all get
//!  further rounds                    only cases whose interval is wide, within the budget
//! ```
//!
//! Rounds spread the launches of a case over the whole pass, so that what the machine does
//! meanwhile falls on all cases alike and shows in their intervals. How many more launches a
//! case wants is decided once, from the first ones that count: who looks after each launch and
//! stops when the interval pleases gets intervals that promise too much.
//!
//! On a machine that others use too, a neighbour on the same core makes everything slower by up to
//! three quarters, for milliseconds or for minutes. Every launch tells how long a fixed piece of
//! work took beside each batch; where that is above what it takes undisturbed, the batch is left
//! out, and a case whose launch has too few batches left waits for another.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::machine_state::load;
use super::suite::{Batches, Suite};
use crate::analysis::{SHARED_ERROR, enclosure, interval, median};
use crate::event::{Event, Listener};
use crate::launch::LaunchError;
use crate::protocol::Launch;
use crate::record::{CaseInfo, Failure, MachineState, Time, TimeSettings};

/// How much time to spend on times.
#[derive(Clone, Debug, PartialEq)]
pub struct TimePlan {
    /// What layouts, heap seeds and the order of launches are drawn from.
    pub seed: u32,
    /// Launches that every case gets.
    pub launches: u32,
    /// Launches that a case with a wide interval may get.
    pub max_launches: u32,
    /// Half the width of an interval, as a share of the median, that needs no more launches.
    pub precision: f64,
    /// No further round begins when the pass has taken this long.
    pub budget: Duration,
    /// Timed batches in a launch.
    pub batches: u32,
    /// How long a batch is meant to take, in microseconds.
    pub batch_microseconds: u32,
}

/// What the time pass found.
#[derive(Clone, Debug)]
pub struct Timed {
    /// The time of each case that could be timed, by its id.
    pub times: BTreeMap<String, Time>,
    /// The others.
    pub failures: Vec<Failure>,
    /// How they were taken.
    pub settings: TimeSettings,
}

/// Times `cases`; one that fails does not stop the others.
///
/// # Errors
///
/// Only where the run was interrupted.
pub fn time(
    suite: &mut dyn Suite,
    cases: &[CaseInfo],
    plan: &TimePlan,
    machine: MachineState,
    listener: &mut dyn Listener,
) -> Result<Timed, LaunchError> {
    listener.on(&Event::LayingOut {
        layouts: plan.launches,
    });
    let shuffled = suite.lay_out(plan.seed, plan.launches);
    let mut pass = Pass {
        suite,
        plan,
        listener,
        random: fastrand::Rng::with_seed(u64::from(plan.seed)),
        started: Instant::now(),
        cases: cases
            .iter()
            .map(|case| Progress::new(&case.id, plan.launches))
            .collect(),
    };
    pass.listener.on(&Event::Timing {
        launches: cases.len() * plan.launches as usize,
    });
    let layouts = pass.rounds(shuffled.is_ok())?;
    pass.listener.on(&Event::Timed);
    let (times, failures) = pass.results();
    Ok(Timed {
        times,
        failures,
        settings: TimeSettings {
            seed: plan.seed,
            layouts,
            not_shuffled: shuffled.err(),
            launches: plan.launches,
            max_launches: plan.max_launches,
            batches: plan.batches,
            batch_microseconds: plan.batch_microseconds,
            machine: MachineState {
                load_after: machine.load_before.and_then(|_| load()),
                ..machine
            },
        },
    })
}

/// How much longer than undisturbed the fixed piece of work may take. A process that runs alone
/// repeats it within half a percent; a limit of 10 % let pass who made cases slower by half.
const TOLERANCE: f64 = 1.0 + SHARED_ERROR;

/// Undisturbed batches that a launch must have to count.
const FEWEST_BATCHES: usize = 3;

/// Undisturbed launches without which a case is judged by all that it has.
const FEWEST: usize = 7;

impl Batches {
    /// The median of the batches with a pace of at most `limit` before and behind them; `None`
    /// where these are too few to speak for the launch.
    fn undisturbed(&self, limit: u64) -> Option<u64> {
        let around = self.paces.windows(2);
        let good: Vec<u64> = self
            .picoseconds
            .iter()
            .zip(around)
            .filter(|(_, around)| around.iter().all(|&pace| pace <= limit))
            .map(|(&batch, _)| batch)
            .collect();
        let few = FEWEST_BATCHES.min(self.picoseconds.len());
        (good.len() >= few).then(|| median(&good))?
    }
}

/// A case under way.
struct Progress {
    id: String,
    launches: Vec<Batches>,
    /// Launches that are to count.
    wanted: u32,
    /// Whether that was decided by the first of them.
    is_decided: bool,
    failed: Option<String>,
}

impl Progress {
    fn new(id: &str, wanted: u32) -> Self {
        Self {
            id: id.to_owned(),
            launches: Vec::new(),
            wanted,
            is_decided: false,
            failed: None,
        }
    }

    /// Decides how many launches are to count, once, as soon as those count that all cases get.
    fn decide(&mut self, limit: u64, plan: &TimePlan) {
        if !self.is_decided && !self.is_waiting(limit) {
            self.wanted = wanted(self.time(limit).as_ref(), plan);
            self.is_decided = true;
        }
    }

    /// What the launches tell whose pace is at most `limit`, or all where these are too few;
    /// `None` before the first.
    fn time(&self, limit: u64) -> Option<Time> {
        let mut launches: Vec<u64> = self.undisturbed(limit).collect();
        if launches.len() < FEWEST {
            let all = self.launches.iter();
            launches = all
                .filter_map(|launch| median(&launch.picoseconds))
                .collect();
        }
        Some(Time {
            median: median(&launches)?,
            interval: interval(&launches),
            disturbed: u32::try_from(self.launches.len() - launches.len()).unwrap_or(u32::MAX),
            launches,
        })
    }

    fn is_waiting(&self, limit: u64) -> bool {
        let count = self.undisturbed(limit).count() as u64;
        self.failed.is_none() && count < u64::from(self.wanted)
    }

    fn undisturbed(&self, limit: u64) -> impl Iterator<Item = u64> + '_ {
        let launches = self.launches.iter();
        launches.filter_map(move |launch| launch.undisturbed(limit))
    }
}

struct Pass<'a> {
    suite: &'a mut dyn Suite,
    plan: &'a TimePlan,
    listener: &'a mut dyn Listener,
    random: fastrand::Rng,
    started: Instant,
    cases: Vec<Progress>,
}

impl Pass<'_> {
    /// One launch of every case that waits for one, where batches count up to the pace `limit`.
    fn round(&mut self, number: u32, limit: u64) -> Result<(), LaunchError> {
        let mut order: Vec<usize> = (0..self.cases.len()).collect();
        self.random.shuffle(&mut order);
        let launch = Launch {
            heap_seed: self.random.u32(..),
            batches: self.plan.batches,
            batch_microseconds: self.plan.batch_microseconds,
        };
        for index in order {
            let case = &mut self.cases[index];
            if !case.is_waiting(limit) {
                continue;
            }
            self.listener.on(&Event::Launching {
                id: case.id.clone(),
            });
            let batches = match self.suite.time(&case.id, number, launch) {
                Ok(batches) => batches,
                Err(LaunchError::Interrupted) => return Err(LaunchError::Interrupted),
                Err(error) => {
                    let reason = format!("while it was timed: {error}");
                    self.listener.on(&Event::CaseFailed(Failure {
                        id: case.id.clone(),
                        reason: reason.clone(),
                    }));
                    case.failed = Some(reason);
                    continue;
                }
            };
            if batches.picoseconds.is_empty() {
                case.failed = Some("while it was timed: it told no time".to_owned());
            } else {
                case.launches.push(batches);
            }
        }
        Ok(())
    }

    /// Rounds until no case waits: those that all cases get, then others within the budget for
    /// cases whose interval is wide or whose launches did not count. Tells how many layouts were
    /// run; without `shuffled` it is the one that was linked.
    fn rounds(&mut self, shuffled: bool) -> Result<u32, LaunchError> {
        let plan = self.plan;
        let mut layouts = if shuffled { plan.launches } else { 1 };
        for round in 0..plan.launches.max(2 * plan.max_launches) {
            let limit = self.pace_limit();
            for case in &mut self.cases {
                case.decide(limit, plan);
            }
            let waiting = self.cases.iter().filter(|case| case.is_waiting(limit));
            let waiting = waiting.count();
            let is_further = round >= plan.launches;
            if waiting == 0 || is_further && self.started.elapsed() >= plan.budget {
                break;
            }
            if is_further {
                self.listener.on(&Event::Timing { launches: waiting });
            }
            // Where one more cannot be linked, as on a full disk, those that there are begin again.
            if is_further && shuffled && self.suite.lay_out(plan.seed, round + 1).is_ok() {
                layouts = round + 1;
            }
            self.round(round, limit)?;
        }
        Ok(layouts)
    }

    /// The longest that the fixed piece of work may take beside a batch that counts: a little more
    /// than in the fastest tenth of all so far.
    fn pace_limit(&self) -> u64 {
        let launches = self.cases.iter().flat_map(|case| &case.launches);
        let mut paces: Vec<u64> = launches.flat_map(|launch| &launch.paces).copied().collect();
        if paces.is_empty() {
            return u64::MAX;
        }
        let tenth = paces.len() / 10;
        let (_, &mut pace, _) = paces.select_nth_unstable(tenth);
        (pace as f64 * TOLERANCE) as u64
    }

    fn results(self) -> (BTreeMap<String, Time>, Vec<Failure>) {
        let limit = self.pace_limit();
        let mut times = BTreeMap::new();
        let mut failures = Vec::new();
        for case in self.cases {
            let time = case.time(limit);
            if let Some(reason) = case.failed {
                let id = case.id;
                failures.push(Failure { id, reason });
            } else if let Some(time) = time {
                times.insert(case.id, time);
            }
        }
        (times, failures)
    }
}

/// How many launches a case should get, judged by its first: the width of what encloses their
/// median falls with the square root of their number.
fn wanted(time: Option<&Time>, plan: &TimePlan) -> u32 {
    let Some((time, sure)) = time.and_then(|time| Some((time, enclosure(&time.launches)?))) else {
        return plan.launches;
    };
    let half = (sure.high - sure.low) as f64 / 2.0;
    let excess = half / (time.median as f64 * plan.precision);
    if excess.is_nan() || excess <= 1.0 {
        return plan.launches;
    }
    let wanted = time.launches.len() as f64 * excess * excess;
    (wanted.ceil() as u32).clamp(plan.launches, plan.max_launches.max(plan.launches))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> TimePlan {
        TimePlan {
            seed: 1,
            launches: 12,
            max_launches: 40,
            precision: 0.01,
            budget: Duration::from_secs(1),
            batches: 20,
            batch_microseconds: 150,
        }
    }

    /// A case with these launches, each of five batches and with its pace.
    fn case(launches: &[(u64, u64)]) -> Progress {
        let told = launches.iter().map(|&(time, pace)| Batches {
            picoseconds: vec![time; 5],
            paces: vec![pace; 6],
        });
        Progress {
            launches: told.collect(),
            ..Progress::new("a/case", 12)
        }
    }

    fn wanted_by(launches: &[u64]) -> u32 {
        let launches: Vec<_> = launches.iter().map(|&time| (time, 100)).collect();
        wanted(case(&launches).time(100).as_ref(), &plan())
    }

    #[test]
    fn a_case_with_a_narrow_interval_wants_no_more() {
        assert_eq!(wanted_by(&[1_000; 12]), 12);
        assert_eq!(wanted_by(&[0; 12]), 12);
        assert_eq!(wanted_by(&[]), 12);
    }

    #[test]
    fn a_wide_interval_wants_more_up_to_the_limit() {
        let spread = |step: u64| -> Vec<u64> { (0..12).map(|n| 10_000 + n * step).collect() };
        let some = wanted_by(&spread(50));
        assert!((13..40).contains(&some), "{some}");
        assert_eq!(wanted_by(&spread(1_000)), 40);
    }

    #[test]
    fn a_launch_beside_a_neighbour_is_kept_but_does_not_count() {
        let mut launches = vec![(1_000, 100); 8];
        launches.insert(3, (1_700, 170));
        let time = case(&launches).time(110).unwrap();
        assert_eq!((time.launches.len(), time.disturbed), (8, 1));
        assert_eq!(
            time.interval.map(|it| (it.low, it.high)),
            Some((980, 1_020))
        );
        let counted = case(&launches).time(200).unwrap();
        assert_eq!((counted.launches.len(), counted.disturbed), (9, 0));
    }

    #[test]
    fn a_neighbour_that_comes_in_the_middle_spoils_only_its_batches() {
        let launch = Batches {
            picoseconds: vec![1_000, 1_000, 1_000, 1_500, 1_700],
            paces: vec![100, 100, 100, 100, 160, 170],
        };
        assert_eq!(launch.undisturbed(110), Some(1_000));
        assert_eq!(launch.undisturbed(99), None);
    }

    #[test]
    fn a_case_that_never_ran_undisturbed_is_judged_by_all_that_it_has() {
        let time = case(&[(1_700, 170); 12]).time(110).unwrap();
        assert_eq!(time.disturbed, 0);
        assert_eq!(time.median, 1_700);
    }

    /// Every second launch runs beside a neighbour, who makes it slower by half; the code cannot
    /// be shuffled.
    #[derive(Default)]
    struct Shared {
        attempts_to_shuffle: u32,
        launches: u32,
    }

    impl Suite for Shared {
        fn list(&mut self) -> Result<super::super::Listing, LaunchError> {
            unreachable!("the cases are known")
        }

        fn run(
            &mut self,
            _: &str,
            _: crate::protocol::Pass,
            _: u32,
        ) -> Result<super::super::Answer, LaunchError> {
            unreachable!("nothing is counted")
        }

        fn lay_out(&mut self, _: u32, _: u32) -> Result<(), String> {
            self.attempts_to_shuffle += 1;
            Err("no lld".to_owned())
        }

        fn time(&mut self, _: &str, _: u32, launch: Launch) -> Result<Batches, LaunchError> {
            self.launches += 1;
            let shared = self.launches.is_multiple_of(2);
            let (time, pace) = if shared { (1_500, 160) } else { (1_000, 100) };
            Ok(Batches {
                picoseconds: vec![time; launch.batches as usize],
                paces: vec![pace; launch.batches as usize + 1],
            })
        }
    }

    #[test]
    fn a_case_beside_a_neighbour_gets_its_launches_and_an_undisturbed_time() {
        let mut suite = Shared::default();
        let case = CaseInfo {
            id: "a/case".to_owned(),
            group: "a".to_owned(),
            question: None,
            variant: "case".to_owned(),
            parameter: None,
            summary: "Summary.".to_owned(),
            file: "benches/a.rs".to_owned(),
        };
        let machine = MachineState::default();
        let listener = &mut crate::event::Silent;
        let timed = time(&mut suite, &[case], &plan(), machine, listener).unwrap();
        let time = &timed.times["a/case"];
        assert_eq!((time.median, time.launches.len()), (1_000, 12));
        assert_eq!(time.disturbed, 11, "every second one but the last");
        assert_eq!(timed.settings.layouts, 1);
        assert_eq!(timed.settings.not_shuffled.as_deref(), Some("no lld"));
        assert_eq!(
            suite.attempts_to_shuffle, 1,
            "what cannot be is not tried again"
        );
    }
}
