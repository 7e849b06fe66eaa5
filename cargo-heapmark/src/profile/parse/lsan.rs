//! Reads LeakSanitizer's text: blocks that no pointer referenced when the program ended. A log may
//! contain several reports anywhere, and a CI system may put a prefix in front of each line.
//!
//! ```text
//!  … ERROR: LeakSanitizer: detected memory leaks        a report begins
//!  … Direct leak of 216 byte(s) in 3 object(s) …        a leak
//!  …     #0 0x55 in malloc (/app+0x10)                  its stack, numbered without a gap
//!  … SUMMARY: …Sanitizer: 216 byte(s) leaked in 3 …     the sum; the leaks must add up to it
//! ```

use std::collections::BTreeMap;
use std::io::BufRead;

use super::ci_log;
use super::frames::{Frames, numbered};
use super::limits::MOST_LINES;
use super::lines::Lines;
use crate::profile::{Callsite, Kind, ParseError, Profile, Tally, Tool};
use heapmark_model::format::plural;

/// The highest number of programs in one log, which are identified by the prefix of their lines.
const MOST_STREAMS: usize = 1 << 10;

#[derive(Default)]
struct Log {
    frames: Frames,
    callsites: Vec<Callsite>,
    streams: BTreeMap<String, Stream>,
    /// The stream of the last leak.
    last: String,
    reports: usize,
    unsummed: usize,
    is_mentioned: bool,
    warnings: Vec<String>,
}

/// What one program has reported since its last summary.
#[derive(Default)]
struct Stream {
    /// The leak whose stack is being read.
    open: Option<usize>,
    is_reporting: bool,
    /// Bytes and objects.
    leaked: (u64, u64),
    /// Whether LeakSanitizer was configured to report only the largest leaks.
    is_partial: bool,
}

pub(super) fn parse(input: impl BufRead) -> Result<Profile, ParseError> {
    let mut log = Log::default();
    let mut lines = Lines::new(input, MOST_LINES);
    while let Some((line, _)) = lines.next()? {
        let text = String::from_utf8_lossy(line);
        let text = ci_log::plain(&text);
        let read = log.line(&text);
        read.map_err(|reason| lines.failed(reason))?;
    }
    log.finish()
}

impl Log {
    fn line(&mut self, text: &str) -> Result<(), String> {
        if let Some((before, kind, numbers)) = leak(text) {
            return self.leak(before, kind, numbers);
        }
        if let Some((before, number, place)) = frame(text) {
            return self.frame(before, number, place);
        }
        if !text.contains("Sanitizer") && !text.contains("top leak(s)") {
            return Ok(());
        }
        self.is_mentioned |= text.contains("LeakSanitizer");
        if text.contains("LeakSanitizer has encountered a fatal error") {
            return Err("LeakSanitizer itself failed and did not search for leaks".to_owned());
        }
        if let Some((before, _)) = text.split_once("ERROR: LeakSanitizer: detected memory leaks") {
            let before = before.trim_end_matches(|c: char| c == '=' || c.is_ascii_digit());
            self.begin(before)?;
        } else if let Some((before, _)) = top(text) {
            self.stream(before)?.is_partial = true;
        } else if let Some((before, sum)) = summary(text) {
            self.sum_up(before, sum)?;
        }
        Ok(())
    }

    fn stream(&mut self, before: &str) -> Result<&mut Stream, String> {
        let name = ci_log::stream(before);
        if !self.streams.contains_key(&name) && self.streams.len() >= MOST_STREAMS {
            return Err(format!(
                "it contains reports of more than {MOST_STREAMS} programs"
            ));
        }
        self.last.clone_from(&name);
        Ok(self.streams.entry(name).or_default())
    }

    /// Begins a new report in a stream; the previous one may be truncated.
    fn begin(&mut self, before: &str) -> Result<(), String> {
        self.reports += 1;
        let stream = self.stream(before)?;
        let is_cut = stream.is_reporting;
        *stream = Stream {
            is_reporting: true,
            ..Stream::default()
        };
        self.unsummed += usize::from(is_cut);
        Ok(())
    }

    fn leak(&mut self, before: &str, kind: Kind, numbers: (u64, u64)) -> Result<(), String> {
        let (bytes, blocks) = numbers;
        self.is_mentioned = true;
        self.frames.stack(0)?;
        self.callsites.push(Callsite {
            end: Tally::new(blocks, bytes),
            kind: Some(kind),
            ..Callsite::default()
        });
        let index = self.callsites.len() - 1;
        let stream = self.stream(before)?;
        stream.open = Some(index);
        let is_begun = std::mem::replace(&mut stream.is_reporting, true);
        stream.leaked.0 = stream.leaked.0.saturating_add(bytes);
        stream.leaked.1 = stream.leaked.1.saturating_add(blocks);
        // Without a begin, the log starts within a report.
        self.reports += usize::from(!is_begun);
        Ok(())
    }

    fn frame(&mut self, before: &str, number: usize, place: &str) -> Result<(), String> {
        let name = ci_log::stream(before);
        let is_known = self
            .streams
            .get(&name)
            .is_some_and(|one| one.open.is_some());
        let name = if is_known { &name } else { &self.last };
        let Some(stream) = self.streams.get_mut(name) else {
            return Ok(());
        };
        let Some(site) = stream.open.and_then(|open| self.callsites.get_mut(open)) else {
            return Ok(());
        };
        // A number out of order belongs to another stack.
        if number != site.stack.len() {
            stream.open = None;
            return Ok(());
        }
        let (function, file, line) = split(place);
        site.stack.push(self.frames.number(function, file, line)?);
        self.frames.frames(1)
    }

