//! The charts: each function turns a model into SVG.

mod classes;
mod forest;
mod growth;
mod icicle;
mod launches;
mod live_over_time;
mod scaling;
mod steps;
mod thin;
mod thumbnail;
mod time;
mod timeline;

pub(super) use classes::classes;
pub(super) use forest::forest;
pub(super) use growth::growth;
pub(super) use icicle::icicle;
pub(super) use launches::launches;
pub(super) use live_over_time::live_over_time;
pub(super) use scaling::scaling;
pub(super) use steps::{sparkline, steps};
pub(super) use thumbnail::thumbnail;
pub(super) use time::time;
pub(super) use timeline::timeline;

use super::svg::{self, Svg};
use crate::view::Axis;

/// A plot's height in pixels, and the space above and below its axis.
#[derive(Clone, Copy)]
struct Frame {
    height: f64,
    top: f64,
    bottom: f64,
}

impl Frame {
    /// The y of `value` on `axis`, in pixels.
    fn y(self, value: i64, axis: &Axis) -> f64 {
        let span = axis.high as f64 - axis.low as f64;
        let share = (axis.high as f64 - value as f64) / span.max(1.0);
        self.top + share * (self.height - self.top - self.bottom)
    }

    /// The labels of `axis` as a separate drawing.
    fn labels(self, axis: &Axis) -> String {
        let width = svg::gutter(axis.ticks.iter().map(|tick| tick.label.as_str()));
        let mut drawing = Svg::default();
        drawing.add(format_args!(
            "<svg class=\"gutter\" width=\"{width}\" height=\"{}\" aria-hidden=\"true\">",
            self.height
        ));
        for tick in &axis.ticks {
            let y = self.y(tick.value, axis) + 4.0;
            drawing.text(
                format_args!("x=\"{}\" y=\"{y:.1}\" text-anchor=\"end\"", width - 8),
                &tick.label,
            );
        }
        drawing.add(format_args!("</svg>"));
        drawing.finish()
    }

    /// Opens a plot. Its attributes give the script the top and bottom of the axis.
    fn open(self, drawing: &mut Svg, label: &str) {
        let label = svg::escape(label);
        drawing.add(format_args!(
            "<svg class=\"plot\" role=\"img\" aria-label=\"{label}\" width=\"100%\" height=\"{}\" data-top=\"{}\" data-bottom=\"{}\">",
            self.height,
            self.top,
            self.height - self.bottom
        ));
    }

    /// Opens the part of a plot that stretches to its width, and draws the lines of `axis`.
    fn stretch(self, drawing: &mut Svg, axis: &Axis) {
        drawing.add(format_args!(
            "<svg class=\"stretched\" width=\"100%\" height=\"{0}\" viewBox=\"0 0 {1} {0}\" preserveAspectRatio=\"none\">",
            self.height,
            svg::WIDTH
        ));
        let lines = |is_zero: bool| {
            let ticks = axis.ticks.iter();
            let chosen = ticks.filter(move |tick| (tick.value == 0) == is_zero);
            let path =
                chosen.map(|tick| format!("M0 {}H1000", self.y(tick.value, axis).round() + 0.5));
            path.collect::<String>()
        };
        // One path instead of a line per tick, because a page has a dozen charts.
        drawing.add(format_args!(
            "<path class=\"grid\" d=\"{}\"/>",
            lines(false)
        ));
        let zero = lines(true);
        if !zero.is_empty() {
            drawing.add(format_args!("<path class=\"grid zero\" d=\"{zero}\"/>"));
        }
    }
}
