//! One worker for many requests, started under another program. It is only for passes in which the
//! worker runs each case in a separate child process; all other passes use one process per request.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use super::{GRACE, LaunchError, Launcher, Worker};
use crate::protocol::{Reply, Request, WORKER_ARGUMENT};

/// A worker that waits for requests. When the session is dropped, the worker exits or is killed.
pub struct Session<'a> {
    launcher: Launcher<'a>,
    worker: Option<Worker>,
}

impl<'a> Launcher<'a> {
    /// Starts a worker under `wrapper`, a program with its arguments. The worker's own arguments
    /// are appended. The deadline applies to each request.
    ///
    /// # Errors
    ///
    /// If the wrapper cannot be started.
    pub fn session(&self, mut wrapper: Command) -> Result<Session<'a>, LaunchError> {
        let program = PathBuf::from(wrapper.get_program());
        wrapper
            .arg(&self.program)
            .args(["--bench", WORKER_ARGUMENT]);
        self.prepare(&mut wrapper);
        Ok(Session {
            launcher: self.clone(),
            worker: Some(Worker::spawn(wrapper, &program)?),
        })
    }
}

impl Session<'_> {
    /// Sends `request`. Returns the replies without the final `Done`.
    ///
    /// # Errors
    ///
    /// Like [`Launcher::ask`]. After [`LaunchError::Failed`] the session continues; after any other
    /// error the worker has ended.
    pub fn ask(&mut self, request: &Request) -> Result<Vec<Reply>, LaunchError> {
        let Some(worker) = &mut self.worker else {
            return Err(LaunchError::Failed("the worker has ended".to_owned()));
        };
        let answer = worker
            .tell(request)
            .and_then(|()| self.launcher.listen(worker));
        if !matches!(answer, Ok(_) | Err(LaunchError::Failed(_))) {
            self.end(Duration::ZERO);
        }
        answer
    }

    /// Whether the worker can take further requests.
    pub fn is_alive(&self) -> bool {
        self.worker.is_some()
    }

    fn end(&mut self, patience: Duration) {
        if let Some(mut worker) = self.worker.take() {
            drop(worker.child.stdin.take());
            worker.end(patience);
        }
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        self.end(GRACE);
    }
}