    fn sum_up(&mut self, before: &str, sum: (u64, u64)) -> Result<(), String> {
        let name = ci_log::stream(before);
        let all = self.streams.values().map(|stream| stream.leaked);
        let all = all.fold((0_u64, 0_u64), |all, one| {
            (all.0.saturating_add(one.0), all.1.saturating_add(one.1))
        });
        let of_stream = self.streams.get(&name);
        let leaked = of_stream.map_or((0, 0), |stream| stream.leaked);
        let is_partial = self.streams.values().any(|stream| stream.is_partial);
        if leaked == sum {
            self.streams.remove(&name);
        } else if all == sum {
            // Each line of the report has a different prefix, so it was read as several streams.
            self.streams.clear();
        } else if is_partial && leaked.0 <= sum.0 && leaked.1 <= sum.1 {
            self.warnings.push(format!(
                "the report lists only its largest leaks: {} B in {} objects of {} B in {}",
                leaked.0, leaked.1, sum.0, sum.1
            ));
            self.streams.remove(&name);
        } else {
            return Err(format!(
                "the summary states {} B in {} allocations, but the leaks above it add up to {} B in {}: the report is incomplete",
                sum.0, sum.1, leaked.0, leaked.1
            ));
        }
        Ok(())
    }

    fn finish(self) -> Result<Profile, ParseError> {
        let refused = |reason: &str| Err(ParseError::Content(reason.to_owned()));
        if self.callsites.is_empty() {
            return match (self.reports, self.is_mentioned) {
                (0, false) => Err(ParseError::Unknown),
                (0, true) => refused("it mentions LeakSanitizer, but contains no report of it"),
                _ => refused("LeakSanitizer's report is truncated before its first leak"),
            };
        }
        let mut profile = Profile::new(Tool::Lsan);
        profile.frames = self.frames.into_inner();
        profile.callsites = self.callsites;
        profile.warnings = self.warnings;
        let open = self.streams.values().filter(|stream| stream.is_reporting);
        let unsummed = self.unsummed + open.count();
        if unsummed > 0 {
            profile.warnings.push(format!(
                "{unsummed} of {} without a summary: some leaks may be missing",
                plural(self.reports, "report")
            ));
        } else if self.reports > 1 {
            let reports = plural(self.reports, "report");
            profile
                .warnings
                .push(format!("the leaks of {reports} are added up"));
        }
        Ok(profile)
    }
}

/// `Direct leak of 216 byte(s) in 3 object(s) allocated from:`.
fn leak(text: &str) -> Option<(&str, Kind, (u64, u64))> {
    let kinds = [
        ("Direct leak of ", Kind::Lost),
        ("Indirect leak of ", Kind::LostWithIt),
    ];
    kinds.into_iter().find_map(|(words, kind)| {
        let (before, rest) = text.split_once(words)?;
        let (bytes, rest) = rest.split_once(" byte(s) in ")?;
        let (objects, _) = rest.split_once(" object(s) allocated from")?;
        Some((before, kind, (bytes.parse().ok()?, objects.parse().ok()?)))
    })
}

/// `SUMMARY: AddressSanitizer: 328 byte(s) leaked in 4 allocation(s).`
fn summary(text: &str) -> Option<(&str, (u64, u64))> {
    let (before, rest) = text.split_once("SUMMARY: ")?;
    let (_, rest) = rest.split_once("Sanitizer: ")?;
    let (bytes, rest) = rest.split_once(" byte(s) leaked in ")?;
    let (allocations, _) = rest.split_once(" allocation(s)")?;
    Some((before, (bytes.parse().ok()?, allocations.parse().ok()?)))
}

/// `The 10 top leak(s):`.
fn top(text: &str) -> Option<(&str, &str)> {
    let (before, rest) = text.split_once("The ")?;
    rest.contains(" top leak(s):").then_some((before, rest))
}

/// Splits `#1 0x55 in a::b src/a.rs:3:5` or `#1 0x55 (/lib/c.so+0x10)` into the text before it, its
/// number and the text after the address.
fn frame(text: &str) -> Option<(&str, usize, &str)> {
    text.match_indices('#').find_map(|(at, _)| {
        let (number, rest) = text[at + 1..].split_once(' ')?;
        let (address, place) = rest.split_once(' ')?;
        let digits = address.strip_prefix("0x")?;
        let is_address = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let place = place.trim_start();
        let place = place.strip_prefix("in ").unwrap_or(place);
        let number = number.parse().ok().filter(|_| is_address)?;
        Some((&text[..at], number, place))
    })
}

/// Function, file and line of a frame. Without line tables, only the object file is known, in
/// brackets.
fn split(place: &str) -> (&str, &str, u32) {
    let place = match place.rsplit_once(" (BuildId: ") {
        Some((place, _)) => place,
        None => place,
    };
    let place = place.trim_end();
    let is_object = |object: &&str| object.contains("+0x") || object.starts_with("<unknown");
    let object = place
        .strip_suffix(')')
        .and_then(|rest| rest.rsplit_once('('))
        .filter(|(_, object)| is_object(object));
    if let Some((function, object)) = object {
        let object = object
            .rsplit_once("+0x")
            .map_or(object, |(object, _)| object);
        return (named(function.trim_end()), object, 0);
    }
    // Names and paths can contain spaces. The path begins at the root, or is the last word.
    let parts = match place.find(" /") {
        Some(at) => Some((&place[..at], &place[at + 1..])),
        None => place.rsplit_once(' '),
    };
    match parts.map(|(function, place)| (function, numbered(place))) {
        Some((function, (file, line))) if line > 0 || file.contains(['/', '.']) => {
            (named(function), file, line)
        }
        _ => (named(place), "", 0),
    }
}

fn named(function: &str) -> &str {
    if function.is_empty() { "???" } else { function }
}
