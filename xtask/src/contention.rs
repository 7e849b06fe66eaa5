//! `report --contention`: measures what threads cost each other if they use the same thing at once,
//! and stores a record, before the report.
//!
//! ```text
//! build benches/contention.rs ─▶ rounds: every body on 1, 2, 4 and 8 threads, in random order
//!                                └─▶ medians ─▶ results/contention/MACHINE/…json ─▶ the site
//! ```
//!
//! The first answer to each question runs twice in each round. The difference between its two runs
//! is the noise of the measurement.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use cargo_heapmark::runner;
use heapmark_model::format::plural;
use heapmark_model::record::{ContentionMeasurement, ContentionRecord, ContentionResult};
use heapmark_site::view;

use crate::measurement::Measurement;
use crate::processes::{ask, sample, say};

/// Processes for each body and number of threads.
const ROUNDS: u32 = 5;

const THREADS: [u32; 4] = [1, 2, 4, 8];

/// A body, a number of threads, and whether this is the second run of a first answer.
type Turn = (usize, u32, bool);

/// A question and one of its answers.
type Name = (String, String);

/// Measures all bodies and records the result.
pub fn run() -> Result<()> {
    let begun = Measurement::begin("contention")?;
    say("Building", "contention")?;
    let built = runner::build(&begun.workspace, &begun.target, &[])?;
    let measurement = ContentionRecord {
        provenance: begun.provenance.clone(),
        processes: ROUNDS,
        results: rounds(&built.binary, ROUNDS)?,
    };
    begun.save(&measurement)?;
    for finding in view::contention_findings(&measurement) {
        say("Contention", &finding)?;
    }
    Ok(())
}

fn rounds(binary: &Path, rounds: u32) -> Result<Vec<ContentionResult>> {
    let names = ask(binary, &["--bodies"])?;
    let names: Vec<Name> = serde_json::from_str(&names)
        .with_context(|| format!("{} printed no list of bodies: {names}", binary.display()))?;
    let plan = plan(&names);
    say("Running", &plural(plan.len() * rounds as usize, "process"))?;
    let mut random = fastrand::Rng::new();
    let mut seen: BTreeMap<Turn, Vec<ContentionMeasurement>> = BTreeMap::new();
    for _ in 0..rounds {
        let mut order = plan.clone();
        random.shuffle(&mut order);
        for turn in order {
            let (question, variant) = &names[turn.0];
            let line = ask(
                binary,
                &["--measure", question, variant, &turn.1.to_string()],
            )?;
            let measured: ContentionMeasurement =
                serde_json::from_str(&line).with_context(|| {
                    format!("`{question}`, `{variant}` printed no measurement: {line}")
                })?;
            ensure!(
                measured.turns > 0 && measured.counted_turns > 0,
                "`{question}`, `{variant}` ran no iterations"
            );
            seen.entry(turn).or_default().push(measured);
        }
    }
    let results = plan.into_iter().filter_map(|turn| {
        let measured = seen.get(&turn)?;
        let (body, threads, again) = turn;
        let (question, variant) = &names[body];
        let of = |number: fn(&ContentionMeasurement) -> u64| {
            sample(measured.iter().map(number).collect())
        };
        Some(ContentionResult {
            question: question.clone(),
            variant: variant.clone(),
            threads,
            again,
            wall_picoseconds: of(|m| m.wall_nanoseconds.saturating_mul(1_000) / m.turns),
            cpu_picoseconds: of(|m| m.cpu_nanoseconds.saturating_mul(1_000) / m.turns),
            allocations_per_thousand: of(|m| m.allocations.saturating_mul(1_000) / m.counted_turns),
        })
    });
    Ok(results.collect())
}

/// Every body with every number of threads, and the first answer of each question a second time.
fn plan(names: &[Name]) -> Vec<Turn> {
    let is_first = |place: usize| {
        names[..place]
            .iter()
            .all(|(other, _)| *other != names[place].0)
    };
    (0..names.len())
        .flat_map(|place| {
            let again = is_first(place).then_some(true);
            let turns = std::iter::once(false).chain(again);
            turns.flat_map(move |again| THREADS.map(|threads| (place, threads, again)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_answer_of_each_question_runs_twice() {
        let name = |question: &str, variant: &str| (question.to_owned(), variant.to_owned());
        let names = [name("q", "a"), name("q", "b"), name("r", "a")];
        let plan = plan(&names);
        let twice: Vec<usize> = plan
            .iter()
            .filter(|turn| turn.2)
            .map(|turn| turn.0)
            .collect();
        assert_eq!(twice, [0, 0, 0, 0, 2, 2, 2, 2]);
        assert_eq!(plan.len(), 5 * THREADS.len());
    }

    #[test]
    fn a_program_that_lists_no_bodies_is_an_error() {
        let error = rounds(Path::new("echo"), 1).unwrap_err();
        assert!(
            format!("{error:#}").contains("echo printed no list of bodies"),
            "{error:#}"
        );
        let error = rounds(Path::new("/no/such/binary"), 1).unwrap_err();
        assert!(
            format!("{error:#}").contains("/no/such/binary"),
            "{error:#}"
        );
    }
}
