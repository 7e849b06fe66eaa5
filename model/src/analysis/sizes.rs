//! Compares requests by size: the same number of blocks and bytes can consist of other sizes.

use serde::Serialize;

use crate::record::{Entry, Metric};

/// Requests by power of two, on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SizeClasses {
    /// Those of the earlier run, as pairs of the upper bound of a class in bytes and its requests.
    pub before: Vec<(u64, u64)>,
    /// Those of the later run.
    pub after: Vec<(u64, u64)>,
}

/// The size classes of a case, if they are certain on both sides and differ.
pub(super) fn between(earlier: &Entry, later: &Entry) -> Option<SizeClasses> {
    let is_sure = |entry: &Entry| {
        let exact = |metric: Metric| {
            let value = entry.metrics.get(&metric)?;
            u64::try_from(value.value.filter(|_| value.exact)?).ok()
        };
        let requests = Some(exact(Metric::Allocs)? + exact(Metric::Reallocs)?);
        let classified = entry.size_classes.iter().map(|(_, requests)| requests);
        Some(requests == Some(classified.sum()))
    };
    let both = is_sure(earlier) == Some(true) && is_sure(later) == Some(true);
    (both && earlier.size_classes != later.size_classes).then(|| SizeClasses {
        before: earlier.size_classes.clone(),
        after: later.size_classes.clone(),
    })
}

/// Clears the size classes of `entry` if the same case in other processes has different ones.
pub(super) fn confirm(entry: &mut Entry, again: &Entry) {
    if entry.size_classes != again.size_classes {
        entry.size_classes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::{between, confirm};
    use crate::analysis::planted::run;
    use crate::record::{Entry, Metric, Value};

    /// A case with two blocks, one in each of these classes.
    fn two(first: u64, second: u64) -> Entry {
        let mut entry = run(&["a/x"]).entries.remove(0);
        entry.metrics.insert(Metric::Allocs, Value::exact(2));
        entry.metrics.insert(Metric::Reallocs, Value::exact(0));
        entry.size_classes = vec![(first, 1), (second, 1)];
        entry
    }

    #[test]
    fn blocks_of_other_sizes_are_a_change() {
        let found = between(&two(32, 64), &two(16, 128)).unwrap();
        assert_eq!(found.before, [(32, 1), (64, 1)]);
        assert_eq!(between(&two(32, 64), &two(32, 64)), None);
    }

    #[test]
    fn sizes_on_which_another_process_disagrees_are_not_judged() {
        let mut unsure = two(32, 64);
        confirm(&mut unsure, &two(16, 128));
        assert_eq!(between(&two(32, 64), &unsure), None);
    }
}
