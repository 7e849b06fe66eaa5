//! Reads heaptrack's log line by line. It contains every event, so all numbers are exact.
//!
//! ```text
//!  v HEAPTRACK FORMAT         the first line                  numbers are hexadecimal
//!  s LENGTH TEXT              a text, numbered from 1; before format 3 without its length
//!  i ADDRESS MODULE (FUNCTION FILE LINE)*   a code location, from 1, with inlined functions
//!  t LOCATION PARENT          a stack, from 1: its innermost location and the rest of the stack
//!  a SIZE STACK               a kind of allocation, from 0
//!  + KIND · - KIND            allocated · freed
//!  c MILLISECONDS · R PAGES   time · resident memory
//!  X COMMAND · A · S leak:PATTERN   the program · heaptrack was attached to it · a suppression
//! ```

mod events;
mod places;
mod suppressions;
mod version;

use std::io::BufRead;

use super::limits::{DEPTH, push};
use super::lines::Lines;
use crate::profile::{Callsite, Moment, ParseError, Profile, Tally, Tool};
use events::{Allocation, Events};
use places::{Places, hexadecimal, index};
use suppressions::Suppressions;
use version::Version;
pub(super) use version::is_first_line;

/// The highest number of lines: about 16 GiB of events, which take minutes to read.
const MOST_LINES: u64 = 1 << 32;
/// The highest number of stored moments. Above it, only the lowest and highest of each four are
/// kept.
const MOMENTS: usize = 1 << 18;

struct Log {
    version: Version,
    places: Places,
    /// The innermost location and the parent of each stack, both numbered from 1; 0 means none.
    stacks: Vec<(usize, usize)>,
    events: Events,
    suppressions: Suppressions,
    page: u64,
}

pub(super) fn parse(input: impl BufRead, marks: &[u64]) -> Result<Profile, ParseError> {
    let mut profile = Profile::new(Tool::Heaptrack);
    profile.clock = Some("ms".to_owned());
    let mut log = Log {
        version: Version::default(),
        places: Places::default(),
        stacks: Vec::new(),
        events: Events::new(marks),
        suppressions: Suppressions::default(),
        page: 4096,
    };
    let mut lines = Lines::new(input, MOST_LINES);
    let mut is_whole = true;
    while let Some((line, has_end)) = lines.next()? {
        is_whole = has_end;
        // In a truncated line, the last number may be incomplete.
        if has_end {
            let read = log.line(line, &mut profile);
            read.map_err(|reason| lines.failed(reason))?;
        }
    }
    if !is_whole {
        profile
            .warnings
            .push("the log is truncated: the program was killed".to_owned());
    }
    if log.events.kinds.is_empty() {
        profile
            .warnings
            .push("the log contains no allocation".to_owned());
    }
    log.finish(profile).map_err(ParseError::Content)
}

impl Log {
    fn line(&mut self, line: &[u8], profile: &mut Profile) -> Result<(), String> {
        if let [b's', b' ', text @ ..] = line {
            return self.places.text(self.version.text(text)?);
        }
        let text = String::from_utf8_lossy(line);
        let (kind, rest) = text.split_once(' ').unwrap_or((&*text, ""));
        match kind {
            "+" | "-" => return self.events.event(kind == "+", hexadecimal(rest)?),
            "v" => self.version = Version::parse(rest)?,
            "x" | "m" => {
                return Err(
                    "this is heaptrack's raw log; run `heaptrack --interpret FILE` and pass the file that it writes"
                        .to_owned(),
                );
            }
            "X" => profile.command = Some(rest.to_owned()),
            "S" => self.suppressions.line(rest)?,
            "A" => profile.warnings.push(
                "heaptrack was attached to the running program: the log does not contain earlier blocks"
                    .to_owned(),
            ),
            "i" => self.places.place(rest)?,
            "t" => {
                let (place, parent) = pair(rest)?;
                let (place, parent) = (index(place)?, index(parent)?);
                if parent > self.stacks.len() || place > self.places.len() {
                    return Err("a stack refers to a line that is not above it".to_owned());
                }
                push(&mut self.stacks, (place, parent))?;
            }
            "a" => {
                let (size, stack) = pair(rest)?;
                let (size, stack) = (hexadecimal(size)?, index(stack)?);
                if stack > self.stacks.len() {
                    return Err("an allocation refers to a stack that is not above it".to_owned());
                }
                push(&mut self.events.kinds, Allocation::new(size, stack))?;
            }
            "I" => self.page = hexadecimal(rest.split(' ').next().unwrap_or_default())?,
            "c" => self.events.pass_time(hexadecimal(rest)?)?,
            "R" => {
                let pages = hexadecimal(rest)?;
                profile.timeline.push(Moment {
                    at: self.events.at,
                    live: self.events.live(),
                    resident: Some(pages.saturating_mul(self.page)),
                    ..Moment::default()
                });
                if profile.timeline.len() >= MOMENTS {
                    thin(&mut profile.timeline);
                }
            }
            // Comments.
            _ => {}
        }
        Ok(())
    }

