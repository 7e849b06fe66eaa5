//! Runs fixed work, one process each, and summarises the kernel's numbers about the processes.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};
use heapmark_model::format::plural;
use heapmark_model::record::{AllocatorMeasurement, AllocatorResult};

use super::{Name, Turn, turns};
use crate::processes::{ask, sample, say};

/// Processes for each piece of work and allocator.
pub(super) const ROUNDS: u32 = 5;

/// The results of all work under all allocators.
pub(super) fn measure(
    names: &[Name],
    binary: &dyn Fn(Name) -> PathBuf,
) -> Result<Vec<AllocatorResult>> {
    let first = *names.first().context("--allocators names no allocator")?;
    let works = ask(&binary(first), &[])?;
    let works: Vec<&str> = works.lines().collect();
    let turns = turns(names);
    let plan: Vec<(usize, Turn)> = (0..works.len())
        .flat_map(|work| turns.iter().map(move |turn| (work, *turn)))
        .collect();
    say(
        "Running",
        &format!(
            "{} of fixed work",
            plural(plan.len() * ROUNDS as usize, "process")
        ),
    )?;
    let mut random = fastrand::Rng::new();
    let mut seen: BTreeMap<(usize, Turn), Vec<AllocatorMeasurement>> = BTreeMap::new();
    for _ in 0..ROUNDS {
        let mut order = plan.clone();
        random.shuffle(&mut order);
        for (work, turn) in order {
            let line = ask(&binary(turn.0), &[works[work]])?;
            let measurement = serde_json::from_str(&line)
                .with_context(|| format!("{} printed no measurement: {line}", turn.0.as_str()))?;
            seen.entry((work, turn)).or_default().push(measurement);
        }
    }
    let results = plan.into_iter().filter_map(|(work, turn)| {
        let measured = seen.get(&(work, turn))?;
        let sample =
            |of: fn(&AllocatorMeasurement) -> u64| sample(measured.iter().map(of).collect());
        Some(AllocatorResult {
            work: works[work].to_owned(),
            allocator: turn.0.as_str().to_owned(),
            again: turn.1,
            cpu_nanoseconds: sample(|m| m.cpu_nanoseconds),
            minor_faults: sample(|m| m.minor_faults),
            highest_resident: sample(|m| m.highest_resident),
            anonymous_after: sample(|m| m.anonymous_after),
            held: measured.first()?.held,
        })
    });
    Ok(results.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_fails_or_prints_no_measurement_is_named() {
        let failed = measure(&[Name::System], &|_| "false".into()).unwrap_err();
        assert!(format!("{failed:#}").contains("ended with"), "{failed:#}");
        let odd = measure(&[Name::System], &|_| "echo".into()).unwrap_err();
        assert!(
            format!("{odd:#}").contains("printed no measurement"),
            "{odd:#}"
        );
        let missing = measure(&[Name::System], &|_| "/no/such/binary".into()).unwrap_err();
        assert!(
            format!("{missing:#}").contains("/no/such/binary"),
            "{missing:#}"
        );
    }
}
