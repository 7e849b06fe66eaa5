//! A place in the source that grows, as it is told.

use std::fmt;
use std::path::Path;

use heapmark_model::growth::{Course, Slope};
use heapmark_model::record::Frame;
use serde::Serialize;

/// A place that holds more after each round than before, or in steps.
#[derive(Clone, Debug, Serialize)]
pub struct Place {
    /// File, line and function, and the caller.
    pub sentence: String,
    /// The place alone, where the stack has one.
    pub frame: Option<Frame>,
    /// By how much.
    pub slope: Slope,
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}  {}", amount(&self.slope), self.sentence)
    }
}

/// As in `+2.000 blocks, +464.0 B a request`.
pub fn amount(slope: &Slope) -> String {
    let steps = match slope.course {
        Some(Course::Steps) => ", in steps",
        _ => "",
    };
    let (blocks, bytes) = rounded(slope);
    format!("{blocks:+.3} blocks, {bytes:+.1} B a request{steps}")
}

/// Blocks to a thousandth and bytes to a tenth, of which none is -0.
pub fn rounded(slope: &Slope) -> (f64, f64) {
    let to = |value: f64, parts: f64| (value * parts).round() / parts + 0.0;
    (to(slope.blocks, 1e3), to(slope.bytes, 1e1))
}

/// The sum of what several places leave behind: steady where one of them is.
pub fn sum<'a>(slopes: impl Iterator<Item = &'a Slope> + Clone) -> Slope {
    let mut courses = slopes.clone().filter_map(|slope| slope.course);
    let steady = courses.clone().find(|course| *course == Course::Steady);
    Slope {
        blocks: slopes.clone().map(|slope| slope.blocks).sum(),
        bytes: slopes.map(|slope| slope.bytes).sum(),
        course: steady.or_else(|| courses.next()),
    }
}

/// The path as a reader's editor finds it from here.
pub fn below_here(file: &str) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let below = Path::new(file).strip_prefix(&here);
    below.map_or_else(|_| file.to_owned(), |below| below.display().to_string())
}
