//! Judges which call sites grow while each endpoint receives requests.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::profile::{place, place_of};
use heapmark_model::growth::{GrowthRate, Level, judge as judge_levels};
use heapmark_model::record::Frame;
use serde::Serialize;

use super::super::ROUNDS;
use super::super::growing_site::{GrowingSite, amount, sum};
use super::segments::Seen;

/// An endpoint, and the call sites that hold more after each of its rounds.
#[derive(Serialize)]
pub struct Endpoint {
    /// Method and path, as in `GET /leak/cache`.
    pub name: String,
    /// The call sites that grow, most bytes first.
    pub places: Vec<GrowingSite>,
}

impl Endpoint {
    /// Whether one of its call sites grows.
    pub fn grows(&self) -> bool {
        !self.places.is_empty()
    }

    /// The sum over its call sites.
    pub fn slope(&self) -> GrowthRate {
        sum(self.places.iter().map(|place| &place.slope))
    }

    /// Prints the endpoint, and the call sites that grow.
    ///
    /// # Errors
    ///
    /// If writing to `out` fails.
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
    // Stacks that differ only in outer callers, or in inlined functions, are one call site.
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
            Some(GrowingSite {
                sentence: sentence.clone(),
                frame: frame.cloned(),
                slope,
            })
        });
        let mut places: Vec<GrowingSite> = growing.collect();
        places.sort_by(|one, other| other.slope.bytes.total_cmp(&one.slope.bytes));
        Endpoint { name, places }
    });
    judged.collect()
}

/// What the stacks held together before the endpoint's first round and after each of its rounds,
/// without the changes during the requests to other endpoints.
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

    /// Two endpoints; `held(segments so far)` is what the one stack holds at each sample.
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
    fn growth_is_attributed_to_the_endpoint_that_received_requests() {
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
    fn memory_that_is_held_since_the_warm_up_is_not_growth() {
        assert!(
            seen(|segments| segments.min(2) * 500)
                .iter()
                .all(|one| !one.grows())
        );
    }

    #[test]
    fn memory_that_the_other_endpoint_frees_is_growth_of_the_first_endpoint() {
        let endpoints = seen(|segments| segments % 2 * 300);
        assert!(endpoints[0].grows());
        assert!(!endpoints[1].grows());
    }
}
