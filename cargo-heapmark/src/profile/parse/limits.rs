//! What an input may hold at most, whatever its format. The numbers are some ten times of what the
//! largest programs have, and keep the memory for a file that was made to use it up below a gigabyte.

/// The most bytes of a line, of a text in JSON, of a tag in XML: no mangled name is as long.
pub(super) const LONGEST: u64 = 1 << 20;
/// The most texts, places, stacks and kinds each.
pub(super) const MOST: usize = 1 << 21;
/// The most call stacks.
pub(super) const MOST_STACKS: usize = 1 << 20;
/// The most frames of all call stacks together.
pub(super) const MOST_FRAMES: usize = 1 << 25;
/// The most bytes of all texts.
pub(super) const MOST_TEXT: usize = 1 << 27;
/// The most lines of a text without events: massif writes some thousands, and the logs of CI systems
/// hold a million.
pub(super) const MOST_LINES: u64 = 1 << 26;
/// The most blank lines in a row: a small packed file can hold billions.
pub(super) const MOST_BLANK: u64 = 1 << 16;
/// A stack that goes deeper is refused, or cut where its format gives every frame a parent.
pub(super) const DEPTH: usize = 1 << 10;

/// Refuses what no program writes.
pub(super) fn is_at_most(number: usize, most: usize, of: &str) -> Result<(), String> {
    match number <= most {
        true => Ok(()),
        false => Err(format!(
            "it has more than {most} {of}, more than any program writes"
        )),
    }
}

/// Adds to a table, as far as an input can be meant.
pub(super) fn push<T>(table: &mut Vec<T>, entry: T) -> Result<(), String> {
    table.push(entry);
    is_at_most(table.len(), MOST, "entries of a kind")
}
