//! Bounds for the memory of the steps if foreign threads allocate at the same time. Foreign threads
//! are threads that the steps did not start. Does not judge a series.
//!
//! ```text
//!  own    live memory of the own threads
//!  most   own, plus all that foreign threads allocated     flat: nothing can grow
//!  least  own, minus all that foreign threads freed        rises: it grows, if foreign threads
//!                                                          were idle in the last half
//!  here   least, minus all that the threads that steps     rises: it grows for certain
//!         started allocated
//! ```
//!
//! An allocation of a foreign thread may be work of a step, for example on a pool that existed
//! before. Memory that it frees may come from a step. While foreign threads are busy, a thread that
//! a step has started may also work for them, for example in a pool that all tests share.

use crate::alloc::{Elsewhere, Live, Watch, Work};

use super::judge::{self, Strictness, Trend};
use super::series::Series;

/// The bounds of both series. They are equal to the series until other threads allocate.
pub(super) struct Bounds {
    start: Elsewhere,
    latest: Elsewhere,
    /// Events of other threads before the first step.
    start_events: u64,
    most: [Series; 2],
    least: [Series; 2],
    here: [Series; 2],
    /// Events of foreign threads so far.
    traffic: Series,
}

/// What the bounds prove about a leak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// Nothing.
    None,
    /// Memory of the own threads grows.
    Own,
    /// It grows, but only the memory of the calling thread proves it.
    Here,
}

impl Bounds {
    /// Creates empty bounds. Allocates all the memory that they will ever use.
    pub fn new() -> Self {
        let both = || [Series::new(), Series::new()];
        Self {
            start: Elsewhere::default(),
            latest: Elsewhere::default(),
            start_events: 0,
            most: both(),
            least: both(),
            here: both(),
            traffic: Series::new(),
        }
    }

    /// Sets the starting point: what other threads did before the first step.
    pub fn begin(&mut self, elsewhere: Elsewhere) {
        (self.start, self.latest) = (elsewhere, elsewhere);
        let (started, others) = (elsewhere.started.events, elsewhere.others.events);
        self.start_events = started.wrapping_add(others);
    }

    /// Adds the live memory after the next step. `events` is the number of events of other threads
    /// so far; `own` are the series without this step.
    #[inline]
    pub fn push(&mut self, live: Live, events: u64, watch: &Watch, own: [&Series; 2]) {
        if events != self.start_events {
            self.push_apart(live, watch.elsewhere(), own);
        }
    }

    #[cold]
    fn push_apart(&mut self, live: Live, now: Elsewhere, own: [&Series; 2]) {
        let copy = |bounds: &mut [Series; 2]| {
            bounds[0].copy_from(own[0]);
            bounds[1].copy_from(own[1]);
        };
        if self.latest == self.start {
            copy(&mut self.here);
        }
        let had_traffic = self.events() != 0;
        self.latest = now;
        let has_traffic = self.events() != 0;
        if has_traffic && !had_traffic {
            copy(&mut self.most);
            copy(&mut self.least);
            self.traffic.zeros_like(own[0]);
        }
        let since =
            |now: Work, start: Work| (now.allocated - start.allocated, now.freed - start.freed);
        let (started, _) = since(now.started, self.start.started);
        let (allocated, freed) = since(now.others, self.start.others);
        push(&mut self.here, live - started - freed);
        if has_traffic {
            push(&mut self.most, live + allocated);
            push(&mut self.least, live - freed);
            self.traffic.push(self.events().cast_signed());
        }
    }

    /// Allocations and frees of foreign threads while the steps ran.
    pub fn events(&self) -> u64 {
        self.latest
            .others
            .events
            .wrapping_sub(self.start.others.events)
    }

    /// Whether growth of the own threads' memory is caused by the steps.
    pub fn proof(&self, strictness: Strictness) -> Proof {
        let rises = |bounds| trends(bounds, strictness).iter().any(Trend::is_rising);
        if has_ended(&self.traffic) && rises(&self.least) {
            Proof::Own
        } else if rises(&self.here) {
            Proof::Here
        } else {
            Proof::None
        }
    }

