//! Bench mode: criterion's time on the screen, and the exact counts beside it.
//!
//! What criterion says of time is for the developer who looks: it is one launch, and nothing of
//! it is stored. Its verdict on change is hidden, since launches of the same binary differ by
//! more than its intervals; whoever names a baseline on the command line gets it all the same.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use criterion::Criterion;

use super::arguments::Options;
use super::heap_line::heap_line;
use super::unmet::unmet;
use super::{CANNOT, FINE, WORSE};
use crate::analysis::agreement;
use crate::bencher::{Bencher, Instance};
use crate::format::visible_lines;
use crate::instruments::Screen;
use crate::launch::{LaunchError, Launcher};
use crate::protocol::{Pass, Reply, Request};
use crate::record::{Observation, Verdict};

/// Processes a case, and counted repetitions in each: enough to tell exact from sampled.
const PROCESSES: usize = 2;
const REPETITIONS: u32 = 3;

/// A case that has not been counted by then hangs.
const DEADLINE: Duration = Duration::from_secs(60);

/// How long a leak is timed.
const MOMENT: Duration = Duration::from_millis(5);

/// The column in which criterion starts its values.
const INDENT: usize = 24;

pub(super) fn run(chosen: &[Instance], options: &Options, out: &mut impl Write) -> io::Result<u8> {
    let never = AtomicBool::new(false);
    let launcher = Launcher::new(std::env::current_exe()?, DEADLINE, &never);
    let scratch = Scratch::new();
    let mut criterion = criterion(options, &scratch);
    // One that leaks on purpose would fill gigabytes in a usual time, or in one that was asked for.
    let mut brief = self::criterion(options, &scratch)
        .warm_up_time(MOMENT)
        .measurement_time(MOMENT);
    let (mut failed, mut broken) = (Vec::new(), Vec::new());
    for instance in chosen {
        let id = instance.id();
        match count(&launcher, id) {
            Ok(processes) => {
                let criterion = match instance.case.growth {
                    Some(Verdict::Leak) => &mut brief,
                    _ => &mut criterion,
                };
                criterion.bench_function(id, |bencher| {
                    instance.run(&mut Bencher::new(&mut Screen::new(bencher)));
                });
                let heap = heap_line(&agreement(&processes));
                writeln!(out, "{:INDENT$}heap:   {heap}", "")?;
                let mut observations = processes.iter().flatten();
                if let Some(unmet) = observations.find_map(|one| unmet(instance, one)) {
                    writeln!(out, "{:INDENT$}unmet:  {unmet}", "")?;
                    broken.push(format!("{id} {unmet}"));
                }
                writeln!(out)?;
            }
            Err(reason) => {
                writeln!(out, "{id}\n{:INDENT$}failed: {reason}\n", "")?;
                failed.push(format!("{id} failed: {reason}"));
            }
        }
        out.flush()?;
    }
    criterion.final_summary();
    // Between the lines of many cases, what ends the command with an error is not seen.
    for reason in failed.iter().chain(&broken) {
        writeln!(io::stderr(), "error: {}", visible_lines(reason, 7))?;
    }
    Ok(match (failed.is_empty(), broken.is_empty()) {
        (false, _) => CANNOT,
        (_, false) => WORSE,
        _ => FINE,
    })
}

/// criterion with short times, which its own arguments override.
fn criterion(options: &Options, scratch: &Scratch) -> Criterion {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(200))
        .nresamples(5_000);
    if !options.baseline {
        criterion = criterion.output_directory(&scratch.0);
    }
    // The cases are chosen already; criterion would understand a filter a little differently.
    criterion.configure_from_args().with_filter("")
}

/// The observations of each process.
fn count(launcher: &Launcher<'_>, case: &str) -> Result<Vec<Vec<Observation>>, LaunchError> {
    let request = Request::Run {
        case: case.to_owned(),
        pass: Pass::Count,
        repetitions: REPETITIONS,
    };
    let replies = std::iter::repeat_with(|| launcher.ask(&request)).take(PROCESSES);
    replies.map(|replies| replies.map(observations)).collect()
}

fn observations(replies: Vec<Reply>) -> Vec<Observation> {
    let observed = replies.into_iter().filter_map(|reply| match reply {
        Reply::Observation { observation, .. } => Some(*observation),
        _ => None,
    });
    observed.collect()
}

/// Where criterion may write: fresh, so that it has nothing to compare with, and gone afterwards.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("heapmark-criterion-{}", std::process::id())))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // It may never have been made.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
