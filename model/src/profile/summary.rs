//! The summary of a profile for the terminal.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::found::{called, found, left};
use super::model::{is_library, is_of_libc, is_of_valgrind};
use super::{Callsite, Finding, Kind, Profile, Tally};
use crate::format::{as_signed, bytes, bytes_exact, count, plural, visible};
use crate::record::Frame;

/// The maximum number of call sites shown; the exports contain all.
const SHOWN: usize = 15;

/// Below this percentage of frames with a line, the program was built without line tables.
const ENOUGH: f64 = 80.0;

/// Writes the most important parts: the sums, and the call sites with the most memory.
///
/// ```text
/// heaptrack  ./server --port 0
///     total  1,888,455 blocks, 187 MiB (196,083,712 B)
///       end  482 blocks, 1.20 MiB (1,258,291 B)
///     lines  98.7 % of 3,210 frames have a line number
///   1.00 MiB  src/cache.rs:42 cache::fill ← app::answer
/// ```
///
/// # Errors
///
/// If writing to `out` fails.
pub fn summary(profile: &Profile, by: Ranking, out: &mut dyn Write) -> io::Result<()> {
    let tool = format!("{:?}", profile.tool).to_lowercase();
    let command = profile.command.as_deref().unwrap_or("?");
    writeln!(out, "{tool:>10}  {}", visible(command))?;
    sums(profile, out)?;
    let (placed, all) = profile.placed();
    if all > 0 {
        let percent = placed as f64 * 100.0 / all as f64;
        let all = count(as_signed(all));
        writeln!(
            out,
            "{:>10}  {percent:.1} % of {all} frames have a line number",
            "lines"
        )?;
        if percent < ENOUGH {
            let how = "few frames have a source line: build the program with debug information (Rust: \
                       `debug = \"line-tables-only\"`; C and C++: `-g`) and do not strip it";
            writeln!(out, "{:>10}  {how}", "Note")?;
        }
    }
    for warning in &profile.warnings {
        writeln!(out, "{:>10}  {}", "Note", visible(warning))?;
    }
    let places = places(profile, by);
    if !places.is_empty() {
        writeln!(out, "{:>10}  {}", "Call sites", by.heading(profile))?;
    }
    for (place, held) in places.iter().take(SHOWN) {
        let held = bytes(as_signed(*held));
        writeln!(out, "{held:>10}  {place}")?;
    }
    let more = places.len().saturating_sub(SHOWN);
    if more > 0 {
        writeln!(out, "{:>10}  and {}", "", plural(more, "more call site"))?;
    }
    errors(profile, out)
}

/// The sums over the whole profile. An unknown sum has no line.
fn sums(profile: &Profile, out: &mut dyn Write) -> io::Result<()> {
    let mut line = |name: &str, words: Option<String>| match words {
        Some(words) => writeln!(out, "{name:>10}  {words}"),
        None => Ok(()),
    };
    let has_stacks = !profile.callsites.is_empty();
    let known = |tally: Tally| in_full(tally).filter(|_| has_stacks);
    line("total", known(profile.sum(|site| site.total)))?;
    line(
        "peak",
        in_full(profile.peak()).filter(|_| has_stacks || !profile.timeline.is_empty()),
    )?;
    let extra = profile.peak_moment().and_then(|moment| moment.extra);
    let extra = extra.map(|extra| format!("{} of allocator overhead at the peak", amount(extra)));
    line("extra", extra)?;
    let stacks = profile.most_stacks();
    let stacks = stacks.map(|stacks| format!("{} at most, over all threads", amount(stacks)));
    line("stacks", stacks)?;
    line("end", known(profile.sum(|site| site.end)))?;
    for (kind, tally) in left(profile) {
        line(called(profile.tool, kind), in_full(tally))?;
    }
    line("found", found(profile))
}

