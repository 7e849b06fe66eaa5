//! The count pass: counts every case in separate processes.

use std::collections::BTreeMap;

use serde::Serialize;

use super::suite::{CaseReply, Suite};
use super::toolchain::sha256;
use crate::event::{Event, Listener};
use heapmark_model::agreement;
use heapmark_model::launch::LaunchError;
use heapmark_model::protocol::Pass;
use heapmark_model::record::{
    COUNT_METHOD, CaseInfo, CountSettings, Entry, Expected, Failure, HashSeeds, Timeline,
};

/// Two processes per case, with three repetitions each, to find metrics that vary.
pub const COUNTING: CountSettings = CountSettings {
    method: Some(COUNT_METHOD),
    processes: 2,
    repetitions: 3,
    hash_seeds: HashSeeds::Random,
};

/// The confirmation of a change of an exact count: eight more processes per side must agree.
pub const CONFIRMING: CountSettings = CountSettings {
    processes: 8,
    ..COUNTING
};

/// The result of the count pass.
#[derive(Clone, Debug, Default)]
pub struct CountResult {
    /// One entry for each case that could be measured, in the order of the cases.
    pub entries: Vec<Entry>,
    /// The cases that could not be measured.
    pub failures: Vec<Failure>,
    /// Each distinct timeline, by the hash of its content.
    pub timelines: BTreeMap<String, Timeline>,
}

/// Counts `cases` one after another. A case that fails does not stop the others.
///
/// # Errors
///
/// Only if the run is interrupted.
pub fn count(
    suite: &mut dyn Suite,
    cases: &[CaseInfo],
    settings: CountSettings,
    listener: &mut dyn Listener,
) -> Result<CountResult, LaunchError> {
    let mut counted = CountResult::default();
    listener.on(&Event::Counting { cases: cases.len() });
    for case in cases {
        listener.on(&Event::CaseStarted {
            id: case.id.clone(),
        });
        let entry = launches(suite, &case.id, settings)
            .and_then(|processes| counted.enter(case, processes));
        match entry {
            Ok(entry) => listener.on(&Event::CaseCounted(Box::new(entry))),
            Err(LaunchError::Interrupted) => return Err(LaunchError::Interrupted),
            Err(error) => {
                let failure = Failure {
                    id: case.id.clone(),
                    reason: error.to_string(),
                };
                listener.on(&Event::CaseFailed(failure.clone()));
                counted.failures.push(failure);
            }
        }
    }
    listener.on(&Event::Counted);
    Ok(counted)
}

fn launches(
    suite: &mut dyn Suite,
    case: &str,
    settings: CountSettings,
) -> Result<Vec<CaseReply>, LaunchError> {
    let launches =
        (0..settings.processes).map(|_| suite.run(case, Pass::Count, settings.repetitions));
    launches.collect()
}

impl CountResult {
    fn enter(&mut self, case: &CaseInfo, processes: Vec<CaseReply>) -> Result<Entry, LaunchError> {
        let mut claims = CaseReply::default();
        let mut observations = Vec::new();
        for process in processes {
            claims.add_claims(process.claims);
            observations.push(process.observations);
        }
        let first = observations.iter().flatten().next();
        let timeline = first.and_then(|observation| observation.timeline.clone());
        let entry = Entry {
            case: case.clone(),
            metrics: agreement(&observations),
            size_classes: first
                .map(|first| first.size_classes.clone())
                .unwrap_or_default(),
            timeline: timeline.map(|timeline| self.keep(timeline)).transpose()?,
            other_threads: observations
                .iter()
                .flatten()
                .any(|one| one.foreign_events > 0),
            expected: claims
                .claims
                .into_iter()
                .map(|(claim, met)| Expected { claim, met })
                .collect(),
            growth: None,
            time: None,
            instructions: None,
        };
        self.entries.push(entry.clone());
        Ok(entry)
    }

    /// Stores a timeline once, under the hash of its content.
    fn keep(&mut self, timeline: Timeline) -> Result<String, LaunchError> {
        let hash = hash_of(&timeline)?;
        self.timelines.entry(hash.clone()).or_insert(timeline);
        Ok(hash)
    }
}

/// A hash of `content`. Content that cannot be serialised is an error; otherwise all such contents
/// would have the same hash.
fn hash_of(content: &impl Serialize) -> Result<String, LaunchError> {
    let content = serde_json::to_vec(content).map_err(|error| {
        LaunchError::Failed(format!("its allocation timeline cannot be stored: {error}"))
    })?;
    Ok(sha256(&content)[..16].to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::hash_of;

    #[test]
    fn content_that_cannot_be_serialised_is_an_error_and_has_no_hash() {
        let no_keys_of_json = BTreeMap::from([((1, 2), 3)]);
        let error = hash_of(&no_keys_of_json).unwrap_err().to_string();
        assert!(error.contains("cannot be stored"), "{error}");
        assert_ne!(hash_of(&1).unwrap(), hash_of(&2).unwrap());
    }
}
