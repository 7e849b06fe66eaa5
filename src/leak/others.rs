//! What can be said of the steps although threads that they did not start allocate meanwhile. Not
//! the judge of a series.
//!
//! ```text
//!  most   all that the own threads hold, and all that others ask for    level? nothing can grow
//!  own    all that the own threads hold
//!  least  all that the own threads hold, less all that others free      rises? it grows, if others
//!                                                                       did nothing in the last half
//!  here   the same, less all that threads asked for which steps started rises? it grows for certain
//! ```
//!
//! What another thread allocates may be the work of a step, as on a pool that was there before, and
//! what it frees may be what a step handed over. While others are at work, threads that a step has
//! started may work for them as well, as those of a pool do that all tests share.

use crate::alloc::{Elsewhere, Live, Watch, Work};

use super::judge::{self, Moment, Shape};
use super::series::Series;

/// The bounds of both series. They are the series themselves until other threads allocate.
pub(super) struct Bounds {
    start: Elsewhere,
    latest: Elsewhere,
    /// Events elsewhere before the first step.
    start_events: u64,
    most: [Series; 2],
    least: [Series; 2],
    here: [Series; 2],
    /// Events of others so far.
    traffic: Series,
}

/// What the bounds say of a leak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// Nothing for certain.
    None,
    /// It grows.
    Own,
    /// It grows, and only what the calling thread holds shows it.
    Here,
}

impl Bounds {
    /// Takes all memory that it will ever use.
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

    /// Begins with what was done elsewhere before the first step.
    pub fn begin(&mut self, elsewhere: Elsewhere) {
        (self.start, self.latest) = (elsewhere, elsewhere);
        let (started, others) = (elsewhere.started.events, elsewhere.others.events);
        self.start_events = started.wrapping_add(others);
    }

    /// Adds what lives after the next step, with so many events elsewhere until then; `own` are the
    /// series without that.
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

    /// Allocations and frees of others while steps ran.
    pub fn events(&self) -> u64 {
        self.latest
            .others
            .events
            .wrapping_sub(self.start.others.events)
    }

    /// Whether growth of the own threads is that of the steps.
    pub fn proof(&self, moment: Moment) -> Proof {
        let rises = |bounds| shapes(bounds, moment).iter().any(Shape::is_rising);
        if has_ended(&self.traffic) && rises(&self.least) {
            Proof::Own
        } else if rises(&self.here) {
            Proof::Here
        } else {
            Proof::None
        }
    }

    /// Whether nothing grows even if all that others allocated was the steps'.
    pub fn is_level_at_most(&self, moment: Moment) -> bool {
        is_flat(shapes(&self.most, moment))
    }

    /// Bytes that live here at least, and all that live at most.
    pub fn bytes(&self) -> (&Series, &Series) {
        (&self.here[0], &self.most[0])
    }
}

/// Whether nothing was added in the last half.
fn has_ended(traffic: &Series) -> bool {
    let late = &traffic.buckets()[traffic.buckets().len() / 2..];
    let first = late.first().map(|bucket| bucket.lowest);
    first.is_some_and(|first| late.iter().all(|bucket| bucket.highest == first))
}

fn push([bytes, blocks]: &mut [Series; 2], live: Live) {
    bytes.push(live.bytes);
    blocks.push(live.blocks);
}

fn shapes([bytes, blocks]: &[Series; 2], moment: Moment) -> [Shape; 2] {
    judge::shapes(bytes, blocks, moment)
}

fn is_flat(shapes: [Shape; 2]) -> bool {
    shapes.iter().all(|shape| matches!(shape, Shape::Flat))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: i64 = 2_000;

    /// Blocks after a step.
    #[derive(Default)]
    struct Step {
        /// Held by the own threads.
        held: i64,
        /// Asked for by threads that steps started.
        started: i64,
        /// Asked for by others, and freed.
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
        assert_eq!(handed_over.proof(Moment::Last), Proof::None);
        let few = bounds(|step| Step {
            held: step,
            freed: (step / 100).min(3),
            ..Step::default()
        });
        assert_eq!(few.proof(Moment::Last), Proof::Own);
        let half = bounds(|step| Step {
            held: step,
            freed: step / 2,
            ..Step::default()
        });
        assert_eq!(half.proof(Moment::Last), Proof::Here);
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
        assert_eq!(pool(|step| step / 10).proof(Moment::Last), Proof::None);
        // A channel allocates once for many messages.
        assert_eq!(pool(|step| step / 300).proof(Moment::Last), Proof::None);
        assert_eq!(
            pool(|step| (step / 300).min(2)).proof(Moment::Last),
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
        assert!(!busy.is_level_at_most(Moment::Last));
        // A pool that starts, one thread after the other.
        let idle = bounds(|step| Step {
            held: 7,
            asked: 5 * (step / 300).min(4),
            freed: (step / 300).min(4),
            ..Step::default()
        });
        assert!(idle.is_level_at_most(Moment::Last) && idle.events() == 24);
    }
}
