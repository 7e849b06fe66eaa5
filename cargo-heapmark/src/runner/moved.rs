//! Maps the line numbers of files in one revision to those in another one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use similar::{DiffOp, TextDiff};

use heapmark_model::analysis::MovedLines;

/// Maps the lines of `files` in the checkout at `base` to those in the checkout at `head`. The
/// paths are relative to the root of the workspace. A file that cannot be read in either counts as
/// unchanged.
pub fn moved_lines(base: &Path, head: &Path, files: &BTreeSet<&str>) -> MovedLines {
    let mut moved = MovedLines::default();
    for file in files {
        let read = |root: &Path| std::fs::read(root.join(file)).ok();
        let (before, after) = (read(base), read(head));
        if before != after {
            let text = |bytes: Option<Vec<u8>>| {
                let bytes = bytes.unwrap_or_default();
                String::from_utf8_lossy(&bytes).into_owned()
            };
            moved.insert(file, between(&text(before), &text(after)));
        }
    }
    moved
}

/// The new number of each line of `before` that `after` still has, or that was edited in place.
fn between(before: &str, after: &str) -> BTreeMap<u32, u32> {
    let diff = TextDiff::from_lines(before, after);
    let mut lines = BTreeMap::new();
    for op in diff.ops() {
        let is_kept = match *op {
            DiffOp::Equal { .. } => true,
            // The same number of lines means that the lines were edited.
            DiffOp::Replace {
                old_len, new_len, ..
            } => old_len == new_len,
            DiffOp::Delete { .. } | DiffOp::Insert { .. } => false,
        };
        if is_kept {
            let pairs = op.old_range().zip(op.new_range());
            lines.extend(pairs.filter_map(|(old, new)| {
                Some((u32::try_from(old + 1).ok()?, u32::try_from(new + 1).ok()?))
            }));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::between;

    fn pairs(before: &str, after: &str) -> Vec<(u32, u32)> {
        between(before, after).into_iter().collect()
    }

    #[test]
    fn a_line_keeps_its_identity_when_others_come_or_go_before_it() {
        assert_eq!(pairs("a\nb\nc\n", "x\ny\na\nc\n"), [(1, 3), (3, 4)]);
        assert_eq!(pairs("x\na\n", "a\n"), [(2, 1)]);
    }

    #[test]
    fn an_edited_line_is_the_same_line_and_one_that_became_two_is_not() {
        assert_eq!(
            pairs("a\nb = 1\nc\n", "a\nb = 2\nc\n"),
            [(1, 1), (2, 2), (3, 3)]
        );
        assert_eq!(pairs("a\nb\nc\n", "a\nd\ne\nc\n"), [(1, 1), (3, 4)]);
    }

    #[test]
    fn a_file_that_is_new_or_gone_has_no_common_lines() {
        assert_eq!(pairs("", "a\n"), []);
        assert_eq!(pairs("a\n", ""), []);
    }
}
