//! A call site that grows, and how it is printed.

use std::fmt;
use std::path::Path;

use heapmark_model::growth::{GrowthPattern, GrowthRate};
use heapmark_model::record::Frame;
use serde::Serialize;

/// A call site that holds more memory after each round than before it, or that grows in steps.
#[derive(Clone, Debug, Serialize)]
pub struct GrowingSite {
    /// File, line and function, and the caller.
    pub sentence: String,
    /// Only the frame of the call site, if the stack has one.
    pub frame: Option<Frame>,
    /// Its growth per request.
    pub slope: GrowthRate,
}

impl fmt::Display for GrowingSite {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}  {}", amount(&self.slope), self.sentence)
    }
}

/// The growth as text, as in `+2.000 blocks, +464.0 B a request`.
pub fn amount(slope: &GrowthRate) -> String {
    let steps = match slope.course {
        Some(GrowthPattern::Steps) => ", in steps",
        _ => "",
    };
    let (blocks, bytes) = rounded(slope);
    format!("{blocks:+.3} blocks, {bytes:+.1} B a request{steps}")
}

/// Blocks rounded to a thousandth and bytes to a tenth, never -0.
pub fn rounded(slope: &GrowthRate) -> (f64, f64) {
    let to = |value: f64, parts: f64| (value * parts).round() / parts + 0.0;
    (to(slope.blocks, 1e3), to(slope.bytes, 1e1))
}

/// The sum of the growth of several call sites. It is steady if one of them is.
pub fn sum<'a>(slopes: impl Iterator<Item = &'a GrowthRate> + Clone) -> GrowthRate {
    let mut courses = slopes.clone().filter_map(|slope| slope.course);
    let steady = courses
        .clone()
        .find(|course| *course == GrowthPattern::Steady);
    GrowthRate {
        blocks: slopes.clone().map(|slope| slope.blocks).sum(),
        bytes: slopes.map(|slope| slope.bytes).sum(),
        course: steady.or_else(|| courses.next()),
    }
}

/// The path relative to the current folder, if the file is below it.
pub fn below_here(file: &str) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let below = Path::new(file).strip_prefix(&here);
    below.map_or_else(|_| file.to_owned(), |below| below.display().to_string())
}
