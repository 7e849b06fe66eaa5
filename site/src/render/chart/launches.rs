//! The chart of all launches of a case.

use crate::render::svg::{self, Svg};
use crate::view::LaunchChart;

/// The height of the plot, and the space below it for labels, in pixels.
const PLOT: f64 = 84.0;
const LABELS: f64 = 22.0;

/// The space above the first launch and below the last, in pixels.
const MARGIN: f64 = 8.0;

/// One dot per launch, the first on top, over the band of the interval and the line of the median.
pub(in crate::render) fn launches(chart: &LaunchChart) -> String {
    let x = |time: u64| {
        let span = chart.high.saturating_sub(chart.low);
        // A margin of 2 % on each side keeps the outermost dots and labels whole.
        let share = time.saturating_sub(chart.low) as f64 / span.max(1) as f64;
        format!("{:.2}%", 2.0 + share.min(1.0) * 96.0)
    };
    let label = svg::escape(&chart.label);
    let mut drawing = Svg::default();
    drawing.add(format_args!(
        "<svg class=\"plot\" role=\"img\" aria-label=\"{label}\" width=\"100%\" height=\"{}\"><title>{label}</title>",
        PLOT + LABELS
    ));
    if let Some((low, high)) = chart.interval {
        let width = high.saturating_sub(low) as f64;
        let span = chart.high.saturating_sub(chart.low).max(1) as f64;
        drawing.add(format_args!(
            "<rect class=\"area\" x=\"{}\" y=\"0\" width=\"{:.2}%\" height=\"{PLOT}\"/>",
            x(low),
            (width / span).min(1.0) * 96.0
        ));
    }
    for (index, tick) in chart.ticks.iter().enumerate() {
        let at = x(u64::try_from(tick.value).unwrap_or_default());
        drawing.add(format_args!(
            "<line class=\"grid\" x1=\"{at}\" x2=\"{at}\" y1=\"0\" y2=\"{PLOT}\"/>"
        ));
        let (anchor, at) = match index {
            0 => ("start", "0".to_owned()),
            last if last + 1 == chart.ticks.len() => ("end", "100%".to_owned()),
            _ => ("middle", at),
        };
        drawing.text(
            format_args!("x=\"{at}\" y=\"{}\" text-anchor=\"{anchor}\"", PLOT + 16.0),
            &tick.label,
        );
    }
    let median = x(chart.median);
    drawing.add(format_args!(
        "<line class=\"line\" x1=\"{median}\" x2=\"{median}\" y1=\"0\" y2=\"{PLOT}\"/>"
    ));
    let gaps = chart.launches.len().saturating_sub(1).max(1) as f64;
    for (index, &launch) in chart.launches.iter().enumerate() {
        let y = MARGIN + index as f64 / gaps * (PLOT - 2.0 * MARGIN);
        drawing.add(format_args!(
            "<circle class=\"dot\" cx=\"{}\" cy=\"{y:.1}\" r=\"3\"/>",
            x(launch)
        ));
    }
    drawing.add(format_args!("</svg>"));
    format!("<div class=\"chart\">{}</div>", drawing.finish())
}
