//! The small allocation timeline in a table.

use super::Frame;
use super::steps::{SPARKLINE as FRAME, SPARKLINE_WIDTH as WIDTH};
use crate::render::path::Path;
use crate::render::svg::{self, Svg};
use crate::view::{Axis, Thumbnail};

/// A timeline in whole pixels. If several events share a pixel, the highest is drawn.
pub(in crate::render) fn thumbnail(chart: &Thumbnail) -> String {
    let axis = Axis {
        low: 0,
        high: chart.high.max(1),
        ticks: Vec::new(),
    };
    let line = line(chart, FRAME, &axis);
    let zero = FRAME.y(0, &axis);
    let mut drawing = Svg::default();
    drawing.add(format_args!(
        "<svg class=\"sparkline\" role=\"img\" aria-label=\"{2}\" width=\"{1}\" height=\"{0}\" viewBox=\"0 0 {1} {0}\" preserveAspectRatio=\"none\"><path class=\"area\" d=\"{line}V{zero:.0}H0Z\"/><path class=\"line\" d=\"{line}\"/></svg>",
        FRAME.height,
        WIDTH,
        svg::escape(&chart.label),
    ));
    drawing.finish()
}

fn line(chart: &Thumbnail, frame: Frame, axis: &Axis) -> String {
    // One position more than events: the first one is the level before them.
    let end = chart.events as f64 + 1.0;
    let x = |event: u64| (svg::along(event as f64 + 1.0, end) / svg::WIDTH * WIDTH).round();
    let mut path = Path::default();
    path.move_to(0.0, frame.y(chart.start, axis).round());
    let mut points = chart.points.iter().peekable();
    while let Some(&(event, live)) = points.next() {
        let mut highest = live;
        let mut last = live;
        while let Some(&&(next, live)) = points.peek()
            && x(next) == x(event)
        {
            highest = highest.max(live);
            last = live;
            points.next();
        }
        path.across_to(x(event));
        path.upright_to(frame.y(highest, axis).round());
        if last < highest {
            path.upright_to(frame.y(last, axis).round());
        }
    }
    path.across_to(WIDTH);
    path.finish()
}
