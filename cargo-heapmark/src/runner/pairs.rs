//! Compares the times of two builds in paired rounds.
//!
//! ```text
//!  round    the most urgent cases, in random order; each gets its next paired round:
//!           a link order of the base and one of the head (for a control also a second one
//!           of the base), all with one heap seed, launched in random order
//!  further  until nothing is urgent, or the budget is used up
//! ```
//!
//! A launch is short, because many different link orders matter more than long launches. The
//! fastest batch of a launch counts, because other processes on the same processor only increase a
//! time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::suite::Suite;
use crate::event::{Event, Listener};
use heapmark_model::analysis::{Families, PairedRound, PairedTimes, Prior, Standing};
use heapmark_model::launch::LaunchError;
use heapmark_model::protocol::Launch;
use heapmark_model::record::Failure;

/// The effort of a comparison of times.
#[derive(Clone, Debug, PartialEq)]
pub struct PairPlan {
    /// The random seed for link orders, heap state, controls and the order of launches.
    pub seed: u32,
    /// The highest number of paired rounds of a case; twice as many if it looks changed and is not
    /// decided.
    pub rounds: u32,
    /// The time after which no paired round begins.
    pub budget: Duration,
}

/// The number of timed batches in a launch, and the intended length of each.
const BATCHES: u32 = 3;
const BATCH_MICROSECONDS: u32 = 150;

/// The number of paired rounds whose link orders are linked in advance.
const AHEAD: u32 = 8;

/// The number of randomly chosen controls, and the lowest number of paired rounds of each. Eight
/// paired rounds are enough to show with certainty that the base of a control differs from itself.
const CONTROLS: usize = 40;
const CONTROL_ROUNDS: usize = 10;

/// The result of a comparison of times.
#[derive(Clone, Debug, Default)]
pub struct Paired {
    /// The paired rounds of each case, with its prior.
    pub times: PairedTimes,
    /// The cases that could not be timed in the base.
    pub failed_in_base: Vec<Failure>,
    /// The cases that could not be timed in the head.
    pub failed_in_head: Vec<Failure>,
    /// Why the code ran in only one link order; `None` if it was shuffled.
    pub not_shuffled: Option<String>,
}

/// Times the cases in `priors` in both suites, the most urgent first.
///
/// # Errors
///
/// Only if the run is interrupted.
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
        link_orders: 0,
        paired: Paired {
            times: PairedTimes {
                priors,
                most_rounds: 2 * plan.rounds as usize,
                ..PairedTimes::default()
            },
            ..Paired::default()
        },
    };
    for id in pair.paired.times.priors.keys().cloned().collect::<Vec<_>>() {
        pair.look_at(&id, plan.rounds as usize);
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
                pair.paired.times.most_rounds = pair.reached(plan.rounds as usize);
                listener.on(&Event::Timed);
                return Ok(pair.paired);
            }
            pair.next_unit(id, listener)?;
            pair.look_at(id, plan.rounds as usize);
        }
    }
    listener.on(&Event::Timed);
    Ok(pair.paired)
}

#[derive(Clone, Copy)]
enum Role {
    Base,
    Again,
    Head,
}

struct Pair<'a> {
    base: &'a mut dyn Suite,
    head: &'a mut dyn Suite,
    random: fastrand::Rng,
    controls: BTreeSet<String>,
    /// How urgent each case is; a case that failed is settled.
    standings: BTreeMap<String, Standing>,
    /// The cases that looked changed at every check.
    suspects: BTreeSet<String>,
    /// The number of paired rounds for which there are link orders.
    link_orders: u32,
    paired: Paired,
}

