//! The cases of a bench binary, and the requests that run them.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::ahead::Ahead;
use super::build::Built;
use super::called::Called;
use super::link_order::{Kept, LinkOrders};
use heapmark_model::launch::{LaunchError, Launcher};
use heapmark_model::protocol::{Launch, Pass, Reply, Request};
use heapmark_model::record::{Callsite, CaseInfo, GroupInfo, Growth, Observation, Totals};

/// The number of iterations for a worker without the rate pass. It sends each with its timeline.
const OLDER_REPETITIONS: u32 = 10;

/// Cases that can be run, each time in a fresh process.
pub trait Suite {
    /// The groups and cases of the suite.
    ///
    /// # Errors
    ///
    /// If the worker cannot be started or does not reply.
    fn list(&mut self) -> Result<Listing, LaunchError>;

    /// Runs one case in a fresh process.
    ///
    /// # Errors
    ///
    /// If the case panics, crashes, hangs or measures nothing.
    fn run(&mut self, case: &str, pass: Pass, repetitions: u32) -> Result<CaseReply, LaunchError>;

    /// Adds up the events of many iterations of one case, in a fresh process. Empty if the suite
    /// does not support this.
    ///
    /// # Errors
    ///
    /// If the case panics, crashes, hangs or measures nothing.
    fn totals(&mut self, case: &str) -> Result<Vec<Totals>, LaunchError> {
        let _ = case;
        Ok(Vec::new())
    }

    /// Repeats one case in a fresh process and judges whether its live memory grows. `None` if the
    /// suite does not support this.
    ///
    /// # Errors
    ///
    /// If the case panics, crashes, hangs or measures nothing.
    fn growth(&mut self, case: &str) -> Result<Option<Growth>, LaunchError> {
        let _ = case;
        Ok(None)
    }

    /// Makes sure that there are `count` link orders from `seed`. A later call with the same seed
    /// and a higher count keeps the first ones.
    ///
    /// # Errors
    ///
    /// Why the binary can run only in its original link order.
    fn lay_out(&mut self, seed: u32, count: u32) -> Result<(), String>;

    /// Whether the suite has what it needs to be linked in other link orders.
    fn can_lay_out(&self) -> bool {
        true
    }

    /// Times one case in a fresh process with the link order `link_order`, or with the original one
    /// if there are no link orders.
    ///
    /// # Errors
    ///
    /// If the case panics, crashes, hangs or measures nothing.
    fn time(&mut self, case: &str, link_order: u32, launch: Launch)
    -> Result<Batches, LaunchError>;

    /// Starts the processes of the suite, also under another program; `None` if the suite has no
    /// processes.
    fn launcher(&self) -> Option<Launcher<'_>> {
        None
    }

    /// Whether a process of the suite takes long before it runs a case, so that a process for each
    /// case is too slow.
    fn starts_slowly(&self) -> bool {
        false
    }

    /// The id that the workers of the suite use for the case `id`.
    ///
    /// # Errors
    ///
    /// If the worker's id belongs to several cases.
    fn called<'a>(&'a self, id: &'a str) -> Result<&'a str, LaunchError> {
        Ok(id)
    }
}

/// The content of a suite.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// The type of the wrapped global allocator; `None` if heapmark's wrapper is missing.
    pub allocator: Option<String>,
    /// The revision that the binary was built from; `None` if the binary does not state it.
    pub revision: Option<String>,
    /// The groups, in report order.
    pub groups: Vec<GroupInfo>,
    /// The cases, in report order.
    pub cases: Vec<CaseInfo>,
    /// The worker's ids of the cases.
    pub called: Called,
    /// Why cases may be missing: a part of the program failed before it registered them.
    pub incomplete: Vec<String>,
}

/// The reply of one process about one case.
#[derive(Clone, Debug, Default)]
pub struct CaseReply {
    /// One observation per repetition.
    pub observations: Vec<Observation>,
    /// The case assertions, and whether each passed in every repetition.
    pub claims: Vec<(String, bool)>,
}

