//! Reads memcheck's XML: the blocks that were live at exit, whether a pointer still referenced
//! them, and the other errors. A file may contain the outputs of several processes one after the
//! other.

use std::collections::HashMap;
use std::io::{self, BufRead, Read};

use quick_xml::Reader;
use quick_xml::events::Event;

use super::frames::Frames;
use super::limits::LONGEST;
use crate::profile::{Callsite, Finding, Kind, ParseError, Profile, Tool};

#[derive(Default)]
struct Memcheck {
    frames: Frames,
    text: String,
    error: Option<Found>,
    place: Location,
    /// The number of stacks of the error so far. Only the first shows where the error occurred.
    stacks: usize,
    /// Whether the output of a process is being read.
    is_open: bool,
    processes: u64,
    /// Whether the program's arguments are being read, and not valgrind's.
    is_program: bool,
    /// The index of each finding by the `unique` id of its error.
    findings: HashMap<String, usize>,
    counted: (u64, String),
    /// Whether the option `--leak-check=no` disabled the search for leaks.
    is_blind: bool,
}

/// An error of any kind.
#[derive(Default)]
struct Found {
    unique: String,
    kind: String,
    site: Callsite,
}

#[derive(Default)]
struct Location {
    function: String,
    folder: String,
    file: String,
    object: String,
    line: u32,
}

pub(super) fn parse(input: impl BufRead) -> Result<Profile, ParseError> {
    let mut profile = Profile::new(Tool::Memcheck);
    let mut memcheck = Memcheck::default();
    let mut reader = Reader::from_reader(Tags { input, taken: 0 });
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        reader.get_mut().taken = 0;
        let at = reader.buffer_position();
        let failed = |reason: String| ParseError::Content(format!("byte {at}: {reason}"));
        match reader.read_event_into(&mut buffer) {
            Err(error) => return Err(failed(error.to_string())),
            Ok(Event::Eof) => break,
            Ok(event) => memcheck.event(event, &mut profile).map_err(failed)?,
        }
    }
    if memcheck.processes == 0 || memcheck.is_open {
        return Err(ParseError::Content(
            "memcheck's output is truncated".to_owned(),
        ));
    }
    if memcheck.processes > 1 {
        let warning = format!(
            "the outputs of {} processes are added up",
            memcheck.processes
        );
        profile.warnings.push(warning);
    }
    if memcheck.is_blind {
        let warning = "memcheck ran with --leak-check=no, so leaks are unknown";
        profile.warnings.push(warning.to_owned());
        profile.leaks_unknown = true;
    }
    profile.frames = memcheck.frames.into_inner();
    Ok(profile)
}