impl Pair<'_> {
    fn rounds(&self, id: &str) -> &[PairedRound] {
        let rounds = self.paired.times.rounds.get(id);
        rounds.map_or(&[], Vec::as_slice)
    }

    /// Updates the urgency of a case.
    fn look_at(&mut self, id: &str, most: usize) {
        let times = &self.paired.times;
        let prior = times.priors.get(id).copied().unwrap_or(Prior::Unknown);
        let families = Families::new(times.priors.values().copied());
        let rounds = self.rounds(id);
        let is_short = self.controls.contains(id) && rounds.len() < CONTROL_ROUNDS.min(most);
        let standing = match Standing::new(rounds, prior, families, most) {
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

    /// The most urgent cases; none if all are settled.
    fn most_urgent(&self) -> Vec<String> {
        let first = self.standings.values().min().copied();
        let urgent = first.filter(|first| *first != Standing::Settled);
        let waiting = self.standings.iter();
        let waiting = waiting.filter(|(_, standing)| Some(**standing) == urgent);
        waiting.map(|(id, _)| id.clone()).collect()
    }

    /// The number of paired rounds that a case would have had if only its times showed a change. It
    /// is the lowest number of any case that looked changed from its first check on, or the maximum
    /// if none of these waits for more.
    fn reached(&self, most: usize) -> usize {
        let is_first = |standing: &Standing| *standing <= Standing::Fresh;
        let first = self.standings.iter().filter(|(_, it)| is_first(it));
        let first = first.map(|(id, _)| id);
        let rounds = first.chain(&self.suspects).map(|id| self.rounds(id).len());
        rounds.min().unwrap_or(2 * most)
    }

    /// Makes sure that there are link orders for the next paired rounds of these cases.
    fn lay_out_for(&mut self, waiting: &[String], seed: u32, listener: &mut dyn Listener) {
        let next = waiting.iter().map(|id| self.rounds(id).len()).max();
        let next = u32::try_from(next.unwrap_or_default()).unwrap_or(u32::MAX);
        listener.on(&Event::Timing {
            launches: 2 * waiting.len(),
        });
        if next < self.link_orders || self.paired.not_shuffled.is_some() {
            return;
        }
        if self.link_orders == 0 {
            let link_orders = 3 * AHEAD;
            listener.on(&Event::LayingOut { link_orders });
        }
        self.link_orders = next + AHEAD;
        let linked = self.base.lay_out(seed, 2 * self.link_orders);
        let linked = linked.and_then(|()| self.head.lay_out(!seed, self.link_orders));
        self.paired.not_shuffled = linked.err();
    }

    /// Runs the next paired round of a case. A case that cannot be timed counts as failed; only an
    /// interrupt ends the run.
    fn next_unit(&mut self, id: &str, listener: &mut dyn Listener) -> Result<(), LaunchError> {
        let number = u32::try_from(self.rounds(id).len()).unwrap_or(u32::MAX);
        match self.round(id, number, listener) {
            Ok(round) => {
                let rounds = &mut self.paired.times.rounds;
                rounds.entry(id.to_owned()).or_default().push(round);
            }
            Err((_, LaunchError::Interrupted)) => return Err(LaunchError::Interrupted),
            Err((side, error)) => self.paired.fail(side, id, &error),
        }
        Ok(())
    }

    /// Runs one paired round of a case. An error states which side could not be timed.
    fn round(
        &mut self,
        id: &str,
        number: u32,
        listener: &mut dyn Listener,
    ) -> Result<PairedRound, (Role, LaunchError)> {
        let launch = Launch {
            heap_seed: self.random.u32(..),
            batches: BATCHES,
            batch_microseconds: BATCH_MICROSECONDS,
            slower_percent: None,
        };
        let mut order = vec![Role::Base, Role::Head];
        if self.controls.contains(id) {
            order.push(Role::Again);
        }
        self.random.shuffle(&mut order);
        let mut fastest = [None; 3];
        for side in order {
            listener.on(&Event::Launching { id: id.to_owned() });
            let told = match side {
                Role::Base => self.base.time(id, 2 * number, launch),
                Role::Again => self.base.time(id, 2 * number + 1, launch),
                Role::Head => self.head.time(id, number, launch),
            };
            let batches = told.map_err(|error| (side, error))?.picoseconds;
            let none = || LaunchError::Failed("no batch was timed".to_owned());
            let best = batches.into_iter().min().ok_or_else(|| (side, none()))?;
            fastest[side as usize] = Some(best);
        }
        let [base, again, head] = fastest;
        let missing = || LaunchError::Failed("no batch was timed".to_owned());
        Ok(PairedRound {
            base: base.ok_or_else(|| (Role::Base, missing()))?,
            again,
            head: head.ok_or_else(|| (Role::Head, missing()))?,
        })
    }
}

impl Paired {
    fn has_failed(&self, id: &str) -> bool {
        let mut failures = self.failed_in_base.iter().chain(&self.failed_in_head);
        failures.any(|failure| failure.id == id)
    }

    /// Records a failure, and removes the paired rounds of the case: incomplete ones would mislead.
    fn fail(&mut self, side: Role, id: &str, error: &LaunchError) {
        self.times.rounds.remove(id);
        let failures = match side {
            Role::Base | Role::Again => &mut self.failed_in_base,
            Role::Head => &mut self.failed_in_head,
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
    use crate::runner::{Batches, CaseReply, Listing, Suite};
    use heapmark_model::analysis::Prior;
    use heapmark_model::launch::LaunchError;
    use heapmark_model::protocol::{Launch, Pass};

    /// A suite whose cases take `picoseconds`, and that fails at one launch of `a/bad`.
    struct Scripted {
        picoseconds: u64,
        launches: u32,
        fails_at: Option<u32>,
    }

    impl Suite for Scripted {
        fn list(&mut self) -> Result<Listing, LaunchError> {
            Ok(Listing::default())
        }

        fn run(&mut self, _: &str, _: Pass, _: u32) -> Result<CaseReply, LaunchError> {
            Ok(CaseReply::default())
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
            rounds: 6,
            budget,
        };
        let (mut base, mut head) = (scripted(100, base_fails), scripted(130, head_fails));
        let priors = IDS.map(|id| (id.to_owned(), Prior::Changed)).into();
        pair(&mut base, &mut head, priors, &plan, &mut Silent).unwrap()
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn the_fastest_batch_of_each_side_makes_a_paired_round() {
        let rounds = paired(None, None, LONG).times.rounds;
        let round = rounds["a/good"][0];
        assert_eq!((round.base, round.again, round.head), (100, Some(100), 130));
    }

    #[test]
    fn a_case_that_looks_changed_gets_paired_rounds_until_it_is_decided() {
        let rounds = paired(None, None, LONG).times.rounds;
        // Ten equal signs have a probability of 2 / 2¹⁰, times two checks and two cases.
        assert_eq!(IDS.map(|id| rounds[id].len()), [10, 10]);
    }

    #[test]
    fn a_failure_at_any_launch_is_that_sides_and_leaves_no_paired_round() {
        // As controls, the base is launched twice a paired round and the head once.
        for launch in 3..=8 {
            let paired = paired(Some(launch), None, LONG);
            assert_eq!(paired.failed_in_base.len(), 1, "launch {launch}");
            assert!(paired.failed_in_head.is_empty());
            assert!(
                !paired.times.rounds.contains_key("a/bad"),
                "launch {launch}"
            );
            assert_eq!(paired.times.rounds["a/good"].len(), 10);
        }
        let paired = paired(None, Some(3), LONG);
        assert_eq!(paired.failed_in_head.len(), 1);
        assert!(paired.failed_in_base.is_empty());
        assert!(!paired.times.rounds.contains_key("a/bad"));
    }

    #[test]
    fn no_paired_round_begins_without_time() {
        let times = paired(None, None, Duration::ZERO).times;
        assert!(times.rounds.is_empty());
        assert_eq!(times.most_rounds, 0, "and nothing would have been found");
    }

    #[test]
    fn what_counts_or_instructions_show_is_timed_first() {
        struct Written(Vec<String>);
        impl Suite for Written {
            fn list(&mut self) -> Result<Listing, LaunchError> {
                Ok(Listing::default())
            }
            fn run(&mut self, _: &str, _: Pass, _: u32) -> Result<CaseReply, LaunchError> {
                Ok(CaseReply::default())
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
            rounds: 8,
            budget: LONG,
        };
        let (mut base, mut head) = (Written(Vec::new()), Written(Vec::new()));
        pair(&mut base, &mut head, priors.into(), &plan, &mut Silent).unwrap();
        let expected: Vec<&str> = [["a/moved"; 8], ["a/same"; 8]].concat();
        assert_eq!(head.0, expected);
    }
}
