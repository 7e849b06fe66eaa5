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
use std::io::BufRead;

use super::frames::Frames;
use crate::profile::{Callsite, Moment, ParseError, Profile, Tally, Tool};

/// Stacks that go deeper are cut: no program needs so many, and a hostile file must end.
const DEPTH: usize = 1024;

#[derive(Default)]
struct Log {
    texts: Vec<String>,
    /// Frames of each place, innermost first.
    places: Vec<Vec<u32>>,
    /// Innermost place and parent of each stack, both from 1, or 0.
    stacks: Vec<(usize, usize)>,
    kinds: Vec<Allocation>,
    frames: Frames,
    page: u64,
    live: (u64, u64),
    at: u64,
    /// What lives at each of these times is kept.
    marks: Vec<u64>,
    /// Live blocks of each kind at the marks that have passed; kinds that came later had none.
    passed: Vec<Vec<u64>>,
}

#[derive(Clone, Copy, Default)]
struct Allocation {
    size: u64,
    stack: usize,
    got: u64,
    given_back: u64,
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
    while input.read_until(b'\n', &mut line)? > 0 {
        number += 1;
        is_whole = line.last() == Some(&b'\n');
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches('\n');
        log.line(text, &mut profile)
            .map_err(|reason| ParseError::line(number, reason))?;
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
    log.finish(&mut profile);
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
                self.texts.push(text.to_owned());
            }
            "i" => {
                let place = self.place(rest)?;
                self.places.push(place);
            }
            "t" => {
                let [place, parent] = pair(rest)?;
                if parent > self.stacks.len() || place > self.places.len() {
                    return Err("a stack names what has not come yet".to_owned());
                }
                self.stacks.push((place, parent));
            }
            "a" => {
                let (size, stack) = rest.split_once(' ').ok_or("two numbers are missing")?;
                let (size, stack) = (hexadecimal(size)?, index(stack)?);
                if stack > self.stacks.len() {
                    return Err("an allocation names a stack that has not come yet".to_owned());
                }
                self.kinds.push(Allocation {
                    size,
                    stack,
                    ..Allocation::default()
                });
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
        let live = self.kinds.iter().map(Allocation::live);
        self.passed.push(live.collect());
    }

    fn event(&mut self, is_got: bool, kind: u64) -> Result<(), String> {
        let kind = usize::try_from(kind).ok();
        let kind = kind.and_then(|kind| self.kinds.get_mut(kind));
        let kind = kind.ok_or("an event names an allocation that has not come yet")?;
        if is_got {
            kind.got += 1;
            self.live.0 += 1;
            self.live.1 = self.live.1.saturating_add(kind.size);
        } else {
            kind.given_back += 1;
            self.live.0 = self.live.0.saturating_sub(1);
            self.live.1 = self.live.1.saturating_sub(kind.size);
        }
        Ok(())
    }

    /// The frames of an address, innermost first.
    fn place(&mut self, rest: &str) -> Result<Vec<u32>, String> {
        let numbers = rest.split(' ').skip(2).map(index);
        let numbers: Vec<usize> = numbers.collect::<Result<_, _>>()?;
        let text = |number: usize| -> &str {
            let text = number
                .checked_sub(1)
                .and_then(|number| self.texts.get(number));
            text.map_or("?", String::as_str)
        };
        let mut frames = Vec::new();
        if let [function] = numbers[..] {
            frames.push(self.frames.number(text(function), "", 0));
        }
        for inlined in numbers.chunks_exact(3) {
            let line = u32::try_from(inlined[2]).unwrap_or(0);
            frames.push(self.frames.number(text(inlined[0]), text(inlined[1]), line));
        }
        Ok(frames)
    }

    /// One callsite a stack: blocks of several sizes may come from the same.
    fn finish(mut self, profile: &mut Profile) {
        while self.passed.len() < self.marks.len() {
            self.pass();
        }
        let mut by_stack: HashMap<usize, usize> = HashMap::new();
        for (index, kind) in self.kinds.iter().enumerate() {
            let number = *by_stack.entry(kind.stack).or_insert_with(|| {
                profile.callsites.push(Callsite {
                    stack: self.stack(kind.stack),
                    total: Tally::of(0, 0),
                    end: Tally::of(0, 0),
                    marks: vec![Tally::of(0, 0); self.passed.len()],
                    ..Callsite::default()
                });
                profile.callsites.len() - 1
            });
            let callsite = &mut profile.callsites[number];
            add(&mut callsite.total, kind.got, kind.size);
            add(&mut callsite.end, kind.live(), kind.size);
            for (mark, live) in callsite.marks.iter_mut().zip(&self.passed) {
                add(
                    mark,
                    live.get(index).copied().unwrap_or_default(),
                    kind.size,
                );
            }
        }
        profile.frames = self.frames.into_inner();
    }

    fn stack(&self, mut number: usize) -> Vec<u32> {
        let mut frames = Vec::new();
        let mut depth = 0;
        // A parent always comes before its child, so this ends.
        while let Some((place, parent)) = number.checked_sub(1).and_then(|n| self.stacks.get(n)) {
            if let Some(place) = place.checked_sub(1).and_then(|n| self.places.get(n)) {
                frames.extend(place);
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
    fn live(&self) -> u64 {
        self.got.saturating_sub(self.given_back)
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
