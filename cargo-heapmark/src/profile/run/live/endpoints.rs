//! What each place in the source held before and after the segments of each endpoint, judged.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::profile::{place, place_of};
use heapmark_model::growth::{Level, Slope, judge as judge_levels};
use heapmark_model::record::Frame;
use serde::Serialize;

use super::super::ROUNDS;
use super::super::place::{Place, amount, sum};
use super::segments::Seen;

/// An endpoint, and the places that hold more after each of its rounds.
#[derive(Serialize)]
pub struct Endpoint {
    /// As in `GET /leak/cache`.
    pub name: String,
    /// Those that grow, most bytes first.
    pub places: Vec<Place>,
}

impl Endpoint {
    /// Whether it leaves something behind.
    pub fn grows(&self) -> bool {
        !self.places.is_empty()
    }

    /// The sum over its places.
    pub fn slope(&self) -> Slope {
        sum(self.places.iter().map(|place| &place.slope))
    }

    /// Prints it, and the lines that grow.
    ///
    /// # Errors
    ///
    /// If `out` cannot be written.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let name = &self.name;
        if !self.grows() {
            return writeln!(out, "     CLEAN  {name}");
        }
        writeln!(out, "     LEAKS  {name:<24} {}", amount(&self.slope()))?;
        for place in &self.places {
            writeln!(
                out,
                "     grows  {}  {}",
                amount(&place.slope),
                place.sentence
            )?;
        }
        Ok(())
    }
}

pub fn judge(names: Vec<String>, seen: &Seen, requests: u64) -> Vec<Endpoint> {
    // Stacks that differ further out, or by what was inlined, are one place to whoever mends it.
    let mut places: BTreeMap<String, (Option<&Frame>, Vec<u32>)> = BTreeMap::new();
    for (stack, frames) in &seen.stacks {
        let (_, stacks) = places
            .entry(place_of(frames))
            .or_insert_with(|| (place(frames), Vec::new()));
        stacks.push(*stack);
    }
    let count = names.len();
    let endpoints = names.into_iter().enumerate();
    let judged = endpoints.map(|(number, name)| {
        let growing = places.iter().filter_map(|(sentence, (frame, stacks))| {
            let levels = levels(seen, stacks, number, count);
            let slope = judge_levels(&levels, requests).filter(|slope| slope.course.is_some())?;
            Some(Place {
                sentence: sentence.clone(),
                frame: frame.cloned(),
                slope,
            })
        });
        let mut places: Vec<Place> = growing.collect();
        places.sort_by(|one, other| other.slope.bytes.total_cmp(&one.slope.bytes));
        Endpoint { name, places }
    });
    judged.collect()
}

/// What the stacks held together before the endpoint's first round, and after each of its rounds
/// if nothing else had been asked for.
fn levels(seen: &Seen, stacks: &[u32], endpoint: usize, endpoints: usize) -> Vec<Level> {
    let held = |mark: usize| {
        let known = stacks
            .iter()
            .filter_map(|stack| seen.marks[mark].get(stack));
        known.fold(Level::default(), |sum, level| sum + *level)
    };
    let mut level = held(endpoints + endpoint);
    let mut levels = vec![level];
    for round in 1..=ROUNDS as usize {
        let before = round * endpoints + endpoint;
        let (before, after) = (held(before), held(before + 1));
        level.blocks += after.blocks - before.blocks;
        level.bytes += after.bytes - before.bytes;
        levels.push(level);
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::super::segments::Walk;
    use super::*;

    /// Two endpoints; `held(segments so far)` is what the one stack holds at each mark.
    fn seen(held: impl Fn(i64) -> i64) -> Vec<Endpoint> {
        let frame = |function: &str, line| Frame {
            function: function.to_owned(),
            file: "server.rs".to_owned(),
            line,
        };
        let marks = (0..=2 * (i64::from(ROUNDS) + 1)).map(|segments| {
            let blocks = held(segments);
            let level = Level {
                blocks,
                bytes: blocks * 100,
            };
            BTreeMap::from([(7, level)])
        });
        let seen = Seen {
            marks: marks.collect(),
            stacks: BTreeMap::from([(7, vec![frame("remember", 12), frame("answer", 30)])]),
            walk: Walk::FramePointers,
        };
        let names = ["GET /first", "GET /second"].map(str::to_owned);
        judge(names.into(), &seen, 100)
    }

    #[test]
    fn what_grows_is_told_of_the_endpoint_that_was_asked() {
        let [first, second] = &seen(|segments| segments / 2 * 200)[..] else {
            panic!("there are two endpoints");
        };
        assert!(!first.grows());
        let slope = second.slope();
        assert_eq!((slope.blocks, slope.bytes), (2.0, 200.0));
        assert_eq!(second.places[0].sentence, "server.rs:12 remember ← answer");
        assert_eq!(second.places[0].frame.as_ref().unwrap().line, 12);
    }

    #[test]
    fn a_level_that_is_held_from_the_warm_up_on_is_no_growth() {
        assert!(
            seen(|segments| segments.min(2) * 500)
                .iter()
                .all(|one| !one.grows())
        );
    }

    #[test]
    fn what_one_endpoint_keeps_and_the_other_gives_back_grows_of_the_first_alone() {
        let endpoints = seen(|segments| segments % 2 * 300);
        assert!(endpoints[0].grows());
        assert!(!endpoints[1].grows());
    }
}
