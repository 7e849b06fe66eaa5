//! Records the call stacks that allocate in one iteration. This takes microseconds per block, so it
//! is never timed, and runs only if an exact count has changed.

use std::collections::BTreeMap;

use crate::bencher::{Instrument, Mark, Probe, Routine};
use crate::stacks::{self, Trace, Traced};
use heapmark_model::record::{Callsite, Frame};

/// Traces one iteration, after a warm-up iteration that is not traced.
#[derive(Debug, Default)]
pub struct Callsites {
    traced: Vec<Traced>,
}

impl Instrument for Callsites {
    fn measure(&mut self, routine: &mut dyn Routine) {
        // The warm-up does the set-up work of a first iteration and of a first stack.
        routine.observe(&mut Tracer::default());
        let mut tracer = Tracer::default();
        routine.observe(&mut tracer);
        self.traced = tracer.traced;
    }
}

#[derive(Default)]
struct Tracer {
    trace: Option<Trace>,
    traced: Vec<Traced>,
}

impl Probe for Tracer {
    fn mark(&mut self, mark: Mark) {
        match mark {
            // The input only counts as retained memory; it has no call site.
            Mark::Setup | Mark::Returned => {}
            Mark::Start => self.trace = stacks::trace(None).ok(),
            Mark::Dropped => self.traced = self.trace.take().map(Trace::finish).unwrap_or_default(),
        }
    }
}

impl Callsites {
    /// The call sites, with each distinct stack of frames once.
    pub fn take(&mut self) -> Vec<Callsite> {
        let mut sums: BTreeMap<Vec<Frame>, Callsite> = BTreeMap::new();
        for traced in self.traced.drain(..) {
            let frames = inside(stacks::frames(&traced.addresses));
            let site = sums.entry(frames).or_default();
            site.allocs += number(traced.sum.allocs);
            site.reallocs += number(traced.sum.reallocs);
            site.bytes += number(traced.sum.bytes);
            site.retained += number(traced.sum.held.bytes);
        }
        let sites = sums.into_iter();
        sites
            .map(|(frames, site)| Callsite { frames, ..site })
            .collect()
    }
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The frames between the allocator and the harness that do not belong to std.
fn inside(frames: Vec<Frame>) -> Vec<Frame> {
    let from = frames.iter().position(|frame| !stacks::is_harness(frame));
    let program = frames.into_iter().skip(from.unwrap_or(0));
    let program = program.take_while(|frame| !stacks::is_harness(frame));
    program.filter(|frame| !stacks::is_std(frame)).collect()
}
