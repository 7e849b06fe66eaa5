//! Size-class sampling: selects the blocks whose stacks are recorded. All blocks are, unless there
//! are too many. Then frequent sizes are sampled; rare sizes, like those of tables that double, are
//! not. Counts decide this, not a clock, so that every run selects the same blocks.

use crate::stacks::{CLASSES, Trace};

/// The first steps. They are ignored because their set-up work is not typical.
const FIRST: u64 = 128;
/// The steps after them, in which blocks are counted by size.
const PILOT: u64 = 128;
/// Maximum number of stacks to walk, as predicted from the pilot steps. Takes about a second.
const BUDGET: u64 = 250_000;

pub(super) struct SizeSampling {
    steps: u64,
    observed: [u64; CLASSES],
}

impl SizeSampling {
    pub fn new(steps: u64) -> Self {
        Self {
            steps,
            observed: [0; CLASSES],
        }
    }

    /// Sets which blocks the trace records in this step.
    pub fn before_step(&mut self, step: u64, trace: &Trace) {
        if step == FIRST {
            self.observed = trace.observed();
        } else if step == FIRST + PILOT {
            let mut observed = trace.observed();
            observed
                .iter_mut()
                .zip(self.observed)
                .for_each(|(observed, first)| *observed -= first);
            let budget = u128::from(BUDGET) * u128::from(PILOT) / u128::from(self.steps);
            let most = most_of_each(&observed, budget.try_into().unwrap_or(u64::MAX));
            trace.sample(&observed.map(|observed| observed.div_ceil(most).max(1)));
        }
        trace.phase(mix(step));
    }
}

/// The maximum number of blocks of each class, so that the total stays within the budget.
fn most_of_each(observed: &[u64; CLASSES], budget: u64) -> u64 {
    let mut sorted = *observed;
    sorted.sort_unstable();
    let mut left = budget;
    for (at, observed) in sorted.iter().enumerate() {
        let share = left / (CLASSES - at) as u64;
        if *observed > share {
            return share.max(1);
        }
        left -= observed;
    }
    u64::MAX
}

/// Scrambles the step number, so that the selection does not follow a period of the program.
fn mix(step: u64) -> u64 {
    let mixed = step.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ mixed >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_sizes_are_all_recorded_and_frequent_ones_share_the_rest_of_the_budget() {
        let mut observed = [0; CLASSES];
        (observed[10], observed[20], observed[30]) = (3, 1_000, 4_000);
        assert_eq!(most_of_each(&observed, 10_000), u64::MAX);
        let most = most_of_each(&observed, 1_003);
        assert_eq!(most, 500);
        assert_eq!(observed[10].div_ceil(most), 1);
    }
}
