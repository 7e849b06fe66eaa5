//! The history chart of a time.

use super::steps::{FRAME, ends, marks};
use super::thin::{self, Band};
use crate::render::path::Path;
use crate::render::svg::{self, Svg};
use crate::view::TimeChart;

/// The median over the runs of a series, over the band of its intervals.
pub(in crate::render) fn time(chart: &TimeChart) -> String {
    let bands = thin::times(&chart.columns.times, chart.runs);
    let end = chart.runs as f64;
    let x = |band: &Band| svg::along(band.at, end).round();
    let y = |time: u64| {
        let time = i64::try_from(time).unwrap_or(i64::MAX);
        FRAME.y(time, &chart.axis)
    };
    let (mut area, mut line) = (Path::default(), Path::default());
    for stretch in bands.chunk_by(|_, next| !next.after_gap) {
        // A run between two gaps gets the width of one run. Otherwise it would be invisible.
        if let [lonely] = stretch {
            let half = svg::along(0.5, end).round().max(2.0);
            let (left, right) = (x(lonely) - half, x(lonely) + half);
            let (low, high) = lonely.ends;
            area.move_to(left, y(high));
            area.across_to(right);
            area.upright_to(y(low));
            area.across_to(left);
            area.close();
            line.move_to(left, y(lonely.medians.0));
            line.across_to(right);
            continue;
        }
        for (index, band) in stretch.iter().enumerate() {
            let (low, high) = band.medians;
            if index == 0 {
                area.move_to(x(band), y(band.ends.1));
                line.move_to(x(band), y(low));
            } else {
                area.line_to(x(band), y(band.ends.1));
                line.line_to(x(band), y(low));
            }
            if high > low {
                line.upright_to(y(high));
            }
        }
        for band in stretch.iter().rev() {
            area.line_to(x(band), y(band.ends.0));
        }
        area.close();
    }
    let (area, line) = (area.finish(), line.finish());
    let mut drawing = Svg::default();
    FRAME.open(&mut drawing, &chart.label);
    FRAME.stretch(&mut drawing, &chart.axis);
    marks(&mut drawing, &chart.marks, end);
    drawing.add(format_args!(
        "<path class=\"band\" d=\"{area}\"/><path class=\"line\" d=\"{line}\"/></svg>"
    ));
    ends(&mut drawing, &chart.run_ticks);
    drawing.add(format_args!("</svg>"));
    let labels = FRAME.labels(&chart.axis);
    format!("<div class=\"chart\">{labels}{}</div>", drawing.finish())
}
