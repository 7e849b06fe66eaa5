//! The table of the distinct frames of a profile, and the text forms of a frame.

use indexmap::IndexSet;

use super::limits::{MOST, MOST_FRAMES, MOST_STACKS, MOST_TEXT, is_at_most};
use super::names::demangled;
use heapmark_model::record::Frame;

/// The distinct frames in the order of their first occurrence, and how many frames all stacks have.
#[derive(Default)]
pub(super) struct Frames {
    known: IndexSet<Frame>,
    /// The bytes of all their texts.
    bytes: usize,
    /// The number of call stacks, and of the frames in all of them.
    stacks: usize,
    stacked: usize,
}

impl Frames {
    /// The number of a frame, whose function is given by its symbol in the binary.
    pub(super) fn number(&mut self, symbol: &str, file: &str, line: u32) -> Result<u32, String> {
        self.add(demangled(symbol), file, line)
    }

    /// The number of a frame, whose function name is already demangled.
    pub(super) fn add(&mut self, function: String, file: &str, line: u32) -> Result<u32, String> {
        let frame = Frame {
            function,
            file: file.to_owned(),
            line,
        };
        let bytes = frame.function.len() + frame.file.len();
        let (number, is_new) = self.known.insert_full(frame);
        if is_new {
            self.bytes += bytes;
            is_at_most(self.known.len(), MOST, "distinct frames")?;
            is_at_most(self.bytes, MOST_TEXT, "bytes of text in frames")?;
        }
        u32::try_from(number).map_err(|_| "it has too many frames".to_owned())
    }

    /// Adds a call stack with this number of frames to the counts.
    pub(super) fn stack(&mut self, frames: usize) -> Result<(), String> {
        self.stacks += 1;
        is_at_most(self.stacks, MOST_STACKS, "call stacks")?;
        self.frames(frames)
    }

    /// Adds frames of a call stack to the count.
    pub(super) fn frames(&mut self, frames: usize) -> Result<(), String> {
        self.stacked += frames;
        is_at_most(self.stacked, MOST_FRAMES, "frames in call stacks")
    }

    /// Subtracts call stacks that were discarded from the counts.
    pub(super) fn drop_stacks(&mut self, stacks: usize, frames: usize) {
        self.stacks = self.stacks.saturating_sub(stacks);
        self.stacked = self.stacked.saturating_sub(frames);
    }

    /// The frame with this number.
    pub(super) fn get(&self, number: u32) -> Option<&Frame> {
        self.known.get_index(usize::try_from(number).ok()?)
    }

    pub(super) fn into_inner(self) -> Vec<Frame> {
        self.known.into_iter().collect()
    }
}

/// Splits a frame as valgrind and dhat write it, with or without a leading address:
/// `function (file:12:5)`, `function (in /lib/x.so)` or `function`.
pub(super) fn split(text: &str) -> (&str, &str, u32) {
    let text = match text.split_once(": ") {
        Some((address, rest)) if address.starts_with("0x") => rest,
        _ => text,
    };
    let Some((function, place)) = text.rsplit_once(" (") else {
        return (text, "", 0);
    };
    let Some(place) = place.strip_suffix(')') else {
        return (text, "", 0);
    };
    if let Some(object) = place.strip_prefix("in ") {
        return (function, object, 0);
    }
    let (file, line) = numbered(place);
    // Parentheses without a line number are part of the function's name.
    if file.len() == place.len() {
        return (text, "", 0);
    }
    (function, file, line)
}

/// Splits `file:12` or `file:12:5` into file and line.
pub(super) fn numbered(place: &str) -> (&str, u32) {
    let Some((rest, last)) = place.rsplit_once(':') else {
        return (place, 0);
    };
    let Ok(last) = last.parse::<u32>() else {
        return (place, 0);
    };
    match rest
        .rsplit_once(':')
        .map(|(file, line)| (file, line.parse::<u32>()))
    {
        Some((file, Ok(line))) => (file, line),
        _ => (rest, last),
    }
}

#[cfg(test)]
mod tests {
    use super::{Frames, split};

    #[test]
    fn a_place_is_split_as_each_tool_writes_it() {
        assert_eq!(
            split("0x1f: a::b (src/a.rs:12:5)"),
            ("a::b", "src/a.rs", 12)
        );
        assert_eq!(split("0x1F: main (a.c:7)"), ("main", "a.c", 7));
        assert_eq!(split("malloc (in /lib/x.so)"), ("malloc", "/lib/x.so", 0));
        assert_eq!(split("???"), ("???", "", 0));
        assert_eq!(split("f(int, char) (a.cc:3)"), ("f(int, char)", "a.cc", 3));
        assert_eq!(split("g (anonymous)"), ("g (anonymous)", "", 0));
    }

    #[test]
    fn places_that_differ_by_the_hash_of_their_name_alone_are_one() {
        let mut frames = Frames::default();
        let first = frames.number("_ZN3foo3bar17h0123456789abcdefE", "a.rs", 1);
        assert_eq!(
            frames.number("_ZN3foo3bar17hfedcba9876543210E", "a.rs", 1),
            first
        );
        assert_eq!(frames.into_inner()[0].function, "foo::bar");
    }
}
