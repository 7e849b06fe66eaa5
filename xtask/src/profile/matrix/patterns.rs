//! Assigns call stacks to leak patterns, and sums the growing call sites of each pattern.

use std::collections::BTreeMap;

use heapmark_model::growth::{GrowthRate, Level, judge};
use heapmark_model::record::{Frame, ToolCell, ToolVerdict};

use super::super::PATTERNS;
use cargo_heapmark::profile::run::sum;

const SOURCE: &str = include_str!("../../../../examples/memory_profile_server/leaks.rs");
/// Some tools report only the last part of a path.
const FILE: &str = "leaks.rs";
/// The function of each pattern, in the order of [`PATTERNS`].
const FUNCTIONS: [&str; 5] = [
    "unbounded_cache",
    "forgotten_handler",
    "cycle",
    "growing_buffer",
    "kept_thread_local",
];

/// A call stack, and its live memory at each sample.
pub struct Site {
    /// Innermost first.
    pub frames: Vec<Frame>,
    pub levels: Vec<Level>,
}

/// The pattern whose function is in the stack. It is found by line, because not every binary has
/// the names of inlined functions.
pub fn pattern_of(frames: &[Frame]) -> Option<&'static str> {
    let mut functions = own(frames).filter_map(|frame| enclosing(frame.line));
    let number = functions.find_map(|function| FUNCTIONS.iter().position(|one| *one == function));
    Some(PATTERNS[number?])
}

/// The innermost frame of a stack in leaks.rs. Tools that do not report whole paths have no other
/// way to separate the server's own code from std's.
pub fn innermost(frames: &[Frame]) -> Option<Frame> {
    let frame = own(frames).next()?;
    Some(Frame {
        function: match frame.path() {
            path if path.is_empty() => enclosing(frame.line).unwrap_or_default().to_owned(),
            path => path,
        },
        file: format!("examples/memory_profile_server/{FILE}"),
        line: frame.line,
    })
}

fn own(frames: &[Frame]) -> impl Iterator<Item = &Frame> {
    let is_own = |frame: &&Frame| frame.file.rsplit('/').next() == Some(FILE);
    frames.iter().filter(is_own)
}

/// The function of leaks.rs that contains a line.
fn enclosing(line: u32) -> Option<&'static str> {
    let above = SOURCE.lines().take(usize::try_from(line).ok()?);
    let begin = above.filter_map(|line| line.trim_start().split_once("fn "));
    let (_, rest) = begin
        .filter(|(before, _)| matches!(*before, "" | "async " | "pub "))
        .last()?;
    rest.split_once('(').map(|(name, _)| name)
}

/// A cell for each pattern. It is a leak if one of the pattern's call sites grows over the samples.
/// Between two samples, each pattern is requested `requests` times.
pub fn cells(sites: &[Site], requests: u64) -> Vec<ToolCell> {
    let cell = |pattern: &&'static str| {
        let own = sites
            .iter()
            .filter(|site| pattern_of(&site.frames) == Some(*pattern));
        let mut places: BTreeMap<Frame, Vec<Level>> = BTreeMap::new();
        for site in own {
            let Some(frame) = innermost(&site.frames) else {
                continue;
            };
            let none = || vec![Level::default(); site.levels.len()];
            let levels = places.entry(frame).or_insert_with(none);
            for (sum, level) in levels.iter_mut().zip(&site.levels) {
                *sum = *sum + *level;
            }
        }
        let growing = places.into_iter().filter_map(|(frame, levels)| {
            let slope = judge(&levels, requests).filter(|slope| slope.course.is_some())?;
            Some((frame, slope))
        });
        of_places(pattern, &growing.collect::<Vec<_>>())
    };
    PATTERNS.iter().map(cell).collect()
}

/// The cell of a pattern whose call sites `growing` grow.
pub fn of_places(pattern: &str, growing: &[(Frame, GrowthRate)]) -> ToolCell {
    // A call site that leaves blocks behind is more useful than the table that grows around them.
    let most = growing.iter().max_by(|(_, one), (_, other)| {
        let blocks = one.blocks.round().total_cmp(&other.blocks.round());
        blocks.then(one.bytes.total_cmp(&other.bytes))
    });
    let slope = most.map(|_| sum(growing.iter().map(|(_, slope)| slope)));
    ToolCell {
        pattern: pattern.to_owned(),
        verdict: match most {
            Some(_) => ToolVerdict::Leak,
            None => ToolVerdict::Nothing,
        },
        bytes: slope.map(|slope| slope.bytes),
        blocks: slope.map(|slope| slope.blocks),
        callsite: most.map(|(frame, _)| frame.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame at the first line of leaks.rs that contains this text.
    fn frame(text: &str) -> Frame {
        let number = SOURCE.lines().position(|line| line.contains(text)).unwrap();
        Frame {
            function: "{async_fn#0}".to_owned(),
            file: format!("/anywhere/{FILE}"),
            line: number as u32 + 1,
        }
    }

    #[test]
    fn a_stack_belongs_to_the_pattern_whose_function_it_goes_through() {
        let through = |texts: &[&str]| {
            let frames: Vec<Frame> = texts.iter().map(|text| frame(text)).collect();
            pattern_of(&frames)
        };
        assert_eq!(through(&["lock(&leaks.cache)"]), Some("cache"));
        assert_eq!(
            through(&["KEPT_NAMES.with_borrow_mut"]),
            Some("thread-local")
        );
        // A function that the solution also calls makes the node.
        let nodes = ["Arc::new(Self {", "let (first, second) ="];
        assert_eq!(through(&nodes), Some("cycle"));
        assert_eq!(through(&["lock(&leaks.bounded)"]), None);
        assert_eq!(through(&["Arc::new(Self {"]), None);
        assert_eq!(through(&[]), None);
        let place = innermost(&nodes.map(frame)).unwrap();
        assert_eq!(place.function, "alone");
    }

    #[test]
    fn every_pattern_has_its_function_in_the_server() {
        for function in FUNCTIONS {
            assert!(
                SOURCE.contains(&format!("\nasync fn {function}(")),
                "{function}"
            );
        }
    }

    #[test]
    fn a_place_that_grows_makes_a_leak_of_its_pattern_alone() {
        let level = |blocks| Level {
            blocks,
            bytes: blocks * 24,
        };
        let site = |text, blocks: [i64; 4]| Site {
            frames: vec![frame(text)],
            levels: blocks.map(level).into(),
        };
        let sites = [
            site("lock(&leaks.handlers).push", [100, 200, 300, 400]),
            site("lock(&leaks.cache)", [64, 64, 64, 64]),
        ];
        let cells = cells(&sites, 100);
        let verdicts: Vec<_> = cells.iter().map(|cell| cell.verdict).collect();
        let nothing = ToolVerdict::Nothing;
        assert_eq!(
            verdicts,
            [nothing, ToolVerdict::Leak, nothing, nothing, nothing]
        );
        assert_eq!(cells[1].blocks, Some(1.0));
        assert_eq!(cells[0].blocks, None);
    }
}