impl Memcheck {
    fn event(&mut self, event: Event<'_>, profile: &mut Profile) -> Result<(), String> {
        match event {
            Event::Text(said) => self.say(&said),
            Event::CData(said) => self.say(&said),
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().ok().flatten();
                let named = match &*reference {
                    "lt" => '<',
                    "gt" => '>',
                    "amp" => '&',
                    "quot" => '"',
                    "apos" => '\'',
                    _ => '?',
                };
                self.say(character.unwrap_or(named).encode_utf8(&mut [0; 4]))
            }
            Event::Start(tag) => self.start(tag.name().as_ref()),
            Event::End(tag) => self.end(tag.name().as_ref(), profile),
            _ => Ok(()),
        }
    }

    fn say(&mut self, text: &str) -> Result<(), String> {
        self.text.push_str(text);
        match self.text.len() as u64 > LONGEST {
            true => Err(format!("a text is longer than {LONGEST} bytes")),
            false => Ok(()),
        }
    }

    fn start(&mut self, tag: &str) -> Result<(), String> {
        self.text.clear();
        match tag {
            "valgrindoutput" => {
                if self.is_open {
                    return Err("the outputs of two processes are mixed; write one file per process with --xml-file=%p.xml".to_owned());
                }
                self.is_open = true;
                self.processes += 1;
                self.findings.clear();
            }
            "error" => {
                self.stacks = 0;
                self.error = Some(Found::default());
            }
            "argv" => self.is_program = true,
            "stack" => self.stacks += 1,
            "frame" => self.place = Location::default(),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, tag: &str, profile: &mut Profile) -> Result<(), String> {
        let text = self.text.trim().to_owned();
        let number = || text.parse::<u64>();
        let number = || number().map_err(|_| format!("`{text}` in <{tag}> is not a number"));
        match (tag, &mut self.error) {
            ("valgrindoutput", _) => self.is_open = false,
            ("protocoltool", _) if text != "memcheck" => {
                return Err(format!("it is the output of {text}, not of memcheck"));
            }
            // valgrind's own command line comes first; the program's replaces it.
            ("exe", None) if self.processes <= 1 => profile.command = Some(text),
            ("arg", None) if !self.is_program => self.option(&text),
            ("arg", None) if self.processes <= 1 => add_argument(profile, &text)?,
            ("argv", None) => self.is_program = false,
            ("signame", None) => {
                let warning = format!("signal {text} ended the program");
                profile.warnings.push(warning);
            }
            ("unique", Some(error)) => error.unique = text,
            ("kind", Some(error)) => error.kind = text,
            ("leakedbytes", Some(error)) => error.site.end.bytes = Some(number()?),
            ("leakedblocks", Some(error)) => error.site.end.blocks = Some(number()?),
            ("fn", _) => self.place.function = text,
            ("dir", _) => self.place.folder = text,
            ("file", _) => self.place.file = text,
            ("obj", _) => self.place.object = text,
            ("line", _) => self.place.line = text.parse().unwrap_or(0),
            ("frame", Some(error)) if self.stacks == 1 => {
                let frame = self.place.number(&mut self.frames)?;
                error.site.stack.push(frame);
                self.frames.frames(1)?;
            }
            ("error", _) => self.found(profile)?,
            ("count", None) => self.counted.0 = number()?,
            ("unique", None) => self.counted.1 = text,
            ("pair", None) => self.count(profile),
            _ => {}
        }
        Ok(())
    }

    /// An option of valgrind. The last one applies.
    fn option(&mut self, text: &str) {
        if let Some(value) = text.strip_prefix("--leak-check=") {
            self.is_blind = value == "no";
        }
    }

    fn found(&mut self, profile: &mut Profile) -> Result<(), String> {
        let Some(error) = self.error.take() else {
            return Ok(());
        };
        self.frames.stack(0)?;
        let Found { unique, kind, site } = error;
        if let Some(kind) = leak(&kind) {
            profile.callsites.push(Callsite {
                kind: Some(kind),
                ..site
            });
            return Ok(());
        }
        if kind.is_empty() || kind.starts_with("Leak_") {
            return Err(format!("`{kind}` is not a known kind of error"));
        }
        self.findings.insert(unique, profile.errors.len());
        profile.errors.push(Finding {
            kind,
            times: 1,
            stack: site.stack,
        });
        Ok(())
    }

    /// The last count of an error is its total.
    fn count(&mut self, profile: &mut Profile) {
        let (times, unique) = std::mem::take(&mut self.counted);
        let finding = self.findings.get(&unique);
        if let Some(finding) = finding.and_then(|&index| profile.errors.get_mut(index)) {
            finding.times = times.max(1);
        }
    }
}

impl Location {
    fn number(&self, frames: &mut Frames) -> Result<u32, String> {
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

/// Appends an argument of the program to its command.
fn add_argument(profile: &mut Profile, argument: &str) -> Result<(), String> {
    let command = profile.command.get_or_insert_default();
    if (command.len() + argument.len()) as u64 > LONGEST {
        return Err(format!("the command is longer than {LONGEST} bytes"));
    }
    command.push(' ');
    command.push_str(argument);
    Ok(())
}

fn leak(kind: &str) -> Option<Kind> {
    match kind {
        "Leak_DefinitelyLost" => Some(Kind::Lost),
        "Leak_IndirectlyLost" => Some(Kind::LostWithIt),
        "Leak_PossiblyLost" => Some(Kind::PossiblyLost),
        "Leak_StillReachable" => Some(Kind::Reachable),
        _ => None,
    }
}

/// A reader that rejects an overlong tag, text or comment before it is stored.
struct Tags<R> {
    input: R,
    /// Bytes since the last event.
    taken: u64,
}

impl<R: BufRead> Read for Tags<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.consume(0);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Tags<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.taken > LONGEST {
            let said = format!("a tag or a text is longer than {LONGEST} bytes");
            return Err(io::Error::other(said));
        }
        self.input.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.taken += amount as u64;
        self.input.consume(amount);
    }
}
