//! The texts and code locations of a log.

use super::super::frames::Frames;
use super::super::limits::{MOST_FRAMES, MOST_TEXT, is_at_most, push};
use super::super::names::demangled;

#[derive(Default)]
pub(super) struct Places {
    texts: Vec<Text>,
    /// Their bytes.
    bytes: usize,
    /// The frames of all locations one after the other, innermost first, and the end of each.
    inlined: Vec<u32>,
    ends: Vec<usize>,
    /// The number of the text that is the module of each location.
    modules: Vec<u32>,
    pub(super) frames: Frames,
}

/// A text of the log. It is demangled when it is first used as a function name.
struct Text {
    raw: Box<str>,
    function: Option<Box<str>>,
}

impl Places {
    pub(super) fn text(&mut self, text: impl Into<Box<str>>) -> Result<(), String> {
        let raw = text.into();
        self.bytes += raw.len();
        is_at_most(self.bytes, MOST_TEXT, "bytes of text")?;
        push(
            &mut self.texts,
            Text {
                raw,
                function: None,
            },
        )
    }

    /// Adds the frames of an address, innermost first. A frame without a line gets the module as
    /// its file.
    pub(super) fn place(&mut self, rest: &str) -> Result<(), String> {
        let numbers = rest.split(' ').skip(1).map(index);
        let numbers: Vec<usize> = numbers.collect::<Result<_, _>>()?;
        let (&module, frames) = numbers.split_first().ok_or("a location without a module")?;
        if let [] | [_] = frames[..] {
            let function = frames.first().copied().unwrap_or_default();
            self.frame(function, module, 0)?;
        }
        for inlined in frames.chunks_exact(3) {
            let line = u32::try_from(inlined[2]).unwrap_or(0);
            self.frame(inlined[0], inlined[1], line)?;
        }
        is_at_most(self.inlined.len(), MOST_FRAMES, "inlined functions")?;
        self.modules.push(u32::try_from(module).unwrap_or(0));
        push(&mut self.ends, self.inlined.len())
    }

    fn frame(&mut self, function: usize, file: usize, line: u32) -> Result<(), String> {
        let function = self.function(function)?;
        let at = file.checked_sub(1);
        let file = at.and_then(|at| self.texts.get(at));
        let file = file.map_or("?", |text| &text.raw);
        let frame = self.frames.add(function, file, line)?;
        self.inlined.push(frame);
        Ok(())
    }

    fn function(&mut self, number: usize) -> Result<String, String> {
        let at = number.checked_sub(1);
        let Some(text) = at.and_then(|at| self.texts.get_mut(at)) else {
            return Ok("?".to_owned());
        };
        if text.function.is_none() {
            let name = demangled(&text.raw).into_boxed_str();
            self.bytes += name.len();
            is_at_most(self.bytes, MOST_TEXT, "bytes of text")?;
            text.function = Some(name);
        }
        Ok(text.function.as_deref().unwrap_or("?").to_owned())
    }

    /// The number of locations.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The frames of a location, which is numbered from 1.
    pub(super) fn frames_of(&self, place: usize) -> &[u32] {
        let Some(last) = place.checked_sub(1) else {
            return &[];
        };
        let begin = last.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.inlined[begin..self.ends[last]]
    }

    /// The program or library file that contains a location.
    pub(super) fn module_of(&self, place: usize) -> Option<&str> {
        let module = self.modules.get(place.checked_sub(1)?)?;
        let module = usize::try_from(*module).ok()?.checked_sub(1)?;
        Some(&self.texts.get(module)?.raw)
    }
}

pub(super) fn hexadecimal(text: &str) -> Result<u64, String> {
    let number = u64::from_str_radix(text.trim(), 16);
    number.map_err(|_| format!("`{text}` is not a hexadecimal number"))
}

pub(super) fn index(text: &str) -> Result<usize, String> {
    usize::try_from(hexadecimal(text)?).map_err(|_| format!("{text} is too large"))
}