/// The errors that are not leaks, the most frequent first.
fn errors(profile: &Profile, out: &mut dyn Write) -> io::Result<()> {
    let mut errors: Vec<&Finding> = profile.errors.iter().collect();
    errors.sort_by_key(|error| std::cmp::Reverse(error.times));
    for error in errors.iter().take(SHOWN) {
        let times = format!("{}×", count(as_signed(error.times)));
        let place = place_of(profile.places(&error.stack));
        writeln!(out, "{times:>10}  {}  {place}", visible(&error.kind))?;
    }
    let more = errors.len().saturating_sub(SHOWN);
    if more > 0 {
        writeln!(out, "{:>10}  and {}", "", plural(more, "more error"))?;
    }
    Ok(())
}

/// The memory of each call site, most first. Stacks that differ only in outer callers or inside std
/// count as one.
fn places(profile: &Profile, by: Ranking) -> Vec<(String, u64)> {
    let mut places: BTreeMap<String, u64> = BTreeMap::new();
    for site in &profile.callsites {
        let held = by.measure(site);
        if held > 0 {
            let kind = site.kind.map(|kind| format!("  {}", said(kind)));
            let place = place_of(profile.stack(site)) + &kind.unwrap_or_default();
            let sum = places.entry(place).or_default();
            *sum = sum.saturating_add(held);
        }
    }
    let mut places: Vec<(String, u64)> = places.into_iter().collect();
    places.sort_by_key(|(_, held)| std::cmp::Reverse(*held));
    places
}

/// The order of call sites.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ranking {
    /// By live memory at the end, which shows leaks.
    End,
    /// By live memory at the peak, which shows what the program needs.
    Peak,
}

impl Ranking {
    /// The bytes of a call site. If the tool does not know them, the next best measure.
    fn measure(self, site: &Callsite) -> u64 {
        let [first, second] = match self {
            Self::End => [site.end, site.peak],
            Self::Peak => [site.peak, site.end],
        };
        let bytes = first.bytes.or(second.bytes).or(site.total.bytes);
        bytes.unwrap_or_default()
    }

    fn heading(self, profile: &Profile) -> &'static str {
        let knows = |of: fn(&Callsite) -> Tally| {
            let mut sites = profile.callsites.iter();
            sites.any(|site| of(site).bytes.is_some())
        };
        match (self, knows(|site| site.end), knows(|site| site.peak)) {
            (Self::End, true, _) | (Self::Peak, true, false) => "by live bytes at the end",
            (Self::Peak, _, true) | (Self::End, false, true) => "by live bytes at the peak",
            _ => "by all allocated bytes",
        }
    }
}

/// The known parts of a tally, as in `3 blocks, 1.20 KiB`; `None` if none is known.
pub fn words(tally: Tally) -> Option<String> {
    said_of(tally, |number| bytes(as_signed(number)))
}

/// Like [`words`], with exact bytes, as in `3 blocks, 1.20 KiB (1,229 B)`.
fn in_full(tally: Tally) -> Option<String> {
    said_of(tally, amount)
}

fn amount(number: u64) -> String {
    let (short, exact) = (bytes(as_signed(number)), bytes_exact(as_signed(number)));
    match short == exact {
        true => exact,
        false => format!("{short} ({exact})"),
    }
}

fn said_of(tally: Tally, amount: impl Fn(u64) -> String) -> Option<String> {
    let blocks = tally.blocks.map(|blocks| {
        let count = count(as_signed(blocks));
        format!("{count} block{}", if blocks == 1 { "" } else { "s" })
    });
    let bytes = tally.bytes.map(amount);
    match (blocks, bytes) {
        (Some(blocks), Some(bytes)) => Some(format!("{blocks}, {bytes}")),
        (one, other) => one.or(other),
    }
}

/// memcheck's name for a kind.
pub fn said(kind: Kind) -> &'static str {
    match kind {
        Kind::Lost => "definitely lost",
        Kind::LostWithIt => "indirectly lost",
        Kind::PossiblyLost => "possibly lost",
        Kind::Reachable => "still reachable",
    }
}

