//! Limits on the input, for every format. They are about ten times the values of the largest
//! programs. They keep the memory for a malicious file below one gigabyte.

/// The highest number of bytes of a line, of a text in JSON or of a tag in XML. Mangled names are
/// shorter.
pub(super) const LONGEST: u64 = 1 << 20;
/// The highest number of texts, frames, stacks and kinds each.
pub(super) const MOST: usize = 1 << 21;
/// The highest number of call stacks.
pub(super) const MOST_STACKS: usize = 1 << 20;
/// The highest number of frames in all call stacks together.
pub(super) const MOST_FRAMES: usize = 1 << 25;
/// The highest number of bytes of all texts.
pub(super) const MOST_TEXT: usize = 1 << 27;
/// The highest number of lines of a text without events. massif writes some thousands, and logs of
/// CI systems have up to a million.
pub(super) const MOST_LINES: u64 = 1 << 26;
/// The highest number of blank lines in a row. A small compressed file can contain billions.
pub(super) const MOST_BLANK: u64 = 1 << 16;
/// The highest depth of a stack. A deeper one is rejected; in a format that gives every frame a
/// parent, it is truncated.
pub(super) const DEPTH: usize = 1 << 10;

/// Rejects a number that no real profile reaches.
pub(super) fn is_at_most(number: usize, most: usize, of: &str) -> Result<(), String> {
    match number <= most {
        true => Ok(()),
        false => Err(format!(
            "it has more than {most} {of}, more than any real profile"
        )),
    }
}

/// Adds an entry to a table of at most [`MOST`] entries.
pub(super) fn push<T>(table: &mut Vec<T>, entry: T) -> Result<(), String> {
    table.push(entry);
    is_at_most(table.len(), MOST, "entries of a kind")
}
