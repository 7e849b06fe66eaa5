//! Reads dhat's JSON, version 2, as the crate and valgrind write it. It is read as a stream, so
//! that an invalid file is rejected before it fills the memory.

use std::fmt;
use std::io::{self, Read};

use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};

use super::frames::{Frames, split};
use super::limits::{DEPTH, LONGEST, MOST, MOST_FRAMES, MOST_STACKS, MOST_TEXT};
use crate::profile::export::{AT_END, AT_PEAK};
use crate::profile::{Callsite, Moment, ParseError, Profile, Tally, Tool};

/// The highest number of frames in a stack. The crate does not truncate stacks, so recursion makes
/// them long.
const DEEPEST: usize = DEPTH * 64;

#[derive(Deserialize)]
struct File {
    #[serde(rename = "dhatFileVersion")]
    version: u32,
    mode: String,
    /// What the numbers mean; heapmark's own exports may have another verb than dhat's files.
    #[serde(default)]
    verb: String,
    /// Whether the file contains block lifetimes.
    #[serde(default = "yes")]
    bklt: bool,
    #[serde(default)]
    cmd: Option<String>,
    #[serde(default)]
    tu: Option<String>,
    #[serde(default)]
    te: Option<u64>,
    #[serde(default)]
    tg: Option<u64>,
    pps: Points,
    ftbl: FrameTable,
}

fn yes() -> bool {
    true
}

/// A call stack: totals, lifetimes, its own maximum, at the global maximum, at the end.
#[derive(Deserialize)]
struct Point {
    tb: Option<u64>,
    tbk: Option<u64>,
    tl: Option<u64>,
    mb: Option<u64>,
    mbk: Option<u64>,
    gb: Option<u64>,
    gbk: Option<u64>,
    eb: Option<u64>,
    ebk: Option<u64>,
    fs: Stack,
}

pub(super) fn parse(input: impl Read) -> Result<Profile, ParseError> {
    let input = io::BufReader::with_capacity(1 << 16, Texts::new(input));
    let file: File = serde_json::from_reader(input)
        .map_err(|error| ParseError::line(error.line() as u64, error.to_string()))?;
    if file.version != 2 {
        let said = format!(
            "version {} of dhat's format is not supported; heapmark reads version 2",
            file.version
        );
        return Err(ParseError::Content(said));
    }
    if !file.mode.ends_with("heap") {
        let said = format!(
            "mode `{}` of dhat does not count heap blocks; run dhat in its heap mode",
            file.mode
        );
        return Err(ParseError::Content(said));
    }
    let mut profile = Profile::new(Tool::Dhat);
    profile.command = file.cmd;
    profile.clock = file.tu;
    let mut frames = Frames::default();
    let mut numbers = Vec::with_capacity(file.ftbl.0.len());
    for text in &file.ftbl.0 {
        let (function, place, line) = split(text);
        let number = frames.number(function, place, line);
        numbers.push(number.map_err(ParseError::Content)?);
    }
    for (index, point) in file.pps.0.into_iter().enumerate() {
        let unknown =
            || ParseError::Content(format!("stack {index} refers to a frame that is missing"));
        let stack = point.fs.0.iter().map(|&frame| {
            let frame = usize::try_from(frame).ok()?;
            numbers.get(frame).copied()
        });
        let stack: Vec<u32> = stack.collect::<Option<_>>().ok_or_else(unknown)?;
        let mut site = point.callsite(stack, file.bklt);
        match &*file.verb {
            AT_PEAK => site.peak = std::mem::take(&mut site.total),
            AT_END => site.end = std::mem::take(&mut site.total),
            _ => {}
        }
        profile.callsites.push(site);
    }
    if file.bklt {
        profile.peak_at = file.tg;
    } else {
        let warning = "dhat did not record block lifetimes (bklt: false): what was live at the peak and at the end, and for how long, is unknown";
        profile.warnings.push(warning.to_owned());
    }
    for (at, of) in [
        (
            profile.peak_at,
            (|site| site.peak) as fn(&Callsite) -> Tally,
        ),
        (file.te, |site| site.end),
    ] {
        if let Some(at) = at {
            profile.timeline.push(Moment {
                at,
                live: profile.sum(of),
                ..Moment::default()
            });
        }
    }
    profile.frames = frames.into_inner();
    Ok(profile)
}

