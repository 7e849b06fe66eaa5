use std::path::{Path, PathBuf};

use super::build::Built;
use super::called::Called;
use super::layout::{Kept, Layouts};
use heapmark_model::launch::{LaunchError, Launcher};
use heapmark_model::protocol::{Launch, Pass, Reply, Request};
use heapmark_model::record::{Callsite, CaseInfo, GroupInfo, Growth, Observation, Totals};

/// Iterations that a worker without the rate pass is asked for; it sends each with its tape.
const OLDER_REPETITIONS: u32 = 10;

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

    /// Adds up what many iterations of one case do to the heap, in one fresh process; nothing if
    /// the suite cannot.
    ///
    /// # Errors
    ///
    /// Where the case panics, dies, hangs or measures nothing.
    fn totals(&mut self, case: &str) -> Result<Vec<Totals>, LaunchError> {
        let _ = case;
        Ok(Vec::new())
    }

    /// Repeats one case in one fresh process to see whether its live memory grows; `None` where
    /// the suite cannot look.
    ///
    /// # Errors
    ///
    /// Where the case panics, dies, hangs or measures nothing.
    fn growth(&mut self, case: &str) -> Result<Option<Growth>, LaunchError> {
        let _ = case;
        Ok(None)
    }

    /// Makes sure that there are `count` layouts of the code to time, drawn from `seed`. A later
    /// call may ask for more from the same seed, and gets the first ones again.
    ///
    /// # Errors
    ///
    /// Why the code can be run only as it was linked.
    fn lay_out(&mut self, seed: u32, count: u32) -> Result<(), String>;

    /// Times one case in one fresh process that runs layout `layout`, or the code as it was linked
    /// where there are no layouts.
    ///
    /// # Errors
    ///
    /// Where the case panics, dies, hangs or measures nothing.
    fn time(&mut self, case: &str, layout: u32, launch: Launch) -> Result<Batches, LaunchError>;

    /// What starts its processes; `None` where there are none, so that none can be put under
    /// another program.
    fn launcher(&self) -> Option<Launcher<'_>> {
        None
    }

    /// What its processes call the case `id`.
    ///
    /// # Errors
    ///
    /// Where their word for it names other cases as well.
    fn called<'a>(&'a self, id: &'a str) -> Result<&'a str, LaunchError> {
        Ok(id)
    }
}

/// What a suite holds.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// The type of the global allocator under the counters; `None` where heapmark's is missing.
    pub allocator: Option<String>,
    /// The revision that the build said it was of; `None` where it said none.
    pub revision: Option<String>,
    /// The groups, in report order.
    pub groups: Vec<GroupInfo>,
    /// The cases, in report order.
    pub cases: Vec<CaseInfo>,
    /// What the worker calls them.
    pub called: Called,
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
    target: PathBuf,
    kept: Result<Kept, String>,
    layouts: Option<Layouts>,
    called: Called,
}

impl<'a> Binary<'a> {
    /// Asks a binary by `launcher`, which starts the one that was built; layouts of it are linked
    /// below the workspace's `target` folder, and go with this value.
    pub fn new(built: Built, target: &Path, launcher: Launcher<'a>) -> Self {
        Self {
            launcher,
            target: target.to_owned(),
            kept: built.kept,
            layouts: None,
            called: Called::default(),
        }
    }
}

impl Binary<'_> {
    /// Has the case `id` known as `new` from here on; the worker keeps its word for it.
    pub fn rename(&mut self, id: &str, new: &str) {
        self.called.rename(id, new);
    }

    /// The call stacks that ask for memory in one iteration of `case`.
    ///
    /// # Errors
    ///
    /// Where the case cannot be run, or its heapmark is too old to trace it.
    pub fn callsites(&self, case: &str) -> Result<Vec<Callsite>, LaunchError> {
        let request = Request::Run {
            case: self.called.of(case)?.to_owned(),
            pass: Pass::Callsites,
            repetitions: 1,
        };
        let told = self.launcher.ask(&request)?.into_iter();
        let mut told = told.filter_map(|reply| match reply {
            Reply::Callsites { callsites } => Some(callsites),
            _ => None,
        });
        let old = || LaunchError::Failed("the heapmark it was built with knows none".to_owned());
        told.next().ok_or_else(old)
    }
}

