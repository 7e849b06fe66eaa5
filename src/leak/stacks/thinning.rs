//! Which blocks are looked at: all of them, unless there are too many to walk the stack of each.
//! Then those of frequent sizes are thinned, and rare sizes, as those of tables that double, are
//! not. A count decides that and no clock, so that a detection sees the same on any day.

use crate::stacks::{CLASSES, Trace};

/// The first steps, in which much is set up that says nothing of the later ones.
const FIRST: u64 = 128;
/// The steps after them that tell how many blocks there are.
const PILOT: u64 = 128;
/// Stacks that are walked, at most as many as the pilot foretells: a second or so.
const BUDGET: u64 = 250_000;

pub(super) struct Thinning {
    steps: u64,
    met: [u64; CLASSES],
}

impl Thinning {
    pub fn new(steps: u64) -> Self {
        Self {
            steps,
            met: [0; CLASSES],
        }
    }

    /// Tells the trace what to look at in this step.
    pub fn before_step(&mut self, step: u64, trace: &Trace) {
        if step == FIRST {
            self.met = trace.met();
        } else if step == FIRST + PILOT {
            let mut met = trace.met();
            met.iter_mut()
                .zip(self.met)
                .for_each(|(met, first)| *met -= first);
            let budget = u128::from(BUDGET) * u128::from(PILOT) / u128::from(self.steps);
            let most = most_of_each(&met, budget.try_into().unwrap_or(u64::MAX));
            trace.thin(&met.map(|met| met.div_ceil(most).max(1)));
        }
        trace.turn(mix(step));
    }
}

/// How many blocks of each class may be looked at so that all together keep to the budget.
fn most_of_each(met: &[u64; CLASSES], budget: u64) -> u64 {
    let mut sorted = *met;
    sorted.sort_unstable();
    let mut left = budget;
    for (at, met) in sorted.iter().enumerate() {
        let share = left / (CLASSES - at) as u64;
        if *met > share {
            return share.max(1);
        }
        left -= met;
    }
    u64::MAX
}

/// Spreads steps, so that which of them are looked at follows no period of the program.
fn mix(step: u64) -> u64 {
    let mixed = step.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ mixed >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_sizes_are_all_looked_at_and_frequent_ones_share_what_is_left() {
        let mut met = [0; CLASSES];
        (met[10], met[20], met[30]) = (3, 1_000, 4_000);
        assert_eq!(most_of_each(&met, 10_000), u64::MAX);
        let most = most_of_each(&met, 1_003);
        assert_eq!(most, 500);
        assert_eq!(met[10].div_ceil(most), 1);
    }
}
