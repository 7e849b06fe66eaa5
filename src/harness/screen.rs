//! Bench mode: prints the time and the counts of each case. Stores nothing.

use std::io::{self, Write};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::arguments::Options;
use super::heap_line::heap_line;
use super::stopwatch::Stopwatch;
use super::unmet::unmet;
use super::{CANNOT, FINE, WORSE};
use crate::bencher::Instance;
use heapmark_model::agreement;
use heapmark_model::format::visible_lines;
use heapmark_model::launch::{LaunchError, Launcher};
use heapmark_model::protocol::{Pass, Reply, Request};
use heapmark_model::record::Observation;

/// Processes per case, and counted repetitions in each: enough to distinguish exact counts from
/// counts that vary.
const PROCESSES: usize = 2;
const REPETITIONS: u32 = 3;

/// A case that takes longer than this to count is considered to hang.
const DEADLINE: Duration = Duration::from_secs(60);

/// The column in which criterion starts its values.
const INDENT: usize = 24;

pub(super) fn run(chosen: &[Instance], options: &Options, out: &mut impl Write) -> io::Result<u8> {
    let never = AtomicBool::new(false);
    let launcher = Launcher::new(std::env::current_exe()?, DEADLINE, &never);
    let mut stopwatch = Stopwatch::new(options, &launcher);
    let (mut failed, mut broken) = (Vec::new(), Vec::new());
    for instance in chosen {
        let id = instance.id();
        match count(&launcher, id) {
            Ok(processes) => {
                stopwatch.time(instance, out)?;
                let heap = heap_line(&agreement(&processes));
                writeln!(out, "{:INDENT$}heap:   {heap}", "")?;
                let mut observations = processes.iter().flatten();
                if let Some(unmet) = observations.find_map(|one| unmet(instance, one)) {
                    writeln!(out, "{:INDENT$}fails:  {unmet}", "")?;
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
    stopwatch.end();
    // Repeated at the end, because an error is easily missed between the lines of many cases.
    for reason in failed.iter().chain(&broken) {
        writeln!(io::stderr(), "error: {}", visible_lines(reason, 7))?;
    }
    Ok(match (failed.is_empty(), broken.is_empty()) {
        (false, _) => CANNOT,
        (_, false) => WORSE,
        _ => FINE,
    })
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