impl Suite for Binary<'_> {
    fn list(&mut self) -> Result<Listing, LaunchError> {
        let listing = Listing::from_replies(self.launcher.ask(&Request::List)?)?;
        self.called = listing.called.clone();
        Ok(listing)
    }

    fn run(&mut self, case: &str, pass: Pass, repetitions: u32) -> Result<Answer, LaunchError> {
        let request = Request::Run {
            case: self.called.of(case)?.to_owned(),
            pass,
            repetitions,
        };
        Ok(Answer::from_replies(self.launcher.ask(&request)?))
    }

    fn totals(&mut self, case: &str) -> Result<Vec<Totals>, LaunchError> {
        let request = Request::Run {
            case: case.to_owned(),
            pass: Pass::Rate,
            repetitions: 1,
        };
        match self.launcher.ask(&request) {
            Ok(replies) => {
                let mut told = replies.into_iter().filter_map(|reply| match reply {
                    Reply::Totals { totals } => Some(totals),
                    _ => None,
                });
                Ok(told.next().unwrap_or_default())
            }
            // A worker of an older heapmark does not know the pass; it can count some iterations.
            Err(LaunchError::Failed(_)) => {
                let answer = self.run(case, Pass::Count, OLDER_REPETITIONS)?;
                Ok(Totals::of_observations(&answer.observations))
            }
            Err(error) => Err(error),
        }
    }

    fn growth(&mut self, case: &str) -> Result<Option<Growth>, LaunchError> {
        let request = Request::Run {
            case: self.called.of(case)?.to_owned(),
            pass: Pass::Growth,
            repetitions: 1,
        };
        Ok(growth_of(self.launcher.ask(&request)?))
    }

    fn lay_out(&mut self, seed: u32, count: u32) -> Result<(), String> {
        let mut layouts = match self.layouts.take().filter(|layouts| layouts.seed() == seed) {
            Some(layouts) => layouts,
            None => Layouts::new(self.kept.clone()?, &self.target, seed)
                .map_err(|error| format!("no layouts can be stored: {error}"))?,
        };
        let extended = layouts.extend_to(count);
        // Those that there are stay: a run that has begun with layouts does not go on without.
        self.layouts = Some(layouts).filter(|layouts| layouts.get(0).is_some());
        extended
    }

    fn time(&mut self, case: &str, layout: u32, launch: Launch) -> Result<Batches, LaunchError> {
        let request = Request::Time {
            case: self.called.of(case)?.to_owned(),
            launch,
        };
        let binary = self
            .layouts
            .as_ref()
            .and_then(|layouts| layouts.get(layout));
        let replies = match binary {
            Some(binary) => self.launcher.of(binary).ask(&request)?,
            None => self.launcher.ask(&request)?,
        };
        Ok(Batches::from_replies(replies))
    }

    fn launcher(&self) -> Option<Launcher<'_>> {
        Some(self.launcher.clone())
    }

    fn called<'a>(&'a self, id: &'a str) -> Result<&'a str, LaunchError> {
        self.called.of(id)
    }
}

/// What one process told of the time of one case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batches {
    /// Picoseconds an iteration, one number a batch.
    pub picoseconds: Vec<u64>,
    /// What a fixed piece of work took before the first batch and behind each, in nanoseconds.
    pub paces: Vec<u64>,
}

impl Batches {
    /// Collects what the replies to a time request say.
    pub fn from_replies(replies: Vec<Reply>) -> Self {
        let told = replies.into_iter().find_map(|reply| match reply {
            Reply::Batches { picoseconds, paces } => Some(Self { picoseconds, paces }),
            _ => None,
        });
        told.unwrap_or_default()
    }
}

impl Listing {
    /// Collects what the replies to a list request say, and gives each case its id.
    ///
    /// # Errors
    ///
    /// Two cases that cannot be told apart.
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
                _ => {}
            }
        }
        listing.called = Called::resolve(&mut listing.cases)?;
        Ok(listing)
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

/// What the replies to a look for growth say; a worker of an older heapmark says `Unsupported`.
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
    fn an_older_worker_has_not_looked_for_growth() {
        let old = r#"{"heapmark":1,"reply":"unsupported","pass":"growth"}"#;
        let old: Reply = decode(old).unwrap().unwrap();
        assert_eq!(old, Reply::Unsupported { pass: Pass::Growth });
        assert_eq!(growth_of(vec![old]), None);
        let new = r#"{"heapmark":1,"reply":"growth","growth":{"verdict":"steady","reason":"nothing grows","steps":512,"floor":[0]}}"#;
        let found = growth_of(vec![decode(new).unwrap().unwrap()]);
        assert_eq!(found.map(|growth| growth.steps), Some(512));
    }
}
