//! Reads an input line by line, with limits on the length and number of lines.

use std::io::{BufRead, Read};

use super::limits::{LONGEST, MOST_BLANK};
use crate::profile::ParseError;

/// The lines of an input, one at a time.
pub(super) struct Lines<R> {
    input: R,
    line: Vec<u8>,
    number: u64,
    most: u64,
    /// The number of blank lines in a row.
    blank: u64,
}

impl<R: BufRead> Lines<R> {
    /// The lines of `input`, which may have at most `most` of them.
    pub(super) fn new(input: R, most: u64) -> Self {
        Self {
            input,
            line: Vec::new(),
            number: 0,
            most,
            blank: 0,
        }
    }

    /// The next line without its line break, and whether it has one. The last line of a truncated
    /// file has none.
    pub(super) fn next(&mut self) -> Result<Option<(&[u8], bool)>, ParseError> {
        self.line.clear();
        let mut input = self.input.by_ref().take(LONGEST + 1);
        if input.read_until(b'\n', &mut self.line)? == 0 {
            return Ok(None);
        }
        self.number += 1;
        if self.number > self.most {
            let reason = format!("it has more than {} lines", self.most);
            return Err(self.failed(reason));
        }
        self.blank = match self.line.trim_ascii().is_empty() {
            true => self.blank + 1,
            false => 0,
        };
        if self.blank > MOST_BLANK {
            return Err(self.failed(format!("more than {MOST_BLANK} blank lines in a row")));
        }
        let (line, is_whole) = match self.line.strip_suffix(b"\n") {
            Some(line) => (line, true),
            None => (&*self.line, false),
        };
        if line.len() as u64 >= LONGEST {
            return Err(self.failed(format!("the line is longer than {LONGEST} bytes")));
        }
        Ok(Some((line, is_whole)))
    }

    /// An error on the line that was read last.
    pub(super) fn failed(&self, reason: impl Into<String>) -> ParseError {
        ParseError::line(self.number, reason)
    }
}
