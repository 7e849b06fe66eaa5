//! The chart of live bytes over repeated iterations, on the page about leaks.

use super::Frame;
use super::steps::FRAME as STEPS;
use crate::render::path::Path;
use crate::render::svg::{self, Svg};
use crate::view::GrowthChart;

const FRAME: Frame = Frame {
    height: 150.0,
    ..STEPS
};

/// Live bytes over the iterations: the highest of each section as an area, the lowest as a line.
pub(in crate::render) fn growth(chart: &GrowthChart) -> String {
    let mut drawing = Svg::default();
    FRAME.open(&mut drawing, &chart.label);
    FRAME.stretch(&mut drawing, &chart.axis);
    let line = stair(&chart.highest, chart);
    let zero = FRAME.y(0, &chart.axis);
    if !line.is_empty() {
        drawing.add(format_args!(
            "<path class=\"area\" d=\"{line}V{zero:.1}H0Z\"/><path class=\"line\" d=\"{line}\"/>"
        ));
        let floor = stair(&chart.floor, chart);
        drawing.add(format_args!("<path class=\"mark\" d=\"{floor}\"/>"));
    }
    drawing.add(format_args!("</svg>"));
    super::steps::ends(&mut drawing, &chart.step_ticks);
    drawing.add(format_args!("</svg>"));
    format!(
        "<div class=\"chart\">{}{}</div>",
        FRAME.labels(&chart.axis),
        drawing.finish()
    )
}

/// The levels from the left edge to the right one, one step per section.
fn stair(levels: &[i64], chart: &GrowthChart) -> String {
    let mut path = Path::default();
    for (part, &level) in levels.iter().enumerate() {
        let y = FRAME.y(level, &chart.axis);
        if part == 0 {
            path.move_to(0.0, y);
        } else {
            path.upright_to(y);
        }
        path.across_to(svg::along(part as f64 + 1.0, levels.len() as f64));
    }
    path.finish()
}
