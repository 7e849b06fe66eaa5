use crate::launch::{LaunchError, Launcher};
use crate::protocol::{Pass, Reply, Request};
use crate::record::{CaseInfo, GroupInfo, Observation};

/// Cases that can be run, each time in a process of its own.
pub trait Suite {
    /// What there is to run.
    ///
    /// # Errors
    ///
    /// Where the worker cannot be asked.
    fn list(&mut self) -> Result<Listing, LaunchError>;

    /// Runs one case in one fresh process.
    ///
    /// # Errors
    ///
    /// Where the case panics, dies, hangs or measures nothing.
    fn run(&mut self, case: &str, pass: Pass, repetitions: u32) -> Result<Answer, LaunchError>;
}

/// What a suite holds.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// The type of the global allocator under the counters; `None` where heapmark's is missing.
    pub allocator: Option<String>,
    /// The groups, in report order.
    pub groups: Vec<GroupInfo>,
    /// The cases, in report order.
    pub cases: Vec<CaseInfo>,
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
    fn list(&mut self) -> Result<Listing, LaunchError> {
        Ok(Listing::from_replies(self.launcher.ask(&Request::List)?))
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

impl Listing {
    /// Collects what the replies to a list request say.
    pub fn from_replies(replies: Vec<Reply>) -> Self {
        let mut listing = Self::default();
        for reply in replies {
            match reply {
                Reply::Hello { allocator, .. } => listing.allocator = allocator,
                Reply::Group(group) => listing.groups.push(group),
                Reply::Case(case) => listing.cases.push(case),
                _ => {}
            }
        }
        listing
    }
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
