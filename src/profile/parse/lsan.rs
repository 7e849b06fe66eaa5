//! LeakSanitizer's text: what nobody pointed to when the program ended.

use std::io::BufRead;

use super::frames::{Frames, numbered};
use crate::profile::{Callsite, Kind, ParseError, Profile, Tally, Tool};

pub(super) fn parse(input: impl BufRead) -> Result<Profile, ParseError> {
    let mut profile = Profile::new(Tool::Lsan);
    let mut frames = Frames::default();
    let mut is_open = false;
    for (index, line) in input.split(b'\n').enumerate() {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        let line = line.trim();
        let kind = if line.starts_with("Direct leak of ") {
            Some(Kind::Lost)
        } else if line.starts_with("Indirect leak of ") {
            Some(Kind::LostWithIt)
        } else {
            None
        };
        if kind.is_some() {
            let mut numbers = line.split(' ').filter_map(|word| word.parse::<u64>().ok());
            let (Some(bytes), Some(blocks)) = (numbers.next(), numbers.next()) else {
                let reason = "a leak without bytes and objects";
                return Err(ParseError::line(index as u64 + 1, reason));
            };
            profile.callsites.push(Callsite {
                end: Tally::of(blocks, bytes),
                kind,
                ..Callsite::default()
            });
            is_open = true;
        } else if line.is_empty() {
            is_open = false;
        } else if let (true, Some(site)) = (is_open, profile.callsites.last_mut())
            && let Some((_, place)) = line.split_once(" in ")
            && line.starts_with('#')
        {
            // Without line tables there is the object alone, in brackets.
            let (function, file, line) = match place.split_once(" (/") {
                Some((function, object)) => {
                    let object = object.split(['+', ')']).next().unwrap_or_default();
                    (function, format!("/{object}"), 0)
                }
                // A name may hold blanks; the place is the last word.
                None => {
                    let (function, place) = place.rsplit_once(' ').unwrap_or((place, ""));
                    let (file, line) = numbered(place);
                    (function, file.to_owned(), line)
                }
            };
            site.stack.push(frames.number(function, &file, line));
        }
    }
    profile.frames = frames.into_inner();
    Ok(profile)
}