/// The innermost frame outside allocators and std, with its caller, as in
/// `src/cache.rs:42 cache::fill ← app::answer`.
pub fn place_of<'a>(stack: impl IntoIterator<Item = &'a Frame>) -> String {
    let stack: Vec<&Frame> = stack.into_iter().collect();
    match own(&stack)[..] {
        [] => stack.first().map_or_else(
            || "no call stack".to_owned(),
            |frame| visible(&frame.function),
        ),
        [one] => told(one),
        [one, caller, ..] => format!("{} ← {}", told(one), name(caller)),
    }
}

/// The innermost frame outside allocators and std. Frames of dependencies only count if there is
/// no other.
pub fn place<'a>(stack: impl IntoIterator<Item = &'a Frame>) -> Option<&'a Frame> {
    own(&stack.into_iter().collect::<Vec<_>>()).first().copied()
}

fn own<'a>(stack: &[&'a Frame]) -> Vec<&'a Frame> {
    let known = stack.iter().copied().filter(|frame| !is_below(frame));
    let known: Vec<&Frame> = known.collect();
    // Allocations of a dependency are attributed to the code that calls it.
    let own = known
        .iter()
        .position(|frame| !crate::origin::is_dependency(frame));
    known[own.unwrap_or(0)..].to_vec()
}

/// Whether a frame belongs to std, an allocator or a tool, judged by its file and name.
pub(super) fn is_below(frame: &Frame) -> bool {
    let (file, function) = (&*frame.file, frame.function.trim_start_matches('<'));
    let of_std = ["alloc::", "core::", "std::", "__rust", "UnknownInlinedFun"];
    // heapmark's own allocator and stack walker, and dhat's.
    let of_allocator = [
        "alloc/counted.rs",
        "alloc/wrapper.rs",
        "alloc/block.rs",
        "alloc/observer.rs",
        "src/live/mod.rs",
        "src/stacks/blocks.rs",
        "src/stacks/trace.rs",
        "src/stacks/walk.rs",
        // Paths of older heapmark versions, for their profiles.
        "alloc/hook.rs",
        "src/growth/mod.rs",
        "src/growth/table.rs",
        "src/growth/walk.rs",
    ];
    // Sanitizers link their own versions of these into the program.
    let functions = [
        "malloc",
        "calloc",
        "realloc",
        "reallocarray",
        "memalign",
        "posix_memalign",
        "aligned_alloc",
        "valloc",
        "strdup",
    ];
    let plain = function.trim_start_matches("__interceptor_");
    crate::origin::is_std(frame)
        || crate::origin::is_harness(frame, None)
        || functions.contains(&plain)
        || function.starts_with("operator new")
        || file.is_empty()
        || ["library/", "alloc/src/", "core/src/", "std/src/"]
            .iter()
            .any(|start| file.starts_with(start))
        || is_of_libc(file)
        || is_library(file)
        || is_of_valgrind(file)
        || file.contains("dhat-0.")
        || of_allocator.iter().any(|end| file.ends_with(end))
        || of_std.iter().any(|start| function.starts_with(start))
}

fn told(frame: &Frame) -> String {
    // For a crate that cargo fetched: its name, its version, and the path inside it.
    let file = frame.file.split_once("/registry/src/");
    let file = file.and_then(|(_, file)| Some(file.split_once('/')?.1));
    let file = visible(file.unwrap_or(&frame.file));
    format!("{file}:{} {}", frame.line, name(frame))
}

/// The path of a function. A function without a path, such as a closure, has the tool's name for
/// it, without generic types.
pub fn name(frame: &Frame) -> String {
    let path = frame.path();
    let plain = frame
        .function
        .split('<')
        .next()
        .filter(|name| !name.is_empty());
    visible(match path.is_empty() {
        true => plain.unwrap_or(&frame.function),
        false => &path,
    })
}
