//! The count pass: every case in processes of its own.

use std::collections::BTreeMap;

use serde::Serialize;

use super::suite::{Answer, Suite};
use super::toolchain::sha256;
use crate::event::{Event, Listener};
use heapmark_model::agreement;
use heapmark_model::launch::LaunchError;
use heapmark_model::protocol::Pass;
use heapmark_model::record::{
    COUNT_METHOD, CaseInfo, CountSettings, Entry, Expected, Failure, HashSeeds, Tape,
};

/// Two processes a case and three repetitions in each tell exact from sampled.
pub const COUNTING: CountSettings = CountSettings {
    method: Some(COUNT_METHOD),
    processes: 2,
    repetitions: 3,
    hash_seeds: HashSeeds::Random,
};

/// A change of an exact count is believed when so many further processes a side agree with it.
pub const CONFIRMING: CountSettings = CountSettings {
    processes: 8,
    ..COUNTING
};

/// What the count pass found.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    /// One entry for each case that could be measured, in the order asked.
    pub entries: Vec<Entry>,
    /// The others.
    pub failures: Vec<Failure>,
    /// Each different tape once, by the hash of its content.
    pub tapes: BTreeMap<String, Tape>,
}

/// Counts `cases` one after another; one that fails does not stop the others.
///
/// # Errors
///
/// Only where the run was interrupted.
pub fn count(
    suite: &mut dyn Suite,
    cases: &[CaseInfo],
    settings: CountSettings,
    listener: &mut dyn Listener,
) -> Result<Counted, LaunchError> {
    let mut counted = Counted::default();
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
) -> Result<Vec<Answer>, LaunchError> {
    let launches =
        (0..settings.processes).map(|_| suite.run(case, Pass::Count, settings.repetitions));
    launches.collect()
}

impl Counted {
    fn enter(&mut self, case: &CaseInfo, processes: Vec<Answer>) -> Result<Entry, LaunchError> {
        let mut claims = Answer::default();
        let mut observations = Vec::new();
        for process in processes {
            claims.add_claims(process.claims);
            observations.push(process.observations);
        }
        let first = observations.iter().flatten().next();
        let tape = first.and_then(|observation| observation.tape.clone());
        let entry = Entry {
            case: case.clone(),
            metrics: agreement(&observations),
            size_classes: first
                .map(|first| first.size_classes.clone())
                .unwrap_or_default(),
            tape: tape.map(|tape| self.keep(tape)).transpose()?,
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

    /// Keeps a tape once, under the hash of its content.
    fn keep(&mut self, tape: Tape) -> Result<String, LaunchError> {
        let hash = hash_of(&tape)?;
        self.tapes.entry(hash.clone()).or_insert(tape);
        Ok(hash)
    }
}

/// A name for `content`, which no other content has. What cannot be written has none: the hash of
/// nothing would be the same for all of it.
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
    fn what_cannot_be_written_is_an_error_and_has_no_hash() {
        let no_keys_of_json = BTreeMap::from([((1, 2), 3)]);
        let error = hash_of(&no_keys_of_json).unwrap_err().to_string();
        assert!(error.contains("cannot be stored"), "{error}");
        assert_ne!(hash_of(&1).unwrap(), hash_of(&2).unwrap());
    }
}
