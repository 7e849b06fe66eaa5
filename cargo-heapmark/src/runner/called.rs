//! Maps the ids of cases to the ids that a worker uses. The parent computes ids from the names that
//! the worker reports, because a worker built with an older heapmark has ids of an older form. One
//! such id may belong to several cases.

use std::collections::{BTreeMap, BTreeSet};

use heapmark_model::launch::LaunchError;
use heapmark_model::record::{CaseInfo, Failure, Key, resolve};

/// The worker's id of each case whose id differs, or why it cannot be used.
#[derive(Clone, Debug, Default)]
pub struct Called(BTreeMap<String, Result<String, String>>);

impl Called {
    /// Replaces the worker's id of each case by the computed one. `cases` are all cases of the
    /// worker.
    ///
    /// # Errors
    ///
    /// If two cases have the same key.
    pub(super) fn resolve(cases: &mut [CaseInfo]) -> Result<Self, LaunchError> {
        let told: Vec<String> = cases.iter().map(|case| case.id.clone()).collect();
        resolve(cases).map_err(|clash| LaunchError::Failed(clash.to_string()))?;
        let mut known = BTreeSet::new();
        let shared: BTreeSet<&String> = told.iter().filter(|id| !known.insert(*id)).collect();
        let mut called = BTreeMap::new();
        for (case, old) in cases.iter().zip(&told) {
            if shared.contains(old) {
                let sharing = cases.iter().zip(&told).filter(|(_, id)| *id == old);
                let names: Vec<String> = sharing
                    .map(|(case, _)| Key::from_case(case).words())
                    .collect();
                let failure = Failure::ambiguous(case.id.clone(), old, &names);
                called.insert(failure.id, Err(failure.reason));
            } else if case.id != *old {
                called.insert(case.id.clone(), Ok(old.clone()));
            }
        }
        Ok(Self(called))
    }

    /// The worker's id of the case `id`.
    ///
    /// # Errors
    ///
    /// If the worker's id belongs to several cases.
    pub(super) fn name_of<'a>(&'a self, id: &'a str) -> Result<&'a str, LaunchError> {
        match self.0.get(id) {
            None => Ok(id),
            Some(Ok(called)) => Ok(called),
            Some(Err(reason)) => Err(LaunchError::Failed(reason.clone())),
        }
    }

    /// Renames the case `id` to `new`.
    pub(super) fn rename(&mut self, id: &str, new: &str) {
        let called = self.0.remove(id).unwrap_or_else(|| Ok(id.to_owned()));
        self.0.insert(new.to_owned(), called);
    }
}

#[cfg(test)]
mod tests {
    use super::Called;
    use heapmark_model::record::CaseInfo;

    fn case(id: &str, variant: &str) -> CaseInfo {
        CaseInfo {
            id: id.to_owned(),
            group: "g".to_owned(),
            question: None,
            variant: variant.to_owned(),
            parameter: None,
            summary: String::new(),
            file: "benches/g.rs".to_owned(),
        }
    }

    #[test]
    fn a_worker_gets_its_own_id_and_never_one_that_belongs_to_two_cases() {
        let mut cases = [
            case("g/a", "A"),
            case("g/a", "a"),
            case("g/", "日"),
            case("g/b", "b"),
        ];
        let mut called = Called::resolve(&mut cases).unwrap();
        let ids = cases.each_ref().map(|case| case.id.as_str());
        assert_eq!(ids, ["g/~41.~", "g/a~", "g/~65e5.~", "g/b"]);
        assert_eq!(called.name_of("g/b").unwrap(), "g/b");
        assert_eq!(called.name_of("g/~65e5.~").unwrap(), "g/");
        let refused = called.name_of("g/a~").unwrap_err().to_string();
        assert!(
            refused.contains("`g/a` names 2 cases (`A`, `a`)"),
            "{refused}"
        );
        called.rename("g/~41.~", "g/other");
        assert!(called.name_of("g/other").is_err());
        called.rename("g/b", "g/c");
        assert_eq!(called.name_of("g/c").unwrap(), "g/b");
    }
}
