//! The series of live memory by call stack, and whether the memory of a call site grows. Does not
//! take stacks.

use crate::alloc::Live;
use crate::leak::judge::{self, Strictness, Trend};
use crate::leak::series::Series;
use crate::stacks::Held;

/// Maximum number of samples. At least half as many are kept, which is enough for the judges.
const MOST: usize = 2048;

/// Smallest rate that counts as growth: one byte in 1,000 million steps.
const LEAST: f64 = 1e-9;

/// Samples of the live memory of all stacks, at equal distances of steps.
pub(super) struct Marks {
    rows: Vec<Vec<Held>>,
    distance: u64,
    steps: u64,
    after_drop: Vec<Held>,
}

impl Marks {
    /// Allocates the list of samples.
    pub fn new() -> Self {
        Self {
            rows: Vec::with_capacity(MOST),
            distance: 1,
            steps: 0,
            after_drop: Vec::new(),
        }
    }

    /// Takes a sample if one is due.
    pub fn after_step(&mut self, held: impl FnOnce() -> Vec<Held>) {
        self.steps += 1;
        if !self.steps.is_multiple_of(self.distance) {
            return;
        }
        self.rows.push(held());
        if self.rows.len() == MOST {
            let mut number = 0;
            self.rows.retain(|_| {
                number += 1;
                number % 2 == 0
            });
            self.distance *= 2;
        }
    }

    /// Sets the memory that is live after the state was dropped.
    pub fn after_drop(&mut self, held: Vec<Held>) {
        self.after_drop = held;
    }

    /// Whether a stack has live memory in any sample. If its memory is always reallocated
    /// elsewhere, like that of a list, it belongs to the series of the other stack.
    pub fn has_held(&self, stack: usize) -> bool {
        let held = self.rows.iter().filter_map(|row| row.get(stack));
        held.into_iter().any(|held| held.blocks > 0)
    }

    /// Whether at least half of the growth of the first pass repeated.
    pub fn repeat(&self, grown: Live) -> bool {
        let all = |row: Option<&Vec<Held>>| {
            let held = row.into_iter().flatten().copied();
            held.fold(Held::default(), add)
        };
        let (early, late) = (all(self.rows.first()), all(self.rows.last()));
        let is_half = |early: u64, late: u64, grown: i64| {
            grown > 0 && late.saturating_sub(early) >= grown.unsigned_abs() / 2
        };
        is_half(early.bytes, late.bytes, grown.bytes)
            || is_half(early.blocks, late.blocks, grown.blocks)
    }

    /// Whether the blocks of some stacks are bounded: they fill up, or rose evenly to a level and
    /// then stayed there or were cleared.
    pub fn has_an_end(&self, stacks: &[usize]) -> bool {
        let (mut blocks, mut most) = (Series::new(), 0);
        for row in &self.rows {
            most = sum(row, stacks).blocks.max(most);
            blocks.push(most.cast_signed());
        }
        judge::has_an_end(&blocks)
    }

    /// The joint series of some stacks.
    pub fn series_of(&self, stacks: &[usize], strictness: Strictness) -> SiteSeries {
        let [mut bytes, mut blocks] = [(); 2].map(|()| [Series::new(), Series::new()]);
        for row in &self.rows {
            let held = sum(row, stacks);
            let all = row.iter().copied().fold(Held::default(), add);
            push(&mut bytes, held.bytes, all.bytes);
            push(&mut blocks, held.blocks, all.blocks);
        }
        let last = self
            .rows
            .last()
            .map_or_else(Held::default, |row| sum(row, stacks));
        let after_drop = sum(&self.after_drop, stacks);
        let trends = |of: usize| judge::trends(&bytes[of], &blocks[of], strictness);
        let own = trends(0);
        let is_unopposed = own.iter().any(Trend::is_rising)
            && (own.iter().zip(&trends(1)))
                .any(|(own, given)| own.is_rising() && !given.is_rising());
        let rate = |trend, series: &Series| match trend {
            Trend::Rising(rate, _) => rate,
            Trend::Flat | Trend::Unclear(_) => series.slope(),
        };
        let distance = self.distance as f64;
        SiteSeries {
            grows: own.iter().find_map(|trend| match trend {
                Trend::Rising(_, how) => Some(*how),
                Trend::Flat | Trend::Unclear(_) => None,
            }),
            is_unopposed,
            bytes_per_step: rate(own[0], &bytes[0]) / distance,
            blocks_per_step: rate(own[1], &blocks[0]) / distance,
            falls: self.fall(stacks, &bytes[0]),
            held: last.bytes.cast_signed(),
            is_lost: last.bytes > 0 && after_drop.bytes * 2 >= last.bytes,
        }
    }

