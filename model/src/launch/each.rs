//! One request about every case, answered by one process.

use std::time::Duration;

use super::{GRACE, LaunchError, Launcher, Worker};
use crate::protocol::{Reply, Request};

/// The id of a case, and its replies or the reason why it failed.
type Answer = (String, Result<Vec<Reply>, LaunchError>);

impl Launcher<'_> {
    /// Sends `request`, which is about every case, to a new worker. Calls `answered` for each case.
    /// The deadline and the limits of output apply to each case.
    ///
    /// # Errors
    ///
    /// If the worker ends or hangs before the last case. `answered` was called for the cases before.
    pub fn ask_each(
        &self,
        request: &Request,
        answered: &mut dyn FnMut(Answer),
    ) -> Result<(), LaunchError> {
        let mut worker = self.start()?;
        let told = worker.send(request);
        let ended = told.and_then(|()| self.listen_to_each(&mut worker, answered));
        worker.end(if ended.is_ok() { GRACE } else { Duration::ZERO });
        ended
    }

    fn listen_to_each(
        &self,
        worker: &mut Worker,
        answered: &mut dyn FnMut(Answer),
    ) -> Result<(), LaunchError> {
        let mut about: Option<String> = None;
        loop {
            let mut next = None;
            let heard = self.listen_until(worker, &mut |reply| match reply {
                Reply::About { case } => {
                    next = Some(case.clone());
                    true
                }
                _ => false,
            });
            let (replies, is_last) = match heard {
                Ok((replies, is_last)) => (Ok(replies), is_last),
                Err(LaunchError::Failed(reason)) => (Err(LaunchError::Failed(reason)), false),
                Err(error) => return Err(error),
            };
            match about.take() {
                Some(case) => answered((case, replies)),
                // Only the greeting comes before the first case.
                None => drop(replies?),
            }
            if is_last {
                return Ok(());
            }
            about = next;
            worker.printed.restart();
        }
    }
}
