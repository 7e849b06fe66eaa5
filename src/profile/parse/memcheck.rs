//! memcheck's XML: what was left when the program ended, and whether anybody still knew it.

use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::frames::Frames;
use crate::profile::{Callsite, Kind, ParseError, Profile, Tool};

#[derive(Default)]
struct Place {
    function: String,
    folder: String,
    file: String,
    object: String,
    line: u32,
}

pub(super) fn parse(input: impl BufRead) -> Result<Profile, ParseError> {
    let mut profile = Profile::new(Tool::Memcheck);
    let mut frames = Frames::default();
    let mut reader = Reader::from_reader(input);
    let (mut buffer, mut text) = (Vec::new(), String::new());
    let mut site: Option<Callsite> = None;
    let mut place = Place::default();
    let mut stacks = 0;
    let mut is_whole = false;
    loop {
        buffer.clear();
        let at = reader.buffer_position();
        let failed = |reason: String| ParseError::Content(format!("byte {at}: {reason}"));
        match reader.read_event_into(&mut buffer) {
            Err(error) => return Err(failed(error.to_string())),
            Ok(Event::Eof) => break,
            Ok(Event::Text(said)) => {
                text.push_str(&said);
            }
            Ok(Event::GeneralRef(reference)) => {
                text.push_str(match &*reference {
                    "lt" => "<",
                    "gt" => ">",
                    "amp" => "&",
                    _ => "?",
                });
            }
            Ok(Event::Start(tag)) => {
                text.clear();
                match tag.name().as_ref() {
                    "error" => {
                        stacks = 0;
                        site = Some(Callsite::default());
                    }
                    "stack" => stacks += 1,
                    "frame" => place = Place::default(),
                    _ => {}
                }
            }
            Ok(Event::End(tag)) => {
                let number = || text.trim().parse::<u64>().ok();
                let name = tag.name();
                match (name.as_ref(), &mut site) {
                    ("valgrindoutput", _) => is_whole = true,
                    ("kind", Some(site)) => site.kind = kind(text.trim()),
                    ("leakedbytes", Some(site)) => site.end.bytes = number(),
                    ("leakedblocks", Some(site)) => site.end.blocks = number(),
                    // valgrind's own words come first, the program's after them.
                    ("exe", None) => profile.command = Some(text.trim().to_owned()),
                    ("fn", _) => place.function = text.clone(),
                    ("dir", _) => place.folder = text.clone(),
                    ("file", _) => place.file = text.clone(),
                    ("obj", _) => place.object = text.clone(),
                    ("line", _) => place.line = text.trim().parse().unwrap_or(0),
                    // A second stack of an error is where something else happened.
                    ("frame", Some(site)) if stacks == 1 => {
                        site.stack.push(place.number(&mut frames));
                    }
                    ("error", _) => {
                        let done = site.take().filter(|site| site.kind.is_some());
                        profile.callsites.extend(done);
                    }
                    _ => {}
                }
            }
            Ok(_) => {}
        }
    }
    if !is_whole {
        return Err(ParseError::Content(
            "memcheck's output breaks off".to_owned(),
        ));
    }
    profile.frames = frames.into_inner();
    Ok(profile)
}

impl Place {
    fn number(&self, frames: &mut Frames) -> u32 {
        let function = if self.function.is_empty() {
            "???"
        } else {
            &self.function
        };
        let file = match (&*self.folder, &*self.file) {
            (_, "") => self.object.clone(),
            ("", file) => file.to_owned(),
            (folder, file) => format!("{folder}/{file}"),
        };
        frames.number(function, &file, self.line)
    }
}

fn kind(text: &str) -> Option<Kind> {
    match text {
        "Leak_DefinitelyLost" => Some(Kind::Lost),
        "Leak_IndirectlyLost" => Some(Kind::LostWithIt),
        "Leak_PossiblyLost" => Some(Kind::PossiblyLost),
        "Leak_StillReachable" => Some(Kind::Reachable),
        _ => None,
    }
}