    /// Bytes per step that are certainly freed; 0 unless the series falls.
    fn fall(&self, stacks: &[usize], series_of: &Series) -> f64 {
        let slope = series_of.slope() / self.distance as f64;
        if slope >= 0.0 {
            return 0.0;
        }
        let [mut bytes, mut blocks] = [Series::new(), Series::new()];
        for row in &self.rows {
            let held = sum(row, stacks);
            bytes.push(-held.bytes.cast_signed());
            blocks.push(-held.blocks.cast_signed());
        }
        let trends = judge::trends(&bytes, &blocks, Strictness::Final);
        if trends.iter().any(Trend::is_rising) {
            -slope
        } else {
            0.0
        }
    }
}

fn add(one: Held, other: Held) -> Held {
    Held {
        blocks: one.blocks + other.blocks,
        bytes: one.bytes + other.bytes,
    }
}

fn sum(row: &[Held], stacks: &[usize]) -> Held {
    let held = stacks.iter().filter_map(|stack| row.get(*stack));
    held.copied().fold(Held::default(), add)
}

/// Adds the live memory of some stacks, and that of all others with its sign reversed.
fn push([own, given]: &mut [Series; 2], held: u64, all: u64) {
    own.push(held.cast_signed());
    given.push(held.wrapping_sub(all).cast_signed());
}

/// The growth of some stacks' live memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct SiteSeries {
    /// In which way it grows, if that is certain.
    pub grows: Option<&'static str>,
    /// Whether it makes the whole program grow. If the other stacks free as much, memory only moves
    /// between stacks.
    pub is_unopposed: bool,
    pub bytes_per_step: f64,
    pub blocks_per_step: f64,
    /// Bytes per step that are certainly freed.
    pub falls: f64,
    /// Live bytes at the end.
    pub held: i64,
    /// Whether most of it outlives the state.
    pub is_lost: bool,
}

impl SiteSeries {
    /// Whether live memory increases or decreases.
    pub fn changes(&self) -> bool {
        [self.bytes_per_step, self.blocks_per_step]
            .iter()
            .any(|rate| rate.abs() >= LEAST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_samples_of_many_steps_are_at_equal_distances() {
        let mut marks = Marks::new();
        for step in 1..=100_000 {
            let blocks = step / 100;
            marks.after_step(|| {
                vec![
                    Held {
                        blocks: 7,
                        bytes: 700,
                    },
                    Held {
                        blocks,
                        bytes: 800 * blocks,
                    },
                ]
            });
        }
        assert!(
            (MOST / 2..MOST).contains(&marks.rows.len()),
            "{}",
            marks.rows.len()
        );
        let [level, leak] = [0, 1].map(|stack| marks.series_of(&[stack], Strictness::Final));
        assert!(level.grows.is_none() && level.bytes_per_step == 0.0);
        assert!(
            leak.grows.is_some() && (leak.bytes_per_step - 8.0).abs() < 0.1,
            "{leak:?}"
        );
        assert!((leak.blocks_per_step - 0.01).abs() < 0.0001, "{leak:?}");
    }
}
