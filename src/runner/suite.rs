use crate::launch::{LaunchError, Launcher};
use crate::protocol::{Pass, Reply, Request};
use crate::record::{CaseInfo, Observation};

/// Cases that can be run, each time in a process of its own.
pub trait Suite {
    /// The type of the global allocator under the counters, and every case in report order.
    ///
    /// # Errors
    ///
    /// Where the worker cannot be asked.
    fn cases(&mut self) -> Result<(Option<String>, Vec<CaseInfo>), LaunchError>;

    /// Runs one case in one fresh process.
    ///
    /// # Errors
    ///
    /// Where the case panics, dies, hangs or measures nothing.
    fn run(&mut self, case: &str, pass: Pass, repetitions: u32) -> Result<Answer, LaunchError>;
}

/// What one process told about one case.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// One a repetition.
    pub observations: Vec<Observation>,
    /// The case's claims, with whether every repetition kept them.
    pub claims: Vec<(String, bool)>,
}

/// The real thing: a bench binary.
#[derive(Debug)]
pub struct Binary<'a> {
    launcher: Launcher<'a>,
}

impl<'a> Binary<'a> {
    /// Asks the binary behind `launcher`.
    pub fn new(launcher: Launcher<'a>) -> Self {
        Self { launcher }
    }
}

impl Suite for Binary<'_> {
    fn cases(&mut self) -> Result<(Option<String>, Vec<CaseInfo>), LaunchError> {
        Ok(sort_list(self.launcher.ask(&Request::List)?))
    }

    fn run(&mut self, case: &str, pass: Pass, repetitions: u32) -> Result<Answer, LaunchError> {
        let request = Request::Run {
            case: case.to_owned(),
            pass,
            repetitions,
        };
        Ok(Answer::from_replies(self.launcher.ask(&request)?))
    }
}

/// The allocator and the cases out of the answer to a list request.
fn sort_list(replies: Vec<Reply>) -> (Option<String>, Vec<CaseInfo>) {
    let mut allocator = None;
    let mut cases = Vec::new();
    for reply in replies {
        match reply {
            Reply::Hello {
                allocator: name, ..
            } => allocator = name,
            Reply::Case(case) => cases.push(case),
            _ => {}
        }
    }
    (allocator, cases)
}

impl Answer {
    /// Collects what the replies to a run say.
    pub fn from_replies(replies: Vec<Reply>) -> Self {
        let mut answer = Self::default();
        for reply in replies {
            if let Reply::Observation {
                observation,
                claims,
            } = reply
            {
                answer.observations.push(*observation);
                answer.add_claims(claims);
            }
        }
        answer
    }

    pub(super) fn add_claims(&mut self, claims: Vec<(String, bool)>) {
        for (claim, met) in claims {
            match self.claims.iter_mut().find(|(known, _)| *known == claim) {
                Some((_, all_met)) => *all_met &= met,
                None => self.claims.push((claim, met)),
            }
        }
    }
}
