//! Which steps' blocks are looked at: all of them, unless there are too many to walk the stack of
//! each. A count decides that and no clock, so that a detection sees the same on any day.

use crate::stacks::Trace;

/// The first steps, in which much is set up that says nothing of the later ones.
const FIRST: u64 = 128;
/// The steps after them that tell how many blocks there are.
const PILOT: u64 = 128;
/// Stacks that are walked, at most as many as the pilot foretells: a second or so.
const BUDGET: u64 = 250_000;

pub(super) struct Thinning {
    steps: u64,
    /// One of so many steps is looked at.
    every: u64,
    met: u64,
}

impl Thinning {
    pub fn new(steps: u64) -> Self {
        Self {
            steps,
            every: 1,
            met: 0,
        }
    }

    /// Tells the trace what a block of this step stands for.
    pub fn before_step(&mut self, step: u64, trace: &Trace) {
        if step == FIRST {
            self.met = trace.met();
        } else if step == FIRST + PILOT {
            let met = trace.met() - self.met;
            let all = u128::from(met) * u128::from(self.steps) / u128::from(PILOT);
            self.every = all.div_ceil(u128::from(BUDGET)).max(1) as u64;
        }
        let is_looked_at = mix(step).is_multiple_of(self.every);
        trace.weigh(if is_looked_at { self.every } else { 0 });
    }
}

/// Spreads steps, so that which of them are looked at follows no period of the program.
fn mix(step: u64) -> u64 {
    let mixed = step.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ mixed >> 32
}
