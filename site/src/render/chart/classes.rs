//! The chart of requests by size class.

use crate::render::svg::{self, Svg};
use crate::view::ClassChart;

/// The height of a row and of its bar, in pixels.
const ROW: usize = 24;
const BAR: usize = 12;

/// The share of the width for the longest bar; its number is to the right.
const LONGEST: f64 = 0.82;

/// Requests by size: one bar per power of two.
pub(in crate::render) fn classes(chart: &ClassChart) -> String {
    let gutter = svg::gutter(chart.classes.iter().map(|class| class.sizes.as_str()));
    let height = chart.classes.len() * ROW;
    let label = svg::escape(&chart.label);
    let mut labels = Svg::default();
    labels.add(format_args!(
        "<svg class=\"gutter\" width=\"{gutter}\" height=\"{height}\" aria-hidden=\"true\">"
    ));
    let mut plot = Svg::default();
    plot.add(format_args!(
        "<svg class=\"plot\" role=\"img\" aria-label=\"{label}\" width=\"100%\" height=\"{height}\"><title>{label}</title>"
    ));
    for (index, class) in chart.classes.iter().enumerate() {
        let top = index * ROW;
        let baseline = top + 16;
        labels.text(
            format_args!("x=\"{}\" y=\"{baseline}\" text-anchor=\"end\"", gutter - 8),
            &class.sizes,
        );
        let width = svg::percent(class.share as f64 * LONGEST, 1000.0);
        plot.add(format_args!(
            "<rect class=\"bar\" x=\"0\" y=\"{}\" width=\"{width}\" height=\"{BAR}\"/>",
            top + (ROW - BAR) / 2
        ));
        plot.text(
            format_args!("x=\"{width}\" dx=\"6\" y=\"{baseline}\""),
            &class.count,
        );
    }
    labels.add(format_args!("</svg>"));
    plot.add(format_args!("</svg>"));
    format!(
        "<div class=\"chart\">{}{}</div>",
        labels.finish(),
        plot.finish()
    )
}
