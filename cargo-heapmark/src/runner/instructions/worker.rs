//! A worker under callgrind. It is restarted if a case ended it.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::totals;
use heapmark_model::launch::{LaunchError, Launcher, Session};
use heapmark_model::protocol::{Pass, Reply, Request};
use heapmark_model::record::HashSeeds;

/// What callgrind counted for one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Counts {
    /// Instructions of each repetition, without those of the marks; never empty.
    pub repetitions: Vec<i64>,
    /// Whether other threads ran.
    pub other_threads: bool,
    /// The source of hash seeds.
    pub hash_seeds: HashSeeds,
}

pub(super) struct Worker<'l, 'a> {
    launcher: &'l Launcher<'a>,
    running: Option<(Session<'a>, TempDir)>,
}

impl<'l, 'a> Worker<'l, 'a> {
    /// A worker that is started with its first case.
    pub(super) fn new(launcher: &'l Launcher<'a>) -> Self {
        Self {
            launcher,
            running: None,
        }
    }

    /// Counts one case.
    ///
    /// # Errors
    ///
    /// If the case fails, crashes or hangs. The next case can still be counted.
    pub(super) fn count(&mut self, case: &str, repetitions: u32) -> Result<Counts, LaunchError> {
        let (session, folder) = match &mut self.running {
            Some(running) if running.0.is_alive() => running,
            running => running.insert(start(self.launcher)?),
        };
        let replies = session.ask(&Request::Run {
            case: case.to_owned(),
            pass: Pass::Instructions,
            repetitions,
        })?;
        for reply in replies {
            match reply {
                Reply::Unsupported { .. } => return Err(LaunchError::Unsupported),
                Reply::Instructions {
                    process,
                    repetitions,
                    other_threads,
                    hash_seeds,
                } => {
                    return Ok(Counts {
                        repetitions: read(folder.path(), process, repetitions)?,
                        other_threads,
                        hash_seeds,
                    });
                }
                _ => {}
            }
        }
        Err(LaunchError::Failed("the worker sent no count".to_owned()))
    }
}

/// Starts a worker under callgrind, which writes to a new folder.
fn start<'a>(launcher: &Launcher<'a>) -> Result<(Session<'a>, TempDir), LaunchError> {
    let folder = TempDir::new().map_err(failed)?;
    let mut wrapper = Command::new("valgrind");
    wrapper
        .args(["--tool=callgrind", "--quiet", "--collect-atstart=no"])
        .args(["--dump-line=no", "--vgdb=no"])
        .arg(format!(
            "--callgrind-out-file={}",
            folder.path().join("callgrind.%p").display()
        ));
    Ok((launcher.session(wrapper)?, folder))
}

fn read(folder: &Path, process: u32, repetitions: u32) -> Result<Vec<i64>, LaunchError> {
    let counted = totals::read(folder, process).map_err(failed)?;
    if repetitions == 0 || counted.len() != repetitions as usize {
        return Err(LaunchError::Failed(format!(
            "callgrind wrote {} of {} files, one for each repetition",
            counted.len(),
            repetitions
        )));
    }
    Ok(counted)
}

fn failed(error: std::io::Error) -> LaunchError {
    LaunchError::Failed(error.to_string())
}