    /// Whether nothing grows even if all foreign allocations belong to the steps.
    pub fn is_level_at_most(&self, strictness: Strictness) -> bool {
        is_flat(trends(&self.most, strictness))
    }

    /// Lower bound and upper bound of the live bytes.
    pub fn bytes(&self) -> (&Series, &Series) {
        (&self.here[0], &self.most[0])
    }
}

/// Whether foreign threads did nothing in the last half of the steps.
fn has_ended(traffic: &Series) -> bool {
    let late = &traffic.buckets()[traffic.buckets().len() / 2..];
    let first = late.first().map(|bucket| bucket.lowest);
    first.is_some_and(|first| late.iter().all(|bucket| bucket.highest == first))
}

fn push([bytes, blocks]: &mut [Series; 2], live: Live) {
    bytes.push(live.bytes);
    blocks.push(live.blocks);
}

fn trends([bytes, blocks]: &[Series; 2], strictness: Strictness) -> [Trend; 2] {
    judge::trends(bytes, blocks, strictness)
}

fn is_flat(trends: [Trend; 2]) -> bool {
    trends.iter().all(|trend| matches!(trend, Trend::Flat))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: i64 = 2_000;

    /// Blocks after a step.
    #[derive(Default)]
    struct Step {
        /// Live blocks of the own threads.
        held: i64,
        /// Allocated by threads that steps started.
        started: i64,
        /// Allocated and freed by foreign threads.
        asked: i64,
        freed: i64,
    }

    fn bounds(of: impl Fn(i64) -> Step) -> Bounds {
        let mut bounds = Bounds::new();
        let [mut bytes, mut blocks] = [Series::new(), Series::new()];
        bounds.begin(Elsewhere::default());
        for step in 1..=STEPS {
            let step = of(step);
            let amount = |blocks: i64| Live {
                bytes: 16 * blocks,
                blocks,
            };
            let work = |asked: i64, freed: i64| Work {
                events: (asked + freed).unsigned_abs(),
                allocated: amount(asked),
                freed: amount(freed),
            };
            let elsewhere = Elsewhere {
                started: work(step.started, 0),
                others: work(step.asked, step.freed),
            };
            let live = amount(step.held);
            bounds.push_apart(live, elsewhere, [&bytes, &blocks]);
            bytes.push(live.bytes);
            blocks.push(live.blocks);
        }
        bounds
    }

    #[test]
    fn what_others_free_may_have_been_the_steps() {
        let handed_over = bounds(|step| Step {
            held: step,
            freed: step,
            ..Step::default()
        });
        assert_eq!(handed_over.proof(Strictness::Final), Proof::None);
        let few = bounds(|step| Step {
            held: step,
            freed: (step / 100).min(3),
            ..Step::default()
        });
        assert_eq!(few.proof(Strictness::Final), Proof::Own);
        let half = bounds(|step| Step {
            held: step,
            freed: step / 2,
            ..Step::default()
        });
        assert_eq!(half.proof(Strictness::Final), Proof::Here);
    }

    #[test]
    fn threads_that_steps_started_may_work_for_others_that_are_busy() {
        let pool = |others: fn(i64) -> i64| {
            bounds(move |step| Step {
                held: step,
                started: step,
                asked: others(step),
                ..Step::default()
            })
        };
        assert_eq!(pool(|step| step / 10).proof(Strictness::Final), Proof::None);
        // A channel allocates only once for many messages.
        assert_eq!(
            pool(|step| step / 300).proof(Strictness::Final),
            Proof::None
        );
        assert_eq!(
            pool(|step| (step / 300).min(2)).proof(Strictness::Final),
            Proof::Own
        );
    }

    #[test]
    fn what_others_allocate_may_be_the_steps() {
        let busy = bounds(|step| Step {
            asked: step,
            freed: step,
            ..Step::default()
        });
        assert!(!busy.is_level_at_most(Strictness::Final));
        // A pool that starts its threads one by one.
        let idle = bounds(|step| Step {
            held: 7,
            asked: 5 * (step / 300).min(4),
            freed: (step / 300).min(4),
            ..Step::default()
        });
        assert!(idle.is_level_at_most(Strictness::Final) && idle.events() == 24);
    }
}
