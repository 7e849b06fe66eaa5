//! One worker for many requests, started under another program. Only for passes in which the
//! worker runs each case in a child of its own: elsewhere one process answers one request.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use super::{GRACE, LaunchError, Launcher, Worker};
use crate::protocol::{Reply, Request, WORKER_ARGUMENT};

/// A worker that waits for requests; when it is dropped the worker ends, or is killed.
pub struct Session<'a> {
    launcher: Launcher<'a>,
    worker: Option<Worker>,
}

impl<'a> Launcher<'a> {
    /// Starts a worker under `wrapper`, a program and its arguments, to which those of the worker
    /// are added. The deadline holds for each request.
    ///
    /// # Errors
    ///
    /// Where the wrapper cannot be started.
    pub fn session(&self, mut wrapper: Command) -> Result<Session<'a>, LaunchError> {
        let program = PathBuf::from(wrapper.get_program());
        wrapper
            .arg(&self.program)
            .args(["--bench", WORKER_ARGUMENT]);
        Ok(Session {
            launcher: self.clone(),
            worker: Some(Worker::spawn(wrapper, &program)?),
        })
    }
}

impl Session<'_> {
    /// The replies to `request`, without the closing `Done`.
    ///
    /// # Errors
    ///
    /// As for [`Launcher::ask`]. After [`LaunchError::Failed`] the session goes on; after any
    /// other error the worker is gone.
    pub fn ask(&mut self, request: &Request) -> Result<Vec<Reply>, LaunchError> {
        let Some(worker) = &mut self.worker else {
            return Err(LaunchError::Failed("the worker is gone".to_owned()));
        };
        let answer = worker
            .tell(request)
            .and_then(|()| self.launcher.listen(worker));
        if !matches!(answer, Ok(_) | Err(LaunchError::Failed(_))) {
            self.end(Duration::ZERO);
        }
        answer
    }

    /// Whether the worker can be asked more.
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
