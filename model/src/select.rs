//! Chooses cases by name, and helps where nothing has that name.

use std::fmt;

use regex::Regex;

/// Which cases to run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Selection<'a> {
    /// Regular expressions, of which one must be found in the id; none means all cases.
    pub filters: &'a [String],
    /// Take the filters as whole ids instead.
    pub exact: bool,
}

/// Why nothing was chosen.
#[derive(Debug)]
pub enum NoMatch {
    /// A filter is not a regular expression.
    BadRegex {
        /// The filter.
        filter: String,
        /// What the parser says, in one line.
        reason: String,
        /// Names that are close to it.
        near: Vec<String>,
    },
    /// No case has a name like that.
    Nothing {
        /// The filters, joined.
        filter: String,
        /// Names that are close to them.
        near: Vec<String>,
    },
}

impl fmt::Display for NoMatch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadRegex {
                filter,
                reason,
                near,
            } => write!(
                out,
                "`{filter}` is not a regular expression: {reason}{}",
                hint(near)
            ),
            Self::Nothing { filter, near } => {
                write!(out, "no case matches `{filter}`{}", hint(near))
            }
        }
    }
}

impl std::error::Error for NoMatch {}

fn hint(near: &[String]) -> String {
    match near {
        [] => String::new(),
        names => format!(
            "; did you mean {}?",
            names
                .iter()
                .map(|name| format!("`{name}`"))
                .collect::<Vec<_>>()
                .join(" or ")
        ),
    }
}

/// The items whose id matches the regular expression, in their order; all where there is none.
///
/// # Errors
///
/// As [`select`].
pub fn select_matching<T: Clone>(
    filter: Option<&str>,
    items: &[T],
    id: impl Fn(&T) -> String,
) -> Result<Vec<T>, NoMatch> {
    let filters: Vec<String> = filter.map(str::to_owned).into_iter().collect();
    let selection = Selection {
        filters: &filters,
        exact: false,
    };
    select(&selection, items, id)
}

/// The items whose id is chosen, in their order.
///
/// # Errors
///
/// [`NoMatch`] where a filter is malformed or nothing is left, with the names nearest to it.
pub fn select<T: Clone>(
    selection: &Selection<'_>,
    items: &[T],
    id: impl Fn(&T) -> String,
) -> Result<Vec<T>, NoMatch> {
    if selection.filters.is_empty() {
        return Ok(items.to_vec());
    }
    let ids: Vec<String> = items.iter().map(id).collect();
    let mut patterns = Vec::new();
    for filter in selection.filters.iter().filter(|_| !selection.exact) {
        patterns.push(Regex::new(filter).map_err(|error| NoMatch::BadRegex {
            filter: filter.clone(),
            reason: last_line(&error.to_string()),
            near: near(filter, &ids),
        })?);
    }
    let chosen = |id: &String| {
        if selection.exact {
            selection.filters.contains(id)
        } else {
            patterns.iter().any(|pattern| pattern.is_match(id))
        }
    };
    let matching = items.iter().zip(&ids).filter(|(_, id)| chosen(id));
    let matching: Vec<T> = matching.map(|(item, _)| item.clone()).collect();
    if matching.is_empty() {
        let filter = selection.filters.join(" ");
        let near = near(&filter, &ids);
        return Err(NoMatch::Nothing { filter, near });
    }
    Ok(matching)
}

/// The parser draws a picture over several lines; the last one says what is wrong.
fn last_line(message: &str) -> String {
    let line = message.lines().last().unwrap_or_default();
    line.trim_start_matches("error:").trim().to_owned()
}

/// Below this likeness a name is no help.
const ALIKE: f64 = 0.5;

/// How alike two names are, from 0 to 1: the share of pairs of neighbouring letters that both have
/// (Dice). A letter that is wrong or missing costs two pairs.
fn likeness(one: &str, other: &str) -> f64 {
    let pairs = |name: &str| -> Vec<(char, char)> {
        let letters: Vec<char> = name.chars().flat_map(char::to_lowercase).collect();
        letters.windows(2).map(|pair| (pair[0], pair[1])).collect()
    };
    let (ours, mut theirs) = (pairs(one), pairs(other));
    let all = ours.len() + theirs.len();
    let is_theirs = |pair: &&(char, char)| {
        let at = theirs.iter().position(|their| their == *pair);
        at.map(|at| theirs.swap_remove(at)).is_some()
    };
    let common = ours.iter().filter(is_theirs).count();
    2.0 * common as f64 / all.max(1) as f64
}

/// Up to three ids, groups or case names that are written most like `wanted`.
fn near(wanted: &str, ids: &[String]) -> Vec<String> {
    let mut names: Vec<&str> = Vec::new();
    for id in ids {
        names.push(id);
        names.extend(id.split('/').filter(|part| part.parse::<u64>().is_err()));
    }
    names.sort_unstable();
    names.dedup();
    let mut rated: Vec<(f64, &str)> = names
        .into_iter()
        .map(|name| (likeness(wanted, name), name))
        .collect();
    rated.retain(|&(likeness, _)| likeness >= ALIKE);
    rated.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(right.1)));
    rated
        .into_iter()
        .take(3)
        .map(|(_, name)| name.to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{NoMatch, Selection, select};

    const IDS: [&str; 4] = [
        "string_allocations/string_join",
        "vec_allocations/vec_nested",
        "allocation_sizes/vec_alloc/64",
        "allocation_sizes/vec_alloc/65536",
    ];

    fn chosen(filter: &str, exact: bool) -> Result<Vec<&'static str>, NoMatch> {
        let filters = [filter.to_owned()];
        let selection = Selection {
            filters: &filters,
            exact,
        };
        select(&selection, &IDS, |id| (*id).to_owned())
    }

    #[test]
    fn a_filter_is_a_group_a_case_or_an_expression() {
        assert_eq!(chosen("string_allocations", false).unwrap(), IDS[..1]);
        assert_eq!(chosen("vec_alloc/64$", false).unwrap(), IDS[2..3]);
        assert_eq!(chosen("^(string|vec)_", false).unwrap(), IDS[..2]);
    }

    #[test]
    fn an_exact_filter_is_a_whole_id() {
        assert_eq!(chosen(IDS[2], true).unwrap(), IDS[2..3]);
        assert!(chosen("vec_alloc", true).is_err());
    }

    #[test]
    fn a_misspelt_name_brings_the_near_ones() {
        let message = chosen("strng_allocation", false).unwrap_err().to_string();
        assert!(message.contains("`string_allocations`"), "{message}");
    }

    #[test]
    fn a_bad_expression_says_what_is_wrong_in_one_line() {
        let message = chosen("vec(", false).unwrap_err().to_string();
        assert!(
            message.contains("unclosed group") && !message.contains('\n'),
            "{message}"
        );
    }
}
