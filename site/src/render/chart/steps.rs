//! The history chart of a metric, and the sparkline of a table.

use super::{Frame, thin};
use crate::render::path::Path;
use crate::render::svg::{self, Svg};
use crate::view::{Axis, StepChart, Tick};
use heapmark_model::history::Step;

pub(super) const FRAME: Frame = Frame {
    height: 150.0,
    top: 10.0,
    bottom: 26.0,
};

pub(super) const SPARKLINE: Frame = Frame {
    height: 22.0,
    top: 3.0,
    bottom: 3.0,
};

/// The width of a sparkline in pixels.
pub(super) const SPARKLINE_WIDTH: f64 = 88.0;

/// A metric over the runs of a series: exact stretches joined by steps, stretches that vary dotted.
pub(in crate::render) fn steps(chart: &StepChart) -> String {
    let end = chart.runs as f64;
    let mut drawing = Svg::default();
    FRAME.open(&mut drawing, &chart.label);
    FRAME.stretch(&mut drawing, &chart.axis);
    marks(&mut drawing, &chart.marks, end);
    let steps = thin::steps(&chart.steps, chart.runs, thin::COLUMNS);
    drawing.add(format_args!(
        "<path class=\"line\" d=\"{}\"/>",
        line(&steps, &chart.axis, end, true)
    ));
    let sampled = line(&steps, &chart.axis, end, false);
    if !sampled.is_empty() {
        drawing.add(format_args!("<path class=\"sampled\" d=\"{sampled}\"/>"));
    }
    dots(&mut drawing, chart, end);
    drawing.add(format_args!("</svg>"));
    ends(&mut drawing, &chart.run_ticks);
    drawing.add(format_args!("</svg>"));
    format!(
        "<div class=\"chart\">{}{}</div>",
        FRAME.labels(&chart.axis),
        drawing.finish()
    )
}

/// A dashed line at each run with a change of compiler or dependencies, all in one path.
pub(super) fn marks(drawing: &mut Svg, runs: &[usize], end: f64) {
    if runs.is_empty() {
        return;
    }
    let lines = runs.iter().map(|&run| {
        let x = svg::along(run as f64, end);
        format!(
            "M{x:.1} {}V{}",
            FRAME.top - 6.0,
            FRAME.height - FRAME.bottom
        )
    });
    let path: String = lines.collect();
    drawing.add(format_args!("<path class=\"mark\" d=\"{path}\"/>"));
}

/// The labels of the first and the last run.
pub(super) fn ends(drawing: &mut Svg, ticks: &[Tick]) {
    for (index, tick) in ticks.iter().enumerate() {
        let (anchor, x) = if index == 0 {
            ("start", "0")
        } else {
            ("end", "100%")
        };
        drawing.text(
            format_args!(
                "x=\"{x}\" y=\"{}\" text-anchor=\"{anchor}\"",
                FRAME.height - FRAME.bottom + 17.0
            ),
            &tick.label,
        );
    }
}

/// Only the line, for a cell of a table.
pub(in crate::render) fn sparkline(chart: &StepChart) -> String {
    let axis = shape(&chart.steps);
    let steps = thin::steps(&chart.steps, chart.runs, SPARKLINE_WIDTH as usize / 2);
    let is_flat = chart
        .steps
        .iter()
        .all(|step| step.value == chart.steps[0].value);
    let class = if is_flat {
        "sparkline flat"
    } else {
        "sparkline"
    };
    let mut drawing = Svg::default();
    let label = svg::escape(&chart.label);
    drawing.add(format_args!(
        "<svg class=\"{class}\" role=\"img\" aria-label=\"{label}\" width=\"{1}\" height=\"{0}\" viewBox=\"0 0 {1} {0}\" preserveAspectRatio=\"none\"><path class=\"line\" d=\"{2}\"/>",
        SPARKLINE.height,
        SPARKLINE_WIDTH,
        small(&steps, &axis, chart.runs, true)
    ));
    let sampled = small(&steps, &axis, chart.runs, false);
    if !sampled.is_empty() {
        drawing.add(format_args!("<path class=\"sampled\" d=\"{sampled}\"/>"));
    }
    drawing.add(format_args!("</svg>"));
    drawing.finish()
}

/// Exact or varying stretches in whole pixels, because the front page has hundreds of such lines.
fn small(steps: &[Step], axis: &Axis, runs: usize, exact: bool) -> String {
    let x = |run: u32| {
        let share = svg::along(f64::from(run), runs as f64) / svg::WIDTH;
        (share * SPARKLINE_WIDTH).round()
    };
    let y = |value: i64| SPARKLINE.y(value, axis).round();
    joined(steps.iter().filter(|step| step.exact == exact), x, y)
}

/// An axis without ticks from the lowest to the highest step. A sparkline shows only the shape of a
/// history, so a line without change is in the middle.
fn shape(steps: &[Step]) -> Axis {
    let values = || steps.iter().map(|step| step.value);
    let (low, high) = (values().min().unwrap_or(0), values().max().unwrap_or(0));
    let (low, high) = if low == high {
        (low.saturating_sub(1), high.saturating_add(1))
    } else {
        (low, high)
    };
    Axis {
        low,
        high,
        ticks: Vec::new(),
    }
}

/// Exact or varying stretches. Adjacent ones are joined by a vertical line, which also shows the
/// extremes of a column with many stretches. A gap stays a gap.
fn line(steps: &[Step], axis: &Axis, end: f64, exact: bool) -> String {
    let x = |run: u32| svg::along(f64::from(run), end);
    let y = |value: i64| FRAME.y(value, axis);
    joined(steps.iter().filter(|step| step.exact == exact), x, y)
}

/// Steps as horizontal lines, with a vertical line between two that touch.
fn joined<'a>(
    steps: impl Iterator<Item = &'a Step>,
    x: impl Fn(u32) -> f64,
    y: impl Fn(i64) -> f64,
) -> String {
    let mut path = Path::default();
    let mut drawn_to = None;
    for step in steps {
        if drawn_to == Some(step.from) {
            path.upright_to(y(step.value));
        } else {
            path.move_to(x(step.from), y(step.value));
        }
        path.across_to(x(step.to));
        drawn_to = Some(step.to);
    }
    path.finish()
}

/// A dot at the start of each stretch: zero-length lines with round ends, all in one path.
fn dots(drawing: &mut Svg, chart: &StepChart, end: f64) {
    for (class, exact) in [("dots", true), ("dots hollow", false)] {
        let dots = chart.dots.iter().filter(|dot| dot.exact == exact);
        let dots = dots.map(|dot| {
            let x = svg::along(dot.run as f64 + 0.5, end);
            format!("M{x:.1} {:.1}h0", FRAME.y(dot.value, &chart.axis))
        });
        let path: String = dots.collect();
        if !path.is_empty() {
            drawing.add(format_args!("<path class=\"{class}\" d=\"{path}\"/>"));
        }
    }
}
