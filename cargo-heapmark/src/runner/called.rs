//! What a worker calls its cases. Ids are made of names, and the parent makes them anew from the
//! names that it is told: a worker that was built with an older heapmark has ids of an older form,
//! of which one may name several cases.

use std::collections::{BTreeMap, BTreeSet};

use heapmark_model::launch::LaunchError;
use heapmark_model::record::{CaseInfo, Failure, Key, resolve};

/// The words of the worker for those ids that it does not know.
#[derive(Clone, Debug, Default)]
pub struct Called(BTreeMap<String, Result<String, String>>);

impl Called {
    /// Gives each of `cases`, which are all of a worker, its id; they come with those of the worker.
    ///
    /// # Errors
    ///
    /// Two cases that cannot be told apart.
    pub(super) fn resolve(cases: &mut [CaseInfo]) -> Result<Self, LaunchError> {
        let told: Vec<String> = cases.iter().map(|case| case.id.clone()).collect();
        resolve(cases).map_err(|clash| LaunchError::Failed(clash.to_string()))?;
        let mut known = BTreeSet::new();
        let shared: BTreeSet<&String> = told.iter().filter(|id| !known.insert(*id)).collect();
        let mut called = BTreeMap::new();
        for (case, old) in cases.iter().zip(&told) {
            if shared.contains(old) {
                let sharing = cases.iter().zip(&told).filter(|(_, id)| *id == old);
                let names: Vec<String> = sharing.map(|(case, _)| Key::of(case).words()).collect();
                let failure = Failure::ambiguous(case.id.clone(), old, &names);
                called.insert(failure.id, Err(failure.reason));
            } else if case.id != *old {
                called.insert(case.id.clone(), Ok(old.clone()));
            }
        }
        Ok(Self(called))
    }

    /// What the worker calls the case `id`.
    ///
    /// # Errors
    ///
    /// Where its word for it names other cases as well.
    pub(super) fn of<'a>(&'a self, id: &'a str) -> Result<&'a str, LaunchError> {
        match self.0.get(id) {
            None => Ok(id),
            Some(Ok(called)) => Ok(called),
            Some(Err(reason)) => Err(LaunchError::Failed(reason.clone())),
        }
    }

    /// Has the case `id` known as `new`.
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
    fn a_worker_is_asked_by_its_own_word_and_never_by_one_that_names_two_cases() {
        let mut cases = [
            case("g/a", "A"),
            case("g/a", "a"),
            case("g/", "日"),
            case("g/b", "b"),
        ];
        let mut called = Called::resolve(&mut cases).unwrap();
        let ids = cases.each_ref().map(|case| case.id.as_str());
        assert_eq!(ids, ["g/~41.~", "g/a~", "g/~65e5.~", "g/b"]);
        assert_eq!(called.of("g/b").unwrap(), "g/b");
        assert_eq!(called.of("g/~65e5.~").unwrap(), "g/");
        let refused = called.of("g/a~").unwrap_err().to_string();
        assert!(
            refused.contains("`g/a` names 2 cases (`A`, `a`)"),
            "{refused}"
        );
        called.rename("g/~41.~", "g/other");
        assert!(called.of("g/other").is_err());
        called.rename("g/b", "g/c");
        assert_eq!(called.of("g/c").unwrap(), "g/b");
    }
}
