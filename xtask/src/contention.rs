//! `report --contention`: what threads that want the same thing cost each other, before the report.
//!
//! ```text
//! build benches/contention.rs ─▶ rounds: every body on 1, 2, 4 and 8 threads, in random order
//!                                └─▶ medians ─▶ results/contention/MACHINE/…json ─▶ the site
//! ```
//!
//! The first answer to each question runs twice in each round: by how much it differs from itself
//! is the noise that everything else stands beside.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use cargo_heapmark::runner;
use heapmark_model::record::{ContentionMeasurement, ContentionResult, ContentionStudy};
use heapmark_site::view;

use crate::processes::{ask, sample, say};
use crate::study::Study;

/// Processes for each body and number of threads.
const ROUNDS: u32 = 5;

const THREADS: [u32; 4] = [1, 2, 4, 8];

/// One body on so many threads; the last tells whether it is the second turn.
type Turn = (usize, u32, bool);

/// A question and one of its answers.
type Name = (String, String);

/// Measures all bodies and records the result.
pub fn run() -> Result<()> {
    let begun = Study::begin("contention")?;
    say("Building", "contention")?;
    let built = runner::build(&begun.workspace, &begun.target, &[])?;
    let study = ContentionStudy {
        provenance: begun.provenance.clone(),
        processes: ROUNDS,
        results: rounds(&built.binary, ROUNDS)?,
    };
    begun.save(&study)?;
    for finding in view::contention_findings(&study) {
        say("Contention", &finding)?;
    }
    Ok(())
}

fn rounds(binary: &Path, rounds: u32) -> Result<Vec<ContentionResult>> {
    let names = ask(binary, &["--bodies"])?;
    let names: Vec<Name> = serde_json::from_str(&names)
        .with_context(|| format!("{} named no bodies: {names}", binary.display()))?;
    let plan = plan(&names);
    say(
        "Running",
        &format!("{} processes", plan.len() * rounds as usize),
    )?;
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
            let measured: ContentionMeasurement = serde_json::from_str(&line)
                .with_context(|| format!("{question}, {variant} printed no measurement: {line}"))?;
            ensure!(
                measured.turns > 0 && measured.counted_turns > 0,
                "{question}, {variant} took no turn"
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

/// Every body on every number of threads, and the first answer of each question once more.
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
    fn the_first_answer_of_each_question_has_two_turns() {
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
    fn a_program_that_names_nothing_is_named() {
        let error = rounds(Path::new("echo"), 1).unwrap_err();
        assert!(
            format!("{error:#}").contains("echo named no bodies"),
            "{error:#}"
        );
        let error = rounds(Path::new("/no/such/binary"), 1).unwrap_err();
        assert!(
            format!("{error:#}").contains("/no/such/binary"),
            "{error:#}"
        );
    }
}
