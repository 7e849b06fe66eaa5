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
//! case wants is decided once, from its first ones: who looks after each launch and stops when
//! the interval pleases gets intervals that promise too much.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::machine_state::load;
use super::suite::Suite;
use crate::analysis::{interval, median};
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
        cases: cases.iter().map(|case| Progress::new(&case.id)).collect(),
    };
    pass.listener.on(&Event::Timing {
        launches: cases.len() * plan.launches as usize,
    });
    for round in 0..plan.launches {
        pass.round(round)?;
    }
    let layouts = match &shuffled {
        Ok(()) => plan.launches + pass.further_rounds()?,
        Err(_) => {
            pass.further_rounds()?;
            1
        }
    };
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

/// A case under way.
struct Progress {
    id: String,
    launches: Vec<u64>,
    wanted: u32,
    failed: Option<String>,
}

impl Progress {
    fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            launches: Vec::new(),
            wanted: u32::MAX,
            failed: None,
        }
    }

    fn is_waiting(&self) -> bool {
        self.failed.is_none() && (self.launches.len() as u64) < u64::from(self.wanted)
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
    /// One launch of every case that waits for one.
    fn round(&mut self, number: u32) -> Result<(), LaunchError> {
        let mut order: Vec<usize> = (0..self.cases.len()).collect();
        self.random.shuffle(&mut order);
        let launch = Launch {
            heap_seed: self.random.u32(..),
            batches: self.plan.batches,
            batch_microseconds: self.plan.batch_microseconds,
        };
        for index in order {
            let case = &mut self.cases[index];
            if !case.is_waiting() {
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
            match median(&batches) {
                Some(median) => case.launches.push(median),
                None => case.failed = Some("while it was timed: it told no time".to_owned()),
            }
        }
        Ok(())
    }

    /// Rounds for the cases whose interval is wide; how many there were.
    fn further_rounds(&mut self) -> Result<u32, LaunchError> {
        let plan = self.plan;
        for case in &mut self.cases {
            case.wanted = wanted(&case.launches, plan);
        }
        let most = self.cases.iter().filter(|case| case.is_waiting());
        let most = most.map(|case| case.wanted).max().unwrap_or(plan.launches);
        let mut further = 0;
        for round in plan.launches..most {
            if self.started.elapsed() >= plan.budget {
                break;
            }
            // Where code cannot be shuffled it was said at the first attempt.
            let _ = self.suite.lay_out(plan.seed, round + 1);
            let waiting = self.cases.iter().filter(|case| case.is_waiting()).count();
            self.listener.on(&Event::Timing { launches: waiting });
            self.round(round)?;
            further += 1;
        }
        Ok(further)
    }

    fn results(self) -> (BTreeMap<String, Time>, Vec<Failure>) {
        let mut times = BTreeMap::new();
        let mut failures = Vec::new();
        for case in self.cases {
            if let Some(reason) = case.failed {
                let id = case.id;
                failures.push(Failure { id, reason });
            } else if let Some(median) = median(&case.launches) {
                let time = Time {
                    median,
                    interval: interval(&case.launches),
                    launches: case.launches,
                };
                times.insert(case.id, time);
            }
        }
        (times, failures)
    }
}

/// How many launches a case should get, judged by its first: the width of an interval falls with
/// the square root of their number.
fn wanted(launches: &[u64], plan: &TimePlan) -> u32 {
    let (Some(median), Some(interval)) = (median(launches), interval(launches)) else {
        return plan.launches;
    };
    let half = (interval.high - interval.low) as f64 / 2.0;
    let excess = half / (median as f64 * plan.precision);
    if excess.is_nan() || excess <= 1.0 {
        return plan.launches;
    }
    let wanted = launches.len() as f64 * excess * excess;
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

    #[test]
    fn a_case_with_a_narrow_interval_wants_no_more() {
        assert_eq!(wanted(&[1_000; 12], &plan()), 12);
        assert_eq!(wanted(&[0; 12], &plan()), 12);
        assert_eq!(wanted(&[], &plan()), 12);
    }

    #[test]
    fn a_wide_interval_wants_more_up_to_the_limit() {
        let spread = |step: u64| -> Vec<u64> { (0..12).map(|n| 10_000 + n * step).collect() };
        let some = wanted(&spread(40), &plan());
        assert!((13..40).contains(&some), "{some}");
        assert_eq!(wanted(&spread(1_000), &plan()), 40);
    }
}
