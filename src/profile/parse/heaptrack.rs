//! heaptrack's log, line by line: every event is there, so nothing has to be guessed.
//!
//! ```text
//!  s LENGTH TEXT              a text, from 1                  numbers are hexadecimal
//!  i ADDRESS MODULE (FUNCTION FILE LINE)*   a place, from 1, with what was inlined into it
//!  t PLACE PARENT             a stack, from 1, by its innermost place
//!  a SIZE STACK               a kind of allocation, from 0
//!  + KIND · - KIND            got · given back
//!  c MILLISECONDS · R PAGES   when · resident memory
//! ```

use std::collections::HashMap;
use std::io::{BufRead, Read};

use super::frames::{Frames, demangled};
use crate::profile::{Callsite, Moment, ParseError, Profile, Tally, Tool};

/// Stacks that go deeper are cut: no program needs so many, and a hostile file must end.
const DEPTH: usize = 1024;
/// The most texts, places, stacks and kinds each: ten times of what the largest programs have.
/// With the limits below, a file that was made to use up memory is refused at some 500 MB.
const MOST: usize = 1 << 21;
/// The most frames of all callsites together.
const MOST_FRAMES: usize = 1 << 25;
/// The most bytes of a line: no mangled name is as long.
const LONGEST: u64 = 1 << 20;
/// The most bytes of all texts.
const MOST_TEXT: usize = 1 << 27;

#[derive(Default)]
struct Log {
    texts: Vec<Box<str>>,
    /// Their bytes.
    text: usize,
    /// Frames of all places one after the other, innermost first, and where each place ends.
    inlined: Vec<u32>,
    places: Vec<usize>,
    /// Innermost place and parent of each stack, both from 1, or 0.
    stacks: Vec<(usize, usize)>,
    kinds: Vec<Allocation>,
    frames: Frames,
    page: u64,
    live: (u64, u64),
    peak: Peak,
    at: u64,
    /// What lives at each of these times is kept.
    marks: Vec<u64>,
    /// Live blocks of each kind at the marks that have passed; kinds that came later had none.
    passed: Vec<Vec<u64>>,
}

/// The most bytes that ever lived. What lived of a kind then is only noted when the kind changes
/// next, so that a peak which moves with every block costs nothing.
#[derive(Default)]
struct Peak {
    bytes: u64,
    /// How often it has moved.
    moves: u64,
}

#[derive(Clone, Copy, Default)]
struct Allocation {
    size: u64,
    stack: usize,
    got: u64,
    live: u64,
    /// What lived of it at the peak that had moved so often.
    at_peak: u64,
    moves: u64,
}

