//! The format version of a log, from its first line.

use std::borrow::Cow;

use super::super::limits::{LONGEST, is_at_most};
use super::places::hexadecimal;

/// How texts are written: from format 3 on (heaptrack 1.3), with their length.
#[derive(Clone, Copy, Default)]
pub(super) struct Version {
    has_lengths: bool,
}

/// The last version of heaptrack that wrote its own version instead of a format number.
const BEFORE_FORMATS: u64 = 0x1_02_00;

impl Version {
    /// Parses the rest of the line `v `: heaptrack's version and the format's.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut numbers = text.split_whitespace();
        let tool = hexadecimal(numbers.next().unwrap_or_default())?;
        let format = match numbers.next() {
            Some(format) => hexadecimal(format)?,
            None if tool == BEFORE_FORMATS => 1,
            None => 0,
        };
        match format {
            1..=3 => Ok(Self {
                has_lengths: format == 3,
            }),
            _ => Err(format!(
                "format {format} of heaptrack {}.{}.{} is not supported; heapmark reads 1, 2 and 3",
                tool >> 16,
                tool >> 8 & 0xff,
                tool & 0xff,
            )),
        }
    }

    /// The text of a line that begins with `s `.
    pub(super) fn text(self, line: &[u8]) -> Result<Cow<'_, str>, String> {
        if !self.has_lengths {
            return Ok(String::from_utf8_lossy(line));
        }
        let end = line.iter().position(|byte| *byte == b' ');
        let (length, text) = line.split_at(end.ok_or("a text without its length")?);
        let length = hexadecimal(&String::from_utf8_lossy(length))?;
        let length = usize::try_from(length.min(LONGEST)).unwrap_or(usize::MAX);
        let text = text[1..].get(..length);
        let text = text.ok_or("a text is shorter than its length")?;
        is_at_most(text.len(), LONGEST as usize, "bytes of a text")?;
        Ok(String::from_utf8_lossy(text))
    }
}

/// Whether a file that begins with `head` is a log of heaptrack.
pub(in super::super) fn is_first_line(head: &[u8]) -> bool {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let Some(numbers) = line.strip_prefix(b"v ") else {
        return false;
    };
    let is_number = |byte: &u8| byte.is_ascii_hexdigit() || byte.is_ascii_whitespace();
    numbers.first().is_some_and(u8::is_ascii_hexdigit) && numbers.iter().all(is_number)
}
