//! Decides which form the id of each case has, over all cases of a bench target at once.

use std::collections::BTreeMap;
use std::fmt;

use super::Key;
use crate::record::CaseInfo;

/// Two cases that cannot be distinguished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clash {
    /// They have the same names.
    Case {
        /// Their group.
        group: String,
        /// Their other names.
        name: String,
        /// The source file of each case.
        files: [String; 2],
    },
    /// The names of their groups differ only in capital letters.
    Group {
        /// The names.
        groups: [String; 2],
        /// A source file of each group.
        files: [String; 2],
    },
}

impl fmt::Display for Clash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Case {
                group,
                name,
                files: [one, other],
            } => write!(
                out,
                "two cases of group `{group}` are called {name}, in {one} and in {other}; rename or remove one of them"
            ),
            Self::Group {
                groups: [one, other],
                files: [here, there],
            } => write!(
                out,
                "the groups `{one}` in {here} and `{other}` in {there} differ only in capital letters; rename one of them"
            ),
        }
    }
}

impl std::error::Error for Clash {}

/// Sets the id of each case. `cases` must be all cases of a bench target.
///
/// The id is the short form if only one case has it, ignoring capital letters. If two cases would
/// share it, both get the long form.
///
/// # Errors
///
/// [`Clash`] if two cases cannot be distinguished.
pub fn resolve(cases: &mut [CaseInfo]) -> Result<(), Clash> {
    let keys: Vec<Key> = cases.iter().map(Key::from_case).collect();
    check(cases, &keys)?;
    let short: Vec<Option<String>> = keys.iter().map(Key::short_id).collect();
    let mut named: BTreeMap<String, u32> = BTreeMap::new();
    for id in short.iter().flatten() {
        *named.entry(id.to_ascii_lowercase()).or_default() += 1;
    }
    for ((case, key), short) in cases.iter_mut().zip(&keys).zip(short) {
        let alone = short.filter(|id| named.get(&id.to_ascii_lowercase()) == Some(&1));
        case.id = alone.unwrap_or_else(|| key.long_id());
    }
    Ok(())
}

fn check(cases: &[CaseInfo], keys: &[Key]) -> Result<(), Clash> {
    let mut known: BTreeMap<&Key, &CaseInfo> = BTreeMap::new();
    let mut groups: BTreeMap<String, &CaseInfo> = BTreeMap::new();
    for (case, key) in cases.iter().zip(keys) {
        if let Some(other) = known.insert(key, case) {
            return Err(Clash::Case {
                group: case.group.clone(),
                name: key.words(),
                files: [other.file.clone(), case.file.clone()],
            });
        }
        let group = groups.entry(case.group.to_lowercase()).or_insert(case);
        if group.group != case.group {
            return Err(Clash::Group {
                groups: [group.group.clone(), case.group.clone()],
                files: [group.file.clone(), case.file.clone()],
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::resolve;
    use crate::record::CaseInfo;

    type Names<'a> = (&'a str, Option<&'a str>, &'a str, Option<u64>);

    fn cases(names: &[Names<'_>]) -> Vec<CaseInfo> {
        let case = |&(group, question, variant, parameter): &Names<'_>| CaseInfo {
            id: String::new(),
            group: group.to_owned(),
            question: question.map(str::to_owned),
            variant: variant.to_owned(),
            parameter,
            summary: String::new(),
            file: format!("benches/{group}.rs"),
        };
        names.iter().map(case).collect()
    }

    fn ids(names: &[Names<'_>]) -> Vec<String> {
        let mut cases = cases(names);
        resolve(&mut cases).unwrap();
        cases.into_iter().map(|case| case.id).collect()
    }

    #[test]
    fn a_name_that_only_one_case_has_gets_the_short_form() {
        let names = [
            ("g", None, "Box<str>", None),
            ("g", Some("hold a key"), "None", Some(64)),
            ("Big", None, "x", None),
            ("g", None, "../y", None),
        ];
        let short = ["g/box-str", "g/hold-a-key/none/64", "Big/x", "g/y"];
        assert_eq!(ids(&names), short);
    }

    #[test]
    fn of_two_that_share_a_short_form_neither_gets_it() {
        let names = [
            ("g", None, "A", None),
            ("g", None, "a", None),
            ("g", None, "b", None),
        ];
        assert_eq!(ids(&names), ["g/~41.~", "g/a~", "g/b"]);
        let sized = [("g", None, "v", Some(64)), ("g", Some("v"), "64", None)];
        assert_eq!(ids(&sized), ["g/v~/64", "g/v/64~"]);
    }

    #[test]
    fn a_name_that_the_short_form_would_lose_gets_the_long_form() {
        let names = [
            ("g", None, "größe", None),
            ("g", None, " ", None),
            ("g", None, "a\tb", None),
            ("g", Some(""), "x", None),
        ];
        let long = ["g/gr~f6.~df.e~", "g/~20.~", "g/a~9.b~", "g/~./x~"];
        assert_eq!(ids(&names), long);
    }

    #[test]
    fn cases_that_cannot_be_distinguished_are_refused_with_their_names_and_files() {
        let twice = [
            ("g", Some("q"), "x", Some(1)),
            ("g", Some("q"), "x", Some(1)),
        ];
        assert_eq!(
            resolve(&mut cases(&twice)).unwrap_err().to_string(),
            "two cases of group `g` are called `x` of `q` at 1, in benches/g.rs and in \
             benches/g.rs; rename or remove one of them"
        );
        let groups = [("Maps", None, "x", None), ("maps", None, "y", None)];
        assert_eq!(
            resolve(&mut cases(&groups)).unwrap_err().to_string(),
            "the groups `Maps` in benches/Maps.rs and `maps` in benches/maps.rs differ only in \
             capital letters; rename one of them"
        );
    }
}
