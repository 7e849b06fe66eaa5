//! Answers for cases that take long to register: one process answers about all cases, instead of one
//! process for each.
//!
//! The set-up of criterion's groups runs in every process, before the first benchmark. If it takes a
//! second, a process for each case would spend most of its time there.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use heapmark_model::launch::{LaunchError, Launcher};
use heapmark_model::protocol::{Pass, Reply, Request};

/// The longest time to register all cases with which each case gets its own process.
const LONGEST: Duration = Duration::from_millis(300);

type Answers = BTreeMap<String, VecDeque<Result<Vec<Reply>, LaunchError>>>;

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

    /// Whether the worker takes long to register its cases.
    pub(super) fn is_slow(&self) -> bool {
        self.is_slow
    }

    /// The replies to a request to run one case.
    ///
    /// # Errors
    ///
    /// Those of [`Launcher::ask`].
    pub(super) fn ask(
        &mut self,
        launcher: &Launcher<'_>,
        request: Request,
    ) -> Result<Vec<Reply>, LaunchError> {
        let Request::Run {
            case,
            pass,
            repetitions,
        } = &request
        else {
            return launcher.ask(&request);
        };
        if !self.is_slow {
            return launcher.ask(&request);
        }
        let answers = self.answers.entry((*pass, *repetitions)).or_default();
        if answers.get(case).is_none_or(VecDeque::is_empty) {
            let each = Request::RunEach {
                pass: *pass,
                repetitions: *repetitions,
            };
            let ended = launcher.ask_each(&each, &mut |case, replies| {
                answers.entry(case).or_default().push_back(replies);
            });
            if let Err(LaunchError::Interrupted) = ended {
                return Err(LaunchError::Interrupted);
            }
        }
        match answers.get_mut(case).and_then(VecDeque::pop_front) {
            Some(replies) => replies,
            // The process ended before this case.
            None => launcher.ask(&request),
        }
    }
}
