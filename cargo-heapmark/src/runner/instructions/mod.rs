//! The instructions pass: runs every case under callgrind, in a child process of one of two
//! workers.
//!
//! ```text
//!  entries ─ even ─▶ valgrind ─ worker ─┬─ child: case ─▶ callgrind's files ─┐
//!          ─ odd ──▶ valgrind ─ worker ─┴─ …                                 ├▶ Entry::instructions
//!                                             totals by repetition ──────────┘
//! ```
//!
//! valgrind takes most of a second to start, so it is not started for each case. Other load on the
//! machine does not affect a count, so two workers run in parallel. The assignment of cases to
//! workers and their order is the same in every run of the same cases.

mod totals;
mod worker;

use std::io;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;

use super::suite::Suite;
use crate::event::{Event, Listener};
use heapmark_model::launch::{LaunchError, Launcher};
use heapmark_model::record::{Entry, HashSeeds, Instability, InstructionSettings, Spread, Value};
use worker::{Counts, Worker};

/// The number of counted repetitions of a case, after one warm-up call.
const REPETITIONS: u32 = 3;

/// The number of parallel workers.
const WORKERS: usize = 2;

/// Counts the instructions of every case in `entries` and stores them there. If they cannot be
/// counted on this machine, it notifies the listener once and returns `None`; this is not an error.
///
/// # Errors
///
/// Only if the run is interrupted.
pub fn instructions(
    suite: &dyn Suite,
    entries: &mut [Entry],
    listener: &mut dyn Listener,
) -> Result<Option<InstructionSettings>, LaunchError> {
    let Some(launcher) = suite.launcher() else {
        return Ok(None);
    };
    let valgrind = match release() {
        Ok(release) => release,
        Err(reason) => {
            listener.on(&Event::NoInstructions { reason });
            return Ok(None);
        }
    };
    listener.on(&Event::CountingInstructions {
        cases: entries.len(),
    });
    let ids = entries.iter().map(|entry| suite.called(&entry.case.id));
    let ids: Vec<String> = ids
        .map(|id| id.map(str::to_owned))
        .collect::<Result<_, _>>()?;
    let mut seeds = Vec::new();
    let mut unsupported = false;
    for (index, outcome) in count(&launcher, &ids, listener)? {
        let entry = &mut entries[index];
        match outcome {
            Ok(counts) => {
                seeds.push(counts.hash_seeds);
                entry.instructions = Some(judge(&counts, entry.other_threads));
            }
            Err(LaunchError::Interrupted) => return Err(LaunchError::Interrupted),
            Err(LaunchError::Unsupported) => unsupported = true,
            Err(error) => listener.on(&Event::NoInstructions {
                reason: format!(
                    "the instructions of {} were not counted: {error}",
                    entry.case.id
                ),
            }),
        }
    }
    if unsupported {
        listener.on(&Event::NoInstructions {
            reason: LaunchError::Unsupported.to_string(),
        });
    }
    listener.on(&Event::Counted);
    let fixed = seeds.iter().all(|seeds| *seeds == HashSeeds::Fixed);
    Ok((!seeds.is_empty()).then_some(InstructionSettings {
        valgrind,
        repetitions: REPETITIONS,
        hash_seeds: if fixed {
            HashSeeds::Fixed
        } else {
            HashSeeds::Random
        },
    }))
}

/// Whether valgrind is installed, which counts instructions.
pub fn has_valgrind() -> bool {
    release().is_ok()
}

type Outcome = (usize, Result<Counts, LaunchError>);

/// The counts of each case with its index in `ids`.
fn count(
    launcher: &Launcher<'_>,
    ids: &[String],
    listener: &mut dyn Listener,
) -> Result<Vec<Outcome>, LaunchError> {
    let (sender, outcomes) = channel();
    std::thread::scope(|scope| {
        for first in 0..WORKERS {
            let sender = sender.clone();
            scope.spawn(move || {
                let mut worker = Worker::new(launcher);
                for (index, id) in ids.iter().enumerate().skip(first).step_by(WORKERS) {
                    let outcome = worker.count(id, REPETITIONS);
                    let interrupted = matches!(outcome, Err(LaunchError::Interrupted));
                    if sender.send((index, outcome)).is_err() || interrupted {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let told = outcomes.into_iter().inspect(|(index, _)| {
            listener.on(&Event::InstructionsCounted {
                id: ids[*index].clone(),
            });
        });
        let mut outcomes: Vec<Outcome> = told.collect();
        outcomes.sort_by_key(|(index, _)| *index);
        Ok(outcomes)
    })
}

/// The count is exact if all repetitions agree. callgrind counts only the measured thread, so the
/// count is unknown if other threads run.
fn judge(counts: &Counts, threads_allocate: bool) -> Value {
    if counts.other_threads || threads_allocate {
        return Value {
            value: None,
            exact: false,
            spread: None,
            why: Some(Instability::OtherThreads),
            rate: None,
        };
    }
    let mut values = counts.repetitions.clone();
    values.sort_unstable();
    let (min, max) = (values[0], values[values.len() - 1]);
    if min == max {
        return Value::exact(min);
    }
    Value {
        value: Some(values[values.len() / 2]),
        exact: false,
        spread: Some(Spread { min, max }),
        why: Some(Instability::RepetitionsDiffer),
        rate: None,
    }
}

/// The version of valgrind, or why it cannot be used.
fn release() -> Result<String, String> {
    let run = Command::new("valgrind")
        .arg("--version")
        .stdin(Stdio::null())
        .output();
    match run {
        Ok(output) if output.status.success() => {
            let said = String::from_utf8_lossy(&output.stdout);
            let said = said.trim();
            Ok(said.strip_prefix("valgrind-").unwrap_or(said).to_owned())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err("no instructions were counted: valgrind is not installed; install it, for example with `apt-get install valgrind`".to_owned())
        }
        Ok(output) => Err(format!(
            "no instructions were counted: `valgrind --version` failed ({})",
            output.status
        )),
        Err(error) => Err(format!(
            "no instructions were counted: cannot run `valgrind`: {error}"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(repetitions: &[i64]) -> Counts {
        Counts {
            repetitions: repetitions.to_vec(),
            other_threads: false,
            hash_seeds: HashSeeds::Fixed,
        }
    }

    #[test]
    fn a_count_on_which_all_repetitions_agree_is_exact() {
        assert_eq!(judge(&counts(&[7, 7, 7]), false), Value::exact(7));
    }

    #[test]
    fn one_repetition_that_differs_makes_the_median_a_sample() {
        let value = judge(&counts(&[9, 7, 8]), false);
        assert_eq!((value.value, value.exact), (Some(8), false));
        assert_eq!(value.spread, Some(Spread { min: 7, max: 9 }));
        assert_eq!(value.why, Some(Instability::RepetitionsDiffer));
    }

    #[test]
    fn if_other_threads_run_the_count_is_unknown() {
        let seen = Counts {
            other_threads: true,
            ..counts(&[7, 7, 7])
        };
        for value in [judge(&seen, false), judge(&counts(&[7, 7, 7]), true)] {
            assert_eq!(
                (value.value, value.why),
                (None, Some(Instability::OtherThreads))
            );
        }
    }
}
