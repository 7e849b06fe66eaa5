//! The time pass: times every case in many processes, each with another link order.
//!
//! ```text
//!  round 1 (link order 1, heap seed 1)   cases in random order, one launch each
//!  round 2 (link order 2, heap seed 2)   …
//!  …                                     until each case has its first launches
//!  further rounds                        only cases with a wide interval, within the budget
//! ```
//!
//! Rounds spread the launches of a case over the whole pass. Disturbances by the machine therefore
//! affect all cases alike and show in their intervals. The number of further launches of a case is
//! decided once, from its first undisturbed launches: to stop as soon as the interval is narrow
//! enough would give intervals that are too narrow.
//!
//! On a shared machine, another process on the same core makes everything slower by up to three
//! quarters, for milliseconds or for minutes. Every launch therefore also reports how long a fixed
//! piece of work took around each batch. If that is longer than undisturbed, the batch is
//! discarded. A case whose launch has too few batches left gets another launch.

mod progress;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::machine_state::load;
use super::suite::Suite;
use crate::event::{Event, Listener};
use heapmark_model::analysis::SHARED_ERROR;
use heapmark_model::launch::LaunchError;
use heapmark_model::protocol::Launch;
use heapmark_model::record::{CaseInfo, Failure, MachineState, Time, TimeSettings};
use progress::Progress;

/// The timing effort.
#[derive(Clone, Debug, PartialEq)]
pub struct TimePlan {
    /// The random seed for link orders, heap seeds and the order of launches.
    pub seed: u32,
    /// The number of launches of every case.
    pub launches: u32,
    /// The highest number of launches of a case with a wide interval.
    pub max_launches: u32,
    /// The half width of an interval, as a share of the median, that needs no more launches.
    pub precision: f64,
    /// The time after which no further round begins.
    pub budget: Duration,
    /// The number of timed batches in a launch.
    pub batches: u32,
    /// The intended length of a batch, in microseconds.
    pub batch_microseconds: u32,
}

/// The result of the time pass.
#[derive(Clone, Debug)]
pub struct Timed {
    /// The time of each case that could be timed, by its id.
    pub times: BTreeMap<String, Time>,
    /// The cases that could not be timed.
    pub failures: Vec<Failure>,
    /// The settings of the pass.
    pub settings: TimeSettings,
}

