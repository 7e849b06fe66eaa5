use std::collections::BTreeMap;

/// Where the lines of the base are in the head, for each file whose text is not the same on both
/// sides; the lines of any other file are where they were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MovedLines {
    files: BTreeMap<String, BTreeMap<u32, u32>>,
}

impl MovedLines {
    /// Notes a file whose text differs: each line of the base that the head still has, with its
    /// line there.
    pub fn insert(&mut self, file: &str, lines: BTreeMap<u32, u32>) {
        self.files.insert(file.to_owned(), lines);
    }

    /// Whether the text of `file` is the same on both sides.
    pub(super) fn is_same(&self, file: &str) -> bool {
        !self.files.contains_key(file)
    }

    /// The line of the head that was `line` of the base; `None` if it is gone.
    pub(super) fn line(&self, file: &str, line: u32) -> Option<u32> {
        match self.files.get(file) {
            Some(lines) => lines.get(&line).copied(),
            None => Some(line),
        }
    }
}
