//! Times every case of the suite under every allocator. Each round uses other link orders and heap
//! seeds.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use cargo_heapmark::runner::{self, Binary, Suite, Workspace};
use heapmark_model::format::plural;
use heapmark_model::launch::Launcher;
use heapmark_model::protocol::Launch;
use heapmark_model::record::{AllocatorCase, AllocatorTurn};

use super::{Name, Turn, turns};
use crate::processes::say;

/// Processes for each case and allocator, and link orders of each binary.
const ROUNDS: u32 = 6;
/// Timed batches of a process. The fastest one counts, because other processes only add time.
const BATCHES: u32 = 2;
const BATCH_MICROSECONDS: u32 = 150;
/// A case is timed within milliseconds, so one that takes this long hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// The times of all cases under all allocators.
pub(super) fn measure(
    names: &[Name],
    workspace: &Workspace,
    triple: &str,
    stop: &AtomicBool,
) -> Result<Vec<AllocatorCase>> {
    let mut suites = Vec::new();
    for name in names {
        let bench = format!("suite-{}", name.as_str());
        let target = workspace.bench(&bench, Some("heapmark-allocators"))?;
        let built = runner::build_to_shuffle(workspace, &target, triple, &[])?;
        let launcher = Launcher::new(built.binary.clone(), PATIENCE, stop);
        suites.push((*name, Binary::new(built, &workspace.target, launcher)));
    }
    rounds(&mut suites, ROUNDS)
}

fn rounds<S: Suite>(suites: &mut [(Name, S)], rounds: u32) -> Result<Vec<AllocatorCase>> {
    let names: Vec<Name> = suites.iter().map(|(name, _)| *name).collect();
    let turns = turns(&names);
    let (_, first) = suites
        .first_mut()
        .context("--allocators names no allocator")?;
    let cases = first.list()?.cases;
    let mut random = fastrand::Rng::new();
    for (name, suite) in suites.iter_mut() {
        // Its second run has separate link orders.
        let count = if *name == names[0] { 2 } else { 1 } * rounds;
        if let Err(reason) = suite.lay_out(random.u32(..), count) {
            say(
                "Note",
                &format!("{} runs in only one link order: {reason}", name.as_str()),
            )?;
        }
    }
    let processes = cases.len() * turns.len() * rounds as usize;
    say(
        "Running",
        &format!(
            "{} of {}",
            plural(processes, "process"),
            plural(cases.len(), "case")
        ),
    )?;
    let mut times = vec![vec![Vec::new(); turns.len()]; cases.len()];
    let mut order: Vec<usize> = (0..cases.len()).collect();
    for round in 0..rounds {
        random.shuffle(&mut order);
        for &case in &order {
            let launch = Launch {
                heap_seed: random.u32(..),
                batches: BATCHES,
                batch_microseconds: BATCH_MICROSECONDS,
                slower_percent: None,
            };
            let mut places: Vec<usize> = (0..turns.len()).collect();
            random.shuffle(&mut places);
            for place in places {
                let (name, again): Turn = turns[place];
                let suite = suites.iter_mut().find(|(other, _)| *other == name);
                let (_, suite) = suite.context("an allocator without a suite")?;
                let link_order = if again { rounds + round } else { round };
                let id = &cases[case].id;
                let batches = suite.time(id, link_order, launch);
                let batches = batches.with_context(|| format!("{id} under {}", name.as_str()))?;
                let fastest = batches.picoseconds.into_iter().min();
                let fastest = fastest.filter(|time| *time > 0);
                ensure!(
                    fastest.is_some(),
                    "{id} under {} reported no time",
                    name.as_str()
                );
                times[case][place].extend(fastest);
            }
        }
    }
    let told = cases
        .into_iter()
        .zip(times)
        .map(|(case, times)| AllocatorCase {
            id: case.id,
            group: case.group,
            question: case.question,
            turns: turns
                .iter()
                .zip(times)
                .map(|((name, again), picoseconds)| AllocatorTurn {
                    allocator: name.as_str().to_owned(),
                    again: *again,
                    picoseconds,
                })
                .collect(),
        });
    Ok(told.collect())
}

#[cfg(test)]
mod tests {
    use cargo_heapmark::runner::{Batches, CaseReply, Listing};
    use heapmark_model::launch::LaunchError;
    use heapmark_model::protocol::Pass;
    use heapmark_model::record::CaseInfo;

    use super::*;

    /// One case. It takes this time in link order 0, and as much more in each further link order.
    struct Scripted(u64);

    impl Suite for Scripted {
        fn list(&mut self) -> Result<Listing, LaunchError> {
            let case = CaseInfo {
                id: "a/b".to_owned(),
                group: "a".to_owned(),
                question: None,
                variant: "b".to_owned(),
                parameter: None,
                summary: "Summary.".to_owned(),
                file: "a.rs".to_owned(),
            };
            Ok(Listing {
                cases: vec![case],
                ..Listing::default()
            })
        }

        fn run(&mut self, _: &str, _: Pass, _: u32) -> Result<CaseReply, LaunchError> {
            Ok(CaseReply::default())
        }

        fn lay_out(&mut self, _: u32, _: u32) -> Result<(), String> {
            Err("no lld".to_owned())
        }

        fn time(&mut self, _: &str, link_order: u32, _: Launch) -> Result<Batches, LaunchError> {
            let time = self.0 * u64::from(1 + link_order);
            Ok(Batches {
                picoseconds: vec![time + 5, time],
                paces: Vec::new(),
            })
        }
    }

    #[test]
    fn each_run_has_its_own_link_orders_and_the_fastest_batch_of_each_round() {
        let mut suites = [
            (Name::System, Scripted(100)),
            (Name::Mimalloc, Scripted(10)),
        ];
        let cases = rounds(&mut suites, 2).unwrap();
        let [case] = &cases[..] else {
            panic!("{cases:?}")
        };
        let turns = case.turns.iter();
        let turns: Vec<_> = turns
            .map(|turn| (&turn.allocator[..], turn.again, &turn.picoseconds[..]))
            .collect();
        assert_eq!(
            turns,
            [
                ("system", false, &[100, 200][..]),
                ("mimalloc", false, &[10, 20][..]),
                ("system", true, &[300, 400][..]),
            ]
        );
    }

    #[test]
    fn a_case_without_a_time_is_named_with_its_allocator() {
        let mut suites = [(Name::System, Scripted(0))];
        let error = rounds(&mut suites, 1).unwrap_err();
        assert!(
            format!("{error:#}").contains("a/b under system"),
            "{error:#}"
        );
    }
}
