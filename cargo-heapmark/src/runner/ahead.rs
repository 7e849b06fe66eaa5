//! Requests all cases from one process if the set-up of the worker is slow, instead of each case from
//! its own process.
//!
//! The set-up of criterion's groups runs in every process, before the first benchmark. If it takes a
//! second, a process for each case would spend most of its time there.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use heapmark_model::launch::{LaunchError, Launcher};
use heapmark_model::protocol::{Pass, Reply, Request};

/// The longest time to list all cases with which each case gets its own process.
const LONGEST: Duration = Duration::from_millis(300);

/// The replies of a pass that no request has used yet.
#[derive(Debug, Default)]
struct Answers {
    of_case: BTreeMap<String, VecDeque<Result<Vec<Reply>, LaunchError>>>,
    /// A process ended before it had answered about all cases.
    is_cut_off: bool,
}

/// Replies that were received ahead of their request.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    is_slow: bool,
    answers: BTreeMap<(Pass, u32), Answers>,
}

impl Ahead {
    /// For a worker that took this long to list its cases.
    pub(super) fn new(listing: Duration) -> Self {
        Self {
            is_slow: listing > LONGEST,
            answers: BTreeMap::new(),
        }
    }

    /// Whether the set-up of the worker is slow.
    pub(super) fn is_slow(&self) -> bool {
        self.is_slow
    }

    /// The replies to a request about one case.
    ///
    /// # Errors
    ///
    /// Those of [`Launcher::ask`].
    pub(super) fn ask(
        &mut self,
        launcher: &Launcher<'_>,
        request: Request,
    ) -> Result<Vec<Reply>, LaunchError> {
        match &request {
            Request::Run {
                case,
                pass,
                repetitions,
            } if self.is_slow => {
                let answers = self.answers.entry((*pass, *repetitions)).or_default();
                match answers.take(case, launcher, (*pass, *repetitions))? {
                    Some(replies) => replies,
                    None => launcher.ask(&request),
                }
            }
            _ => launcher.ask(&request),
        }
    }
}

impl Answers {
    /// The next answer about `case`, from a new process if there is none; `None` if that ended too
    /// early.
    ///
    /// # Errors
    ///
    /// Only if the run is interrupted.
    fn take(
        &mut self,
        case: &str,
        launcher: &Launcher<'_>,
        (pass, repetitions): (Pass, u32),
    ) -> Result<Option<Result<Vec<Reply>, LaunchError>>, LaunchError> {
        let is_known = |answers: &Self| answers.of_case.get(case).is_some_and(|it| !it.is_empty());
        if !is_known(self) && !self.is_cut_off {
            let request = Request::RunEach { pass, repetitions };
            let ended = launcher.ask_each(&request, &mut |(case, replies)| {
                self.of_case.entry(case).or_default().push_back(replies);
            });
            match ended {
                Err(LaunchError::Interrupted) => return Err(LaunchError::Interrupted),
                // The case that ended it would end the next process too.
                Err(_) => self.is_cut_off = true,
                Ok(()) => {}
            }
        }
        Ok(self.of_case.get_mut(case).and_then(VecDeque::pop_front))
    }
}