/// Times `cases`. A case that fails does not stop the others.
///
/// # Errors
///
/// Only if the run is interrupted.
pub fn time(
    suite: &mut dyn Suite,
    cases: &[CaseInfo],
    plan: &TimePlan,
    machine: MachineState,
    listener: &mut dyn Listener,
) -> Result<Timed, LaunchError> {
    if suite.can_lay_out() {
        listener.on(&Event::LayingOut {
            link_orders: plan.launches,
        });
    }
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
    let link_orders = pass.rounds(shuffled.is_ok())?;
    pass.listener.on(&Event::Timed);
    let (times, failures) = pass.results();
    Ok(Timed {
        times,
        failures,
        settings: TimeSettings {
            seed: plan.seed,
            link_orders,
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

/// How much longer than undisturbed the fixed piece of work may take. An undisturbed process
/// repeats it within half a percent. With a limit of 10 %, disturbances that made cases 50 % slower
/// passed.
const TOLERANCE: f64 = 1.0 + SHARED_ERROR;

struct Pass<'a> {
    suite: &'a mut dyn Suite,
    plan: &'a TimePlan,
    listener: &'a mut dyn Listener,
    random: fastrand::Rng,
    started: Instant,
    cases: Vec<Progress>,
}

impl Pass<'_> {
    /// Launches every case that still needs a launch. Batches with a pace above `limit` do not
    /// count.
    fn round(&mut self, number: u32, limit: u64) -> Result<(), LaunchError> {
        let mut order: Vec<usize> = (0..self.cases.len()).collect();
        self.random.shuffle(&mut order);
        let launch = Launch {
            heap_seed: self.random.u32(..),
            batches: self.plan.batches,
            batch_microseconds: self.plan.batch_microseconds,
            slower_percent: None,
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
                case.failed = Some("while it was timed: it reported no time".to_owned());
            } else {
                case.launches.push(batches);
            }
        }
        Ok(())
    }

    /// Runs rounds until no case needs another launch: first those of all cases, then, within the
    /// budget, those of cases with a wide interval or with disturbed launches. Returns the number
    /// of link orders; without `shuffled` it is 1, the original link order.
    fn rounds(&mut self, shuffled: bool) -> Result<u32, LaunchError> {
        let plan = self.plan;
        let mut link_orders = if shuffled { plan.launches } else { 1 };
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
            // If another one cannot be linked, as on a full disk, the existing ones are used again.
            if is_further && shuffled && self.suite.lay_out(plan.seed, round + 1).is_ok() {
                link_orders = round + 1;
            }
            self.round(round, limit)?;
        }
        Ok(link_orders)
    }

    /// The longest time of the fixed piece of work around a batch that counts: a little more than
    /// in the fastest tenth of all so far.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runner::{Batches, CaseReply, Listing};

    pub(super) fn plan() -> TimePlan {
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

    /// In every second launch, another process makes the case 50 % slower. The code cannot be
    /// shuffled.
    #[derive(Default)]
    struct Shared {
        attempts_to_shuffle: u32,
        launches: u32,
    }

    impl Suite for Shared {
        fn list(&mut self) -> Result<Listing, LaunchError> {
            unreachable!("the cases are known")
        }

        fn run(
            &mut self,
            _: &str,
            _: heapmark_model::protocol::Pass,
            _: u32,
        ) -> Result<CaseReply, LaunchError> {
            unreachable!("nothing is counted")
        }

        fn lay_out(&mut self, _: u32, _: u32) -> Result<(), String> {
            self.attempts_to_shuffle += 1;
            Err("no lld".to_owned())
        }

        fn time(&mut self, id: &str, round: u32, launch: Launch) -> Result<Batches, LaunchError> {
            self.launches += 1;
            let shared = self.launches.is_multiple_of(2);
            let (time, pace) = if shared { (1_500, 160) } else { (1_000, 100) };
            // Every second link order makes this case slower by a tenth.
            let time = match (id, round % 2) {
                ("a/wide", 0) => time * 11 / 10,
                _ => time,
            };
            Ok(Batches {
                picoseconds: vec![time; launch.batches as usize],
                paces: vec![pace; launch.batches as usize + 1],
            })
        }
    }

    fn case(variant: &str) -> CaseInfo {
        CaseInfo {
            id: format!("a/{variant}"),
            group: "a".to_owned(),
            question: None,
            variant: variant.to_owned(),
            parameter: None,
            summary: "Summary.".to_owned(),
            file: "benches/a.rs".to_owned(),
        }
    }

    fn timed(cases: &[CaseInfo], plan: &TimePlan, suite: &mut Shared) -> Timed {
        let machine = MachineState::default();
        time(suite, cases, plan, machine, &mut crate::event::Silent).unwrap()
    }

    #[test]
    fn a_case_on_a_shared_machine_gets_its_launches_and_an_undisturbed_time() {
        let mut suite = Shared::default();
        let timed = timed(&[case("case")], &plan(), &mut suite);
        let time = &timed.times["a/case"];
        assert_eq!((time.median, time.launches.len()), (1_000, 12));
        assert_eq!(time.disturbed, 11, "every second launch except the last");
        assert_eq!(timed.settings.link_orders, 1);
        assert_eq!(timed.settings.not_shuffled.as_deref(), Some("no lld"));
        assert_eq!(
            suite.attempts_to_shuffle, 1,
            "a failed shuffle is not tried again"
        );
    }

    #[test]
    fn a_case_with_a_wide_interval_gets_more_launches_than_the_others() {
        let plan = TimePlan {
            // Nothing is launched, so no budget is used up.
            budget: Duration::from_secs(600),
            ..plan()
        };
        let timed = timed(&[case("wide"), case("case")], &plan, &mut Shared::default());
        let launches = |id: &str| timed.times[id].launches.len();
        assert_eq!(launches("a/case"), 12);
        assert!(launches("a/wide") > 12, "{}", launches("a/wide"));
    }
}