/// A suite in a bench binary.
#[derive(Debug)]
pub struct Binary<'a> {
    launcher: Launcher<'a>,
    target: PathBuf,
    kept: Result<Kept, String>,
    link_orders: Option<LinkOrders>,
    called: Called,
    /// Replies for cases of a worker that takes long to register them.
    ahead: Ahead,
}

impl<'a> Binary<'a> {
    /// The suite of the binary `built`, which `launcher` starts. Its link orders are stored below
    /// the workspace's `target` folder, and are deleted with this value.
    pub fn new(built: Built, target: &Path, launcher: Launcher<'a>) -> Self {
        Self {
            launcher,
            target: target.to_owned(),
            kept: built.kept,
            link_orders: None,
            called: Called::default(),
            ahead: Ahead::default(),
        }
    }
}

impl Binary<'_> {
    /// Renames the case `id` to `new`. The worker's id of it does not change.
    pub fn rename(&mut self, id: &str, new: &str) {
        self.called.rename(id, new);
    }

    /// The call sites that allocate memory in one iteration of `case`.
    ///
    /// # Errors
    ///
    /// If the case cannot be run, or its heapmark is too old to record call sites.
    pub fn callsites(&self, case: &str) -> Result<Vec<Callsite>, LaunchError> {
        let request = Request::Run {
            case: self.called.name_of(case)?.to_owned(),
            pass: Pass::Callsites,
            repetitions: 1,
        };
        let told = self.launcher.ask(&request)?.into_iter();
        let mut told = told.filter_map(|reply| match reply {
            Reply::Callsites { callsites } => Some(callsites),
            _ => None,
        });
        let old = || {
            let reason = "it was built with a heapmark that is too old to record call sites";
            LaunchError::Failed(reason.to_owned())
        };
        told.next().ok_or_else(old)
    }
}

impl Suite for Binary<'_> {
    fn list(&mut self) -> Result<Listing, LaunchError> {
        let started = Instant::now();
        let listing = Listing::from_replies(self.launcher.ask(&Request::List)?)?;
        self.ahead = Ahead::new(started.elapsed());
        self.called = listing.called.clone();
        Ok(listing)
    }

    fn run(&mut self, case: &str, pass: Pass, repetitions: u32) -> Result<CaseReply, LaunchError> {
        let request = Request::Run {
            case: self.called.name_of(case)?.to_owned(),
            pass,
            repetitions,
        };
        Ok(CaseReply::from_replies(
            self.ahead.ask(&self.launcher, request)?,
        ))
    }

    fn totals(&mut self, case: &str) -> Result<Vec<Totals>, LaunchError> {
        let request = Request::Run {
            case: self.called.name_of(case)?.to_owned(),
            pass: Pass::Rate,
            repetitions: 1,
        };
        match self.ahead.ask(&self.launcher, request) {
            Ok(replies) => {
                let mut told = replies.into_iter().filter_map(|reply| match reply {
                    Reply::Totals { totals } => Some(totals),
                    _ => None,
                });
                Ok(told.next().unwrap_or_default())
            }
            // A worker of an older heapmark does not support this pass, but can count iterations.
            Err(LaunchError::Failed(_)) => {
                let answer = self.run(case, Pass::Count, OLDER_REPETITIONS)?;
                Ok(Totals::of_observations(&answer.observations))
            }
            Err(error) => Err(error),
        }
    }

    fn growth(&mut self, case: &str) -> Result<Option<Growth>, LaunchError> {
        let request = Request::Run {
            case: self.called.name_of(case)?.to_owned(),
            pass: Pass::Growth,
            repetitions: 1,
        };
        Ok(growth_of(self.ahead.ask(&self.launcher, request)?))
    }

    fn lay_out(&mut self, seed: u32, count: u32) -> Result<(), String> {
        let mut link_orders = match self
            .link_orders
            .take()
            .filter(|link_orders| link_orders.seed() == seed)
        {
            Some(link_orders) => link_orders,
            None => LinkOrders::new(self.kept.clone()?, &self.target, seed)
                .map_err(|error| format!("link orders cannot be stored: {error}"))?,
        };
        let extended = link_orders.extend_to(count);
        // The link orders so far are kept: a run that began with them does not continue without.
        self.link_orders = Some(link_orders).filter(|link_orders| link_orders.get(0).is_some());
        extended
    }

    fn can_lay_out(&self) -> bool {
        self.kept.is_ok()
    }

    fn time(
        &mut self,
        case: &str,
        link_order: u32,
        launch: Launch,
    ) -> Result<Batches, LaunchError> {
        let request = Request::Time {
            case: self.called.name_of(case)?.to_owned(),
            launch,
        };
        let binary = self
            .link_orders
            .as_ref()
            .and_then(|link_orders| link_orders.get(link_order));
        let replies = match binary {
            Some(binary) => self.launcher.with_program(binary).ask(&request)?,
            None => self.launcher.ask(&request)?,
        };
        Ok(Batches::from_replies(replies))
    }

    fn launcher(&self) -> Option<Launcher<'_>> {
        Some(self.launcher.clone())
    }

    fn starts_slowly(&self) -> bool {
        self.ahead.is_slow()
    }

    fn called<'a>(&'a self, id: &'a str) -> Result<&'a str, LaunchError> {
        self.called.name_of(id)
    }
}

