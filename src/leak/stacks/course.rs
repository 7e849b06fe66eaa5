//! What each call stack holds over the steps, and whether what a place holds grows. Not how stacks
//! are taken.

use crate::alloc::Live;
use crate::leak::judge::{self, Moment, Shape};
use crate::leak::series::Series;
use crate::stacks::Held;

/// Marks at most; half as many at least, which the judges can see as much in as they need.
const MOST: usize = 2048;

/// A rate below this is none: a byte in a thousand million steps.
const LEAST: f64 = 1e-9;

/// What all stacks held after steps at equal distances.
pub(super) struct Marks {
    rows: Vec<Vec<Held>>,
    distance: u64,
    steps: u64,
    after_drop: Vec<Held>,
}

impl Marks {
    /// Takes the memory for all marks.
    pub fn new() -> Self {
        Self {
            rows: Vec::with_capacity(MOST),
            distance: 1,
            steps: 0,
            after_drop: Vec::new(),
        }
    }

    /// Marks what is held, if it is time to.
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

    /// What was still held after the state was dropped.
    pub fn after_drop(&mut self, held: Vec<Held>) {
        self.after_drop = held;
    }

    /// Whether a stack has held anything: what it gave away to another of its place, as a list does
    /// that is enlarged elsewhere, belongs to the course of that.
    pub fn has_held(&self, stack: usize) -> bool {
        let held = self.rows.iter().filter_map(|row| row.get(stack));
        held.into_iter().any(|held| held.blocks > 0)
    }

    /// Whether at least half of the growth of the first pass came again.
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

    /// Whether the blocks of some stacks fill up, or rose evenly to where they then stayed, or were
    /// cleared.
    pub fn has_an_end(&self, stacks: &[usize]) -> bool {
        let (mut blocks, mut most) = (Series::new(), 0);
        for row in &self.rows {
            most = sum(row, stacks).blocks.max(most);
            blocks.push(most.cast_signed());
        }
        judge::has_an_end(&blocks)
    }

    /// The course of what some stacks held together.
    pub fn course(&self, stacks: &[usize], moment: Moment) -> Course {
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
        let shapes = |of: usize| judge::shapes(&bytes[of], &blocks[of], moment);
        let own = shapes(0);
        let is_unopposed = own.iter().any(Shape::is_rising)
            && (own.iter().zip(&shapes(1)))
                .any(|(own, given)| own.is_rising() && !given.is_rising());
        let rate = |shape, series: &Series| match shape {
            Shape::Rising(rate, _) => rate,
            Shape::Flat | Shape::Unclear(_) => series.slope(),
        };
        let distance = self.distance as f64;
        Course {
            grows: own.iter().find_map(|shape| match shape {
                Shape::Rising(_, how) => Some(*how),
                Shape::Flat | Shape::Unclear(_) => None,
            }),
            is_unopposed,
            bytes_per_step: rate(own[0], &bytes[0]) / distance,
            blocks_per_step: rate(own[1], &blocks[0]) / distance,
            falls: self.fall(stacks, &bytes[0]),
            held: last.bytes.cast_signed(),
            is_lost: last.bytes > 0 && after_drop.bytes * 2 >= last.bytes,
        }
    }

    /// Bytes a step that are given back for certain, of a course of bytes that may fall.
    fn fall(&self, stacks: &[usize], course: &Series) -> f64 {
        let slope = course.slope() / self.distance as f64;
        if slope >= 0.0 {
            return 0.0;
        }
        let [mut bytes, mut blocks] = [Series::new(), Series::new()];
        for row in &self.rows {
            let held = sum(row, stacks);
            bytes.push(-held.bytes.cast_signed());
            blocks.push(-held.blocks.cast_signed());
        }
        let shapes = judge::shapes(&bytes, &blocks, Moment::Last);
        if shapes.iter().any(Shape::is_rising) {
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

/// What some stacks hold, and what all others have given back.
fn push([own, given]: &mut [Series; 2], held: u64, all: u64) {
    own.push(held.cast_signed());
    given.push(held.wrapping_sub(all).cast_signed());
}

/// How what some stacks hold grows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Course {
    /// In which way, where it is sure that it does.
    pub grows: Option<&'static str>,
    /// Whether it makes the whole grow: where the others give back as much, memory changes hands.
    pub is_unopposed: bool,
    pub bytes_per_step: f64,
    pub blocks_per_step: f64,
    /// Bytes a step that are given back for certain.
    pub falls: f64,
    /// Bytes held at the end.
    pub held: i64,
    /// Whether most of it outlives the state.
    pub is_lost: bool,
}

impl Course {
    /// Whether what is held is more, or less, than it was.
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
    fn the_marks_of_many_steps_stand_at_equal_distances() {
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
        let [level, leak] = [0, 1].map(|stack| marks.course(&[stack], Moment::Last));
        assert!(level.grows.is_none() && level.bytes_per_step == 0.0);
        assert!(
            leak.grows.is_some() && (leak.bytes_per_step - 8.0).abs() < 0.1,
            "{leak:?}"
        );
        assert!((leak.blocks_per_step - 0.01).abs() < 0.0001, "{leak:?}");
    }
}