impl Point {
    /// Ignores the numbers that depend on block lifetimes if `lives` is false, even if the file
    /// contains them.
    fn callsite(&self, stack: Vec<u32>, lives: bool) -> Callsite {
        let known = |blocks: Option<u64>, bytes: Option<u64>| Tally {
            blocks: blocks.filter(|_| lives),
            bytes: bytes.filter(|_| lives),
        };
        Callsite {
            stack,
            total: Tally {
                blocks: self.tbk,
                bytes: self.tb,
            },
            peak: known(self.gbk, self.gb),
            end: known(self.ebk, self.eb),
            highest: known(self.mbk, self.mb),
            lifetime: self.tl.filter(|_| lives),
            ..Callsite::default()
        }
    }
}

/// A list with a limit on the number of entries and on their total weight. Each entry is weighed
/// while it is read.
trait Weighed: Sized {
    type Entry: for<'de> Deserialize<'de>;
    const NAME: &'static str;
    const MOST: usize;

    /// The weight of an entry.
    fn weight(entry: &Self::Entry) -> usize;
    /// The highest total weight.
    const HEAVIEST: usize;

    fn list(entries: Vec<Self::Entry>) -> Self;
}

struct Stack(Vec<u32>);
struct Points(Vec<Point>);
struct FrameTable(Vec<String>);

impl Weighed for Stack {
    type Entry = u32;
    const NAME: &'static str = "frames in one stack";
    const MOST: usize = DEEPEST;
    const HEAVIEST: usize = DEEPEST;

    fn weight(_: &u32) -> usize {
        1
    }

    fn list(mut entries: Vec<u32>) -> Self {
        entries.shrink_to_fit();
        Self(entries)
    }
}

impl Weighed for Points {
    type Entry = Point;
    const NAME: &'static str = "call stacks or frames in them";
    const MOST: usize = MOST_STACKS;
    const HEAVIEST: usize = MOST_FRAMES;

    fn weight(point: &Point) -> usize {
        point.fs.0.len()
    }

    fn list(entries: Vec<Point>) -> Self {
        Self(entries)
    }
}

impl Weighed for FrameTable {
    type Entry = String;
    const NAME: &'static str = "frames in its table or bytes of their text";
    const MOST: usize = MOST;
    const HEAVIEST: usize = MOST_TEXT;

    fn weight(text: &String) -> usize {
        text.len()
    }

    fn list(entries: Vec<String>) -> Self {
        Self(entries)
    }
}

struct Weigher<T>(std::marker::PhantomData<T>);

impl<'de, T: Weighed> Visitor<'de> for Weigher<T> {
    type Value = T;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "a list of {}", T::NAME)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<T, A::Error> {
        let (mut list, mut weight) = (Vec::new(), 0_usize);
        while let Some(entry) = entries.next_element::<T::Entry>()? {
            weight += T::weight(&entry);
            list.push(entry);
            if list.len() > T::MOST || weight > T::HEAVIEST {
                let said = format!("the file has more {} than any real profile", T::NAME);
                return Err(A::Error::custom(said));
            }
        }
        Ok(T::list(list))
    }
}

macro_rules! weighed {
    ($($list:ty),*) => {$(
        impl<'de> Deserialize<'de> for $list {
            fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                input.deserialize_seq(Weigher(std::marker::PhantomData))
            }
        }
    )*};
}

weighed!(Stack, Points, FrameTable);

/// A reader that rejects an overlong text or number before it is stored.
struct Texts<R> {
    inner: R,
    is_text: bool,
    is_escaped: bool,
    length: u64,
}

impl<R> Texts<R> {
    fn new(inner: R) -> Self {
        Self {
            inner,
            is_text: false,
            is_escaped: false,
            length: 0,
        }
    }

    fn take(&mut self, byte: u8) {
        self.length += 1;
        match (self.is_text, byte) {
            (true, _) if self.is_escaped => self.is_escaped = false,
            (true, b'\\') => self.is_escaped = true,
            (_, b'"') => {
                self.is_text = !self.is_text;
                self.length = 0;
            }
            (false, b',' | b':' | b'[' | b']' | b'{' | b'}') => self.length = 0,
            _ => {}
        }
    }
}

impl<R: Read> Read for Texts<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        for &byte in &buffer[..read] {
            self.take(byte);
            if self.length > LONGEST {
                let said = format!("it contains a text longer than {LONGEST} bytes");
                return Err(io::Error::other(said));
            }
        }
        Ok(read)
    }
}
