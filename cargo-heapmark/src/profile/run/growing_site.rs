//! A call site that grows, and how it is printed.

use std::fmt;
use std::path::Path;

use heapmark_model::format::growth_rate;
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

/// The growth as text, as in `+57.6 B a request, in steps`.
pub fn amount(slope: &GrowthRate) -> String {
    let steps = match slope.course {
        Some(GrowthPattern::Steps) => ", in steps",
        _ => "",
    };
    format!("{}{steps}", rate(slope))
}

/// The rate as text, as in `+464 B +2 blocks a request`. Bytes are rounded to a tenth and blocks to
/// a thousandth, because the requests of a round also cause growth that later requests undo.
pub fn rate(slope: &GrowthRate) -> String {
    let to = |value: f64, parts: f64| (value * parts).round() / parts;
    match (to(slope.bytes, 1e1), to(slope.blocks, 1e3)) {
        (0.0, 0.0) => "less than 0.1 B a request".to_owned(),
        (bytes, blocks) => growth_rate(bytes, blocks, "a request"),
    }
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