/// The times of one case in one process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batches {
    /// Picoseconds per iteration, one value per batch.
    pub picoseconds: Vec<u64>,
    /// The time of a fixed piece of work before the first batch and after each one, in nanoseconds.
    pub paces: Vec<u64>,
}

impl Batches {
    /// Collects the replies to a time request.
    pub fn from_replies(replies: Vec<Reply>) -> Self {
        let told = replies.into_iter().find_map(|reply| match reply {
            Reply::Batches { picoseconds, paces } => Some(Self { picoseconds, paces }),
            _ => None,
        });
        told.unwrap_or_default()
    }
}

impl Listing {
    /// Collects the replies to a list request, and gives each case its id.
    ///
    /// # Errors
    ///
    /// If two cases have the same key.
    pub fn from_replies(replies: Vec<Reply>) -> Result<Self, LaunchError> {
        let mut listing = Self::default();
        for reply in replies {
            match reply {
                Reply::Hello {
                    allocator,
                    revision,
                    ..
                } => {
                    listing.allocator = allocator;
                    listing.revision = revision;
                }
                Reply::Group(group) => listing.groups.push(group),
                Reply::Case(case) => listing.cases.push(case),
                Reply::Incomplete { reason } => listing.incomplete.push(reason),
                _ => {}
            }
        }
        listing.called = Called::resolve(&mut listing.cases)?;
        Ok(listing)
    }
}

impl CaseReply {
    /// Collects the replies to a run request.
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

/// The result in the replies to a growth request. A worker of an older heapmark replies
/// `Unsupported`.
fn growth_of(replies: Vec<Reply>) -> Option<Growth> {
    replies.into_iter().find_map(|reply| match reply {
        Reply::Growth { growth } => Some(*growth),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::growth_of;
    use heapmark_model::protocol::{Pass, Reply, decode};

    #[test]
    fn an_older_worker_has_no_result_of_the_growth_pass() {
        let old = r#"{"heapmark":1,"reply":"unsupported","pass":"growth"}"#;
        let old: Reply = decode(old).unwrap().unwrap();
        assert_eq!(old, Reply::Unsupported { pass: Pass::Growth });
        assert_eq!(growth_of(vec![old]), None);
        let new = r#"{"heapmark":1,"reply":"growth","growth":{"verdict":"steady","reason":"nothing grows","steps":512,"floor":[0]}}"#;
        let found = growth_of(vec![decode(new).unwrap().unwrap()]);
        assert_eq!(found.map(|growth| growth.steps), Some(512));
    }
}