    /// Makes one call site per stack, which may have allocated blocks of several sizes.
    fn finish(mut self, mut profile: Profile) -> Result<Profile, String> {
        self.events.pass_all()?;
        let mut by_stack: Vec<Option<usize>> = vec![None; self.stacks.len() + 1];
        let hidden = self.suppressions.hidden(&self.places, &self.stacks);
        for kind in 0..self.events.kinds.len() {
            let sums = self.events.sums(kind);
            let stack = self.events.kinds[kind].stack;
            let number = match by_stack[stack] {
                Some(number) => number,
                None => {
                    let frames = self.stack(stack);
                    self.places.frames.stack(frames.len())?;
                    by_stack[stack] = Some(profile.callsites.len());
                    profile.callsites.push(Callsite {
                        stack: frames,
                        total: Tally::new(0, 0),
                        peak: Tally::new(0, 0),
                        end: Tally::new(0, 0),
                        marks: vec![Tally::new(0, 0); sums.marks.len()],
                        ..Callsite::default()
                    });
                    profile.callsites.len() - 1
                }
            };
            let callsite = &mut profile.callsites[number];
            callsite.total = callsite.total.plus(sums.total);
            callsite.peak = callsite.peak.plus(sums.peak);
            // Suppressed memory is not a leak, so it counts neither at the end nor as growth.
            if let Some(pattern) = hidden.get(stack).copied().flatten() {
                self.suppressions.count(pattern, sums.end);
                continue;
            }
            callsite.end = callsite.end.plus(sums.end);
            for (mark, live) in callsite.marks.iter_mut().zip(sums.marks) {
                *mark = mark.plus(live);
            }
        }
        profile.warnings.extend(self.suppressions.remarks());
        profile.peak_at = Some(self.events.peak_at());
        profile.frames = self.places.frames.into_inner();
        Ok(profile)
    }

    fn stack(&self, mut number: usize) -> Vec<u32> {
        let mut frames = Vec::new();
        // A parent always precedes its child, so this loop ends.
        for _ in 0..DEPTH {
            let entry = number.checked_sub(1).and_then(|n| self.stacks.get(n));
            let Some((place, parent)) = entry else {
                break;
            };
            frames.extend(self.places.frames_of(*place));
            number = *parent;
        }
        frames
    }
}

/// Keeps the lowest and the highest of every four moments.
fn thin(timeline: &mut Vec<Moment>) {
    let of_four = timeline.chunks(4).flat_map(|four| {
        let lowest = four.iter().min_by_key(|moment| moment.live.bytes);
        let highest = four.iter().max_by_key(|moment| moment.live.bytes);
        let mut both: Vec<Moment> = lowest.into_iter().chain(highest).copied().collect();
        both.sort_by_key(|moment| moment.at);
        both
    });
    *timeline = of_four.collect();
}

fn pair(text: &str) -> Result<(&str, &str), String> {
    text.split_once(' ')
        .ok_or_else(|| "expected two numbers".to_owned())
}