pub(super) fn parse(mut input: impl BufRead, marks: &[u64]) -> Result<Profile, ParseError> {
    let mut profile = Profile::new(Tool::Heaptrack);
    profile.clock = Some("ms".to_owned());
    let mut log = Log {
        page: 4096,
        marks: marks.to_vec(),
        ..Log::default()
    };
    let (mut line, mut number) = (Vec::new(), 0);
    let mut is_whole = true;
    while input.by_ref().take(LONGEST).read_until(b'\n', &mut line)? > 0 {
        number += 1;
        is_whole = line.last() == Some(&b'\n');
        let failed = |reason| ParseError::line(number, reason);
        if !is_whole && line.len() as u64 == LONGEST {
            return Err(failed(format!("it is longer than {LONGEST} bytes")));
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches('\n');
        log.line(text, &mut profile).map_err(failed)?;
        line.clear();
    }
    if !is_whole {
        profile
            .warnings
            .push("the log breaks off in a line: the program was killed".to_owned());
    }
    if log.kinds.is_empty() {
        profile.warnings.push("no allocation was logged".to_owned());
    }
    log.finish(&mut profile)?;
    Ok(profile)
}

impl Log {
    fn line(&mut self, text: &str, profile: &mut Profile) -> Result<(), String> {
        let (kind, rest) = text.split_once(' ').unwrap_or((text, ""));
        match kind {
            "+" | "-" => return self.event(kind == "+", hexadecimal(rest)?),
            "X" => profile.command = Some(rest.to_owned()),
            "s" => {
                let text = rest.split_once(' ').map_or("", |(_, text)| text);
                // Once for each text: a short name may stand for a long one.
                let text = demangled(text);
                self.text += text.len();
                is_at_most(self.text, MOST_TEXT, "bytes of text")?;
                push(&mut self.texts, text.into())?;
            }
            "i" => self.place(rest)?,
            "t" => {
                let [place, parent] = pair(rest)?;
                if parent > self.stacks.len() || place > self.places.len() {
                    return Err("a stack names what has not come yet".to_owned());
                }
                push(&mut self.stacks, (place, parent))?;
            }
            "a" => {
                let (size, stack) = rest.split_once(' ').ok_or("two numbers are missing")?;
                let (size, stack) = (hexadecimal(size)?, index(stack)?);
                if stack > self.stacks.len() {
                    return Err("an allocation names a stack that has not come yet".to_owned());
                }
                let kind = Allocation {
                    size,
                    stack,
                    ..Allocation::default()
                };
                push(&mut self.kinds, kind)?;
            }
            "I" => {
                let page = rest.split(' ').next().unwrap_or_default();
                self.page = hexadecimal(page)?;
            }
            "c" => {
                self.at = hexadecimal(rest)?;
                while self
                    .marks
                    .get(self.passed.len())
                    .is_some_and(|mark| *mark < self.at)
                {
                    self.pass();
                }
            }
            "R" => {
                let pages = hexadecimal(rest)?;
                profile.timeline.push(Moment {
                    at: self.at,
                    live: Tally::of(self.live.0, self.live.1),
                    resident: Some(pages.saturating_mul(self.page)),
                });
            }
            // Version, suppressions, comments: nothing that the model knows.
            _ => {}
        }
        Ok(())
    }

    /// Keeps what lives now as the state at the next mark.
    fn pass(&mut self) {
        let live = self.kinds.iter().map(|kind| kind.live);
        self.passed.push(live.collect());
    }

    fn event(&mut self, is_got: bool, kind: u64) -> Result<(), String> {
        let kind = usize::try_from(kind).ok();
        let kind = kind.and_then(|kind| self.kinds.get_mut(kind));
        let kind = kind.ok_or("an event names an allocation that has not come yet")?;
        kind.note(&self.peak);
        if is_got {
            kind.got += 1;
            kind.live += 1;
            self.live.0 += 1;
            self.live.1 = self.live.1.saturating_add(kind.size);
            if self.live.1 > self.peak.bytes {
                self.peak.bytes = self.live.1;
                self.peak.moves += 1;
            }
        } else {
            kind.live = kind.live.saturating_sub(1);
            self.live.0 = self.live.0.saturating_sub(1);
            self.live.1 = self.live.1.saturating_sub(kind.size);
        }
        Ok(())
    }

    /// Adds the frames of an address, innermost first. What has no line is named by its module.
    fn place(&mut self, rest: &str) -> Result<(), String> {
        let numbers = rest.split(' ').skip(1).map(index);
        let numbers: Vec<usize> = numbers.collect::<Result<_, _>>()?;
        let text = |number: usize| -> &str {
            let text = number
                .checked_sub(1)
                .and_then(|number| self.texts.get(number));
            text.map_or("?", |text| text)
        };
        let (&module, frames) = numbers.split_first().ok_or("a place without a module")?;
        if let [] | [_] = frames[..] {
            let function = frames.first().map_or("?", |&function| text(function));
            let frame = self.frames.add(function.to_owned(), text(module), 0);
            self.inlined.push(frame);
        }
        for inlined in frames.chunks_exact(3) {
            let line = u32::try_from(inlined[2]).unwrap_or(0);
            let function = text(inlined[0]).to_owned();
            let frame = self.frames.add(function, text(inlined[1]), line);
            self.inlined.push(frame);
            let (frames, bytes) = self.frames.size();
            is_at_most(frames, MOST, "places")?;
            is_at_most(bytes, MOST_TEXT, "bytes of text in places")?;
        }
        is_at_most(self.inlined.len(), MOST_FRAMES, "inlined functions")?;
        push(&mut self.places, self.inlined.len())
    }

    /// One callsite a stack: blocks of several sizes may come from the same.
    fn finish(mut self, profile: &mut Profile) -> Result<(), ParseError> {
        while self.passed.len() < self.marks.len() {
            self.pass();
        }
        let mut by_stack: HashMap<usize, usize> = HashMap::new();
        let mut frames = 0;
        for (index, mut kind) in self.kinds.iter().copied().enumerate() {
            kind.note(&self.peak);
            let number = match by_stack.get(&kind.stack) {
                Some(number) => *number,
                None => {
                    let stack = self.stack(kind.stack);
                    frames += stack.len();
                    is_at_most(frames, MOST_FRAMES, "frames of stacks")
                        .map_err(ParseError::Content)?;
                    by_stack.insert(kind.stack, profile.callsites.len());
                    profile.callsites.push(Callsite {
                        stack,
                        total: Tally::of(0, 0),
                        peak: Tally::of(0, 0),
                        end: Tally::of(0, 0),
                        marks: vec![Tally::of(0, 0); self.passed.len()],
                        ..Callsite::default()
                    });
                    profile.callsites.len() - 1
                }
            };
            let callsite = &mut profile.callsites[number];
            add(&mut callsite.total, kind.got, kind.size);
            add(&mut callsite.peak, kind.at_peak, kind.size);
            add(&mut callsite.end, kind.live, kind.size);
            for (mark, live) in callsite.marks.iter_mut().zip(&self.passed) {
                add(
                    mark,
                    live.get(index).copied().unwrap_or_default(),
                    kind.size,
                );
            }
        }
        profile.frames = self.frames.into_inner();
        Ok(())
    }

    fn stack(&self, mut number: usize) -> Vec<u32> {
        let mut frames = Vec::new();
        let mut depth = 0;
        // A parent always comes before its child, so this ends.
        while let Some((place, parent)) = number.checked_sub(1).and_then(|n| self.stacks.get(n)) {
            if let Some(last) = place.checked_sub(1) {
                let begin = last.checked_sub(1).map_or(0, |before| self.places[before]);
                frames.extend(&self.inlined[begin..self.places[last]]);
            }
            number = *parent;
            depth += 1;
            if depth >= DEPTH {
                break;
            }
        }
        frames
    }
}

impl Allocation {
    /// Notes what lives as what lived at the peak, if that has moved since it was noted last.
    fn note(&mut self, peak: &Peak) {
        if self.moves < peak.moves {
            self.moves = peak.moves;
            self.at_peak = self.live;
        }
    }
}

/// Adds to one of the tables, as far as a log can be meant.
fn push<T>(table: &mut Vec<T>, entry: T) -> Result<(), String> {
    table.push(entry);
    is_at_most(table.len(), MOST, "entries of a kind")
}

/// Refuses what no program writes.
fn is_at_most(number: usize, most: usize, of: &str) -> Result<(), String> {
    match number <= most {
        true => Ok(()),
        false => Err(format!("it has more than {most} {of}: no log of a program")),
    }
}

fn add(tally: &mut Tally, blocks: u64, size: u64) {
    tally.blocks = tally.blocks.map(|known| known.saturating_add(blocks));
    let bytes = blocks.saturating_mul(size);
    tally.bytes = tally.bytes.map(|known| known.saturating_add(bytes));
}

fn hexadecimal(text: &str) -> Result<u64, String> {
    u64::from_str_radix(text.trim(), 16).map_err(|_| format!("`{text}` is no hexadecimal number"))
}

fn index(text: &str) -> Result<usize, String> {
    usize::try_from(hexadecimal(text)?).map_err(|_| format!("{text} is too large"))
}

fn pair(text: &str) -> Result<[usize; 2], String> {
    let (one, other) = text.split_once(' ').ok_or("two numbers are missing")?;
    Ok([index(one)?, index(other)?])
}
