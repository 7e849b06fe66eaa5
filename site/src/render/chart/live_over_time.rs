//! The chart of live bytes over the time of a profile.

use super::Frame;
use super::steps::{self, FRAME as STEPS};
use crate::render::path::Path;
use crate::render::svg::{self, Svg};
use crate::view::profile::LiveOverTime;

const FRAME: Frame = Frame {
    height: 150.0,
    ..STEPS
};

/// Live bytes over time as an area, with a dashed line at the end of each round.
pub(in crate::render) fn live_over_time(timeline: &LiveOverTime) -> String {
    let mut drawing = Svg::default();
    FRAME.open(&mut drawing, &timeline.label);
    FRAME.stretch(&mut drawing, &timeline.axis);
    let x = |at: u64| svg::along(at as f64, timeline.end as f64);
    let mut line = Path::default();
    for (index, &(at, live)) in timeline.points.iter().enumerate() {
        let y = FRAME.y(live, &timeline.axis);
        match index {
            0 => line.move_to(x(at), y),
            _ => line.line_to(x(at), y),
        }
    }
    let line = line.finish();
    let zero = FRAME.y(0, &timeline.axis);
    let first = timeline.points.first().map_or(0.0, |&(at, _)| x(at));
    drawing.add(format_args!(
        "<path class=\"area\" d=\"{line}V{zero:.1}H{first:.1}Z\"/><path class=\"line\" d=\"{line}\"/>"
    ));
    let marks = timeline.marks.iter().map(|&at| {
        format!(
            "M{:.1} {}V{}",
            x(at),
            FRAME.top - 6.0,
            FRAME.height - FRAME.bottom
        )
    });
    let marks: String = marks.collect();
    if !marks.is_empty() {
        drawing.add(format_args!("<path class=\"mark\" d=\"{marks}\"/>"));
    }
    drawing.add(format_args!("</svg>"));
    steps::ends(&mut drawing, &timeline.ticks);
    drawing.add(format_args!("</svg>"));
    format!(
        "<div class=\"chart\">{}{}</div>",
        FRAME.labels(&timeline.axis),
        drawing.finish()
    )
}
