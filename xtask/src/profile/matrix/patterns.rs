//! Which pattern a call stack belongs to, and what each pattern's places come to.

use std::collections::BTreeMap;

use heapmark::growth::{Level, judge};
use heapmark::profile::{Cell, CellVerdict, place, place_of};
use heapmark::record::Frame;

use super::super::place::{Place, below_here, sum};
use super::super::rounds::PATTERNS;

const SOURCE: &str = include_str!("../../../../examples/memory_profile_server/leaks.rs");
const FILE: &str = "memory_profile_server/leaks.rs";
/// The function of each pattern, in the order of [`PATTERNS`].
const FUNCTIONS: [&str; 5] = [
    "unbounded_cache",
    "forgotten_handler",
    "cycle",
    "growing_buffer",
    "kept_thread_local",
];

/// A call stack, and what lived of it at each mark.
pub struct Site {
    /// Innermost first.
    pub frames: Vec<Frame>,
    pub levels: Vec<Level>,
}

/// The pattern whose function a stack goes through. Names of inlined functions are not in every
/// binary, lines are.
pub fn pattern_of(frames: &[Frame]) -> Option<&'static str> {
    let own = frames.iter().filter(|frame| frame.file.ends_with(FILE));
    let mut functions = own.filter_map(|frame| enclosing(usize::try_from(frame.line).ok()?));
    let number = functions.find_map(|function| FUNCTIONS.iter().position(|one| *one == function));
    Some(PATTERNS[number?])
}

/// The async function of leaks.rs that line stands in.
fn enclosing(line: usize) -> Option<&'static str> {
    let above = SOURCE.lines().take(line).collect::<Vec<_>>();
    let begin = above.iter().rev().find(|line| line.contains("fn "))?;
    begin
        .strip_prefix("async fn ")?
        .split_once('(')
        .map(|(name, _)| name)
}

/// A cell for each pattern: a leak where a place of it grows over marks between which it was asked
/// for `requests` times.
pub fn cells(sites: &[Site], requests: u64) -> Vec<Cell> {
    let cell = |pattern: &&'static str| {
        let own = sites
            .iter()
            .filter(|site| pattern_of(&site.frames) == Some(*pattern));
        let mut places: BTreeMap<String, (&Site, Vec<Level>)> = BTreeMap::new();
        for site in own {
            let (_, levels) = places
                .entry(place_of(&site.frames))
                .or_insert_with(|| (site, vec![Level::default(); site.levels.len()]));
            for (sum, level) in levels.iter_mut().zip(&site.levels) {
                *sum = *sum + *level;
            }
        }
        let growing = places.into_iter().filter_map(|(sentence, (site, levels))| {
            Some(Place {
                sentence,
                frame: place(&site.frames).cloned(),
                slope: judge(&levels, requests).filter(|slope| slope.course.is_some())?,
            })
        });
        of_places(pattern, &growing.collect::<Vec<_>>())
    };
    PATTERNS.iter().map(cell).collect()
}

/// The cell of a pattern of which these places grow.
pub fn of_places(pattern: &str, growing: &[Place]) -> Cell {
    let most = growing
        .iter()
        .max_by(|one, other| one.slope.bytes.total_cmp(&other.slope.bytes));
    let slope = most.map(|_| sum(growing.iter().map(|place| &place.slope)));
    let callsite = most.and_then(|place| place.frame.clone());
    Cell {
        pattern: pattern.to_owned(),
        verdict: match most {
            Some(_) => CellVerdict::Leak,
            None => CellVerdict::Nothing,
        },
        bytes_per_request: slope.map(|slope| slope.bytes),
        blocks_per_request: slope.map(|slope| slope.blocks),
        callsite: callsite.map(|frame| Frame {
            file: below_here(&frame.file),
            ..frame
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame at the first line of leaks.rs that has this text.
    fn frame(text: &str) -> Frame {
        let number = SOURCE.lines().position(|line| line.contains(text)).unwrap();
        Frame {
            function: "{async_fn#0}".to_owned(),
            file: format!("/anywhere/examples/{FILE}"),
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
        // The node is made by a function that the solution calls as well.
        let nodes = ["Arc::new(Self {", "let (first, second) ="];
        assert_eq!(through(&nodes), Some("cycle"));
        assert_eq!(through(&["lock(&leaks.bounded)"]), None);
        assert_eq!(through(&["Arc::new(Self {"]), None);
        assert_eq!(through(&[]), None);
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
        let nothing = CellVerdict::Nothing;
        assert_eq!(
            verdicts,
            [nothing, CellVerdict::Leak, nothing, nothing, nothing]
        );
        assert_eq!(cells[1].blocks_per_request, Some(1.0));
        assert_eq!(cells[0].blocks_per_request, None);
    }
}
