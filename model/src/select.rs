//! Selects cases by name, and suggests similar names if none matches.

use std::fmt;

use regex::Regex;

/// Which cases to run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Selection<'a> {
    /// Regular expressions, one of which must match in the id; empty selects all cases.
    pub filters: &'a [String],
    /// Compares the filters with whole ids instead.
    pub exact: bool,
}

/// Why no case was selected.
#[derive(Debug)]
pub enum NoMatch {
    /// A filter is not a regular expression.
    BadRegex {
        /// The filter.
        filter: String,
        /// The parser's error, in one line.
        reason: String,
        /// Similar names.
        near: Vec<String>,
    },
    /// No case matches.
    Nothing {
        /// The filters, joined with spaces.
        filter: String,
        /// Similar names.
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

/// The items whose id matches the regular expression, in their order; all if there is no filter.
///
/// # Errors
///
/// Like [`select`].
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

/// The items whose id is selected, in their order.
///
/// # Errors
///
/// [`NoMatch`] if a filter is malformed or no item is left. It contains similar names.
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

/// The last line of a parser's error, which states what is wrong; the lines above show where.
fn last_line(message: &str) -> String {
    let line = message.lines().last().unwrap_or_default();
    line.trim_start_matches("error:").trim().to_owned()
}

/// The minimum similarity of a name that is suggested.
const ALIKE: f64 = 0.5;

/// The similarity of two names, from 0 to 1: Dice's coefficient over pairs of neighbouring letters.
/// One wrong or missing letter costs two pairs.
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

/// Up to three ids, groups or case names that are most similar to `wanted`.
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
    fn a_misspelt_name_suggests_similar_ones() {
        let message = chosen("strng_allocation", false).unwrap_err().to_string();
        assert!(message.contains("`string_allocations`"), "{message}");
    }

    #[test]
    fn a_bad_expression_states_what_is_wrong_in_one_line() {
        let message = chosen("vec(", false).unwrap_err().to_string();
        assert!(
            message.contains("unclosed group") && !message.contains('\n'),
            "{message}"
        );
    }
}
