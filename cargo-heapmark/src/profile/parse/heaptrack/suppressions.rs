//! Leak suppressions that are built into the program and that heaptrack writes into its log:
//! `S leak:PATTERN`, from format 3 on with a leading length. Matching memory is kept on purpose.

use super::super::limits::is_at_most;
use super::places::{Places, hexadecimal};
use crate::profile::{Tally, words};
use heapmark_model::format::plural;

/// The highest number of patterns. Every frame is compared with each of them.
const MOST: usize = 256;

#[derive(Default)]
pub(super) struct Suppressions {
    patterns: Vec<Pattern>,
    unread: usize,
}

struct Pattern {
    text: String,
    suppressed: Tally,
}

impl Suppressions {
    /// Reads the rest of a line that begins with `S `.
    pub(super) fn line(&mut self, rest: &str) -> Result<(), String> {
        let text = match rest.split_once(' ') {
            Some((length, text)) if hexadecimal(length).is_ok() => text,
            _ => rest,
        };
        let text = text.trim();
        match text.strip_prefix("leak:") {
            Some(pattern) if !pattern.is_empty() => self.patterns.push(Pattern {
                text: pattern.to_owned(),
                suppressed: Tally::new(0, 0),
            }),
            _ if text.is_empty() || text.starts_with('#') => {}
            _ => self.unread += 1,
        }
        is_at_most(self.patterns.len(), MOST, "suppressions")
    }

    /// For each stack, numbered from 1, the pattern that suppresses it; empty if there are no
    /// patterns. A pattern suppresses a stack if it matches one of its functions, files or modules.
    pub(super) fn hidden(&self, places: &Places, stacks: &[(usize, usize)]) -> Vec<Option<usize>> {
        if self.patterns.is_empty() {
            return Vec::new();
        }
        let of_place = (1..=places.len()).map(|place| self.of_place(places, place));
        let of_place: Vec<Option<usize>> = of_place.collect();
        let mut hidden = vec![None];
        for (place, parent) in stacks {
            let own = place.checked_sub(1).and_then(|place| of_place[place]);
            hidden.push(hidden[*parent].or(own));
        }
        hidden
    }

    fn of_place(&self, places: &Places, place: usize) -> Option<usize> {
        let frames = places.frames_of(place).iter();
        let frames = frames.filter_map(|frame| places.frames.get(*frame));
        let texts = frames.flat_map(|frame| [&*frame.function, &*frame.file]);
        let mut texts = texts.chain(places.module_of(place));
        texts.find_map(|text| {
            let mut patterns = self.patterns.iter();
            patterns.position(|pattern| matches(&pattern.text, text))
        })
    }

    /// Counts memory that a pattern suppresses.
    pub(super) fn count(&mut self, pattern: usize, left: Tally) {
        let suppressed = &mut self.patterns[pattern].suppressed;
        *suppressed = suppressed.plus(left);
    }

    /// One sentence for each pattern that suppressed something.
    pub(super) fn remarks(&self) -> impl Iterator<Item = String> {
        let used = self.patterns.iter().filter_map(|pattern| {
            let left = words(pattern.suppressed).filter(|_| pattern.suppressed != Tally::new(0, 0));
            let text = &pattern.text;
            left.map(|left| {
                format!("the program's suppression `leak:{text}` hides {left} at the end")
            })
        });
        let unread = (self.unread > 0).then(|| {
            format!(
                "{} of an unknown kind: ignored",
                plural(self.unread, "suppression")
            )
        });
        used.chain(unread)
    }
}

/// Whether a pattern of LeakSanitizer matches a text: `*` matches anything, `^` the beginning and
/// `$` the end.
fn matches(pattern: &str, text: &str) -> bool {
    let (is_anchored, pattern) = match pattern.strip_prefix('^') {
        Some(rest) => (true, rest),
        None => (false, pattern),
    };
    let (is_ended, pattern) = match pattern.strip_suffix('$') {
        Some(rest) => (true, rest),
        None => (false, pattern),
    };
    let mut rest = text;
    let mut parts = pattern.split('*').enumerate().peekable();
    while let Some((number, part)) = parts.next() {
        let is_last = parts.peek().is_none();
        let at = match (number == 0 && is_anchored, is_last && is_ended) {
            (true, true) => (rest == part).then_some(0),
            (true, false) => rest.starts_with(part).then_some(0),
            (false, true) => rest.ends_with(part).then(|| rest.len() - part.len()),
            (false, false) => rest.find(part),
        };
        match at {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    !text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_pattern_is_found_as_leak_checkers_find_it() {
        for (pattern, text, is_in) in [
            ("keep", "app::keep_me", true),
            ("^keep", "app::keep_me", false),
            ("^app", "app::keep_me", true),
            ("me$", "app::keep_me", true),
            ("keep$", "app::keep_me", false),
            ("^app::*_me$", "app::keep_me", true),
            ("^app$", "app", true),
            ("app*lose", "app::keep_me", false),
            ("*", "anything", true),
            ("a", "", false),
        ] {
            assert_eq!(matches(pattern, text), is_in, "{pattern} in {text}");
        }
    }
}
