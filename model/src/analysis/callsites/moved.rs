//! Maps the lines of the base to the lines of the head.

use std::collections::BTreeMap;

/// For each file whose text differs between the sides: the line in the head for each line of the
/// base. In all other files, lines have not moved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MovedLines {
    files: BTreeMap<String, BTreeMap<u32, u32>>,
}

impl MovedLines {
    /// Adds a file whose text differs. `lines` maps each line of the base that the head still has
    /// to its line in the head.
    pub fn insert(&mut self, file: &str, lines: BTreeMap<u32, u32>) {
        self.files.insert(file.to_owned(), lines);
    }

    /// Whether the text of `file` is the same on both sides.
    pub(super) fn is_same(&self, file: &str) -> bool {
        !self.files.contains_key(file)
    }

    /// The line in the head for `line` of the base; `None` if it is gone.
    pub(super) fn line(&self, file: &str, line: u32) -> Option<u32> {
        match self.files.get(file) {
            Some(lines) => lines.get(&line).copied(),
            None => Some(line),
        }
    }
}
