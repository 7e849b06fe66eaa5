use super::Frame;
use crate::render::svg::{self, Svg};
use crate::view::{Axis, Step, StepChart};

const FRAME: Frame = Frame {
    height: 150.0,
    top: 10.0,
    bottom: 26.0,
};

const SPARKLINE: Frame = Frame {
    height: 22.0,
    top: 3.0,
    bottom: 3.0,
};

/// Changes that get a dot of their own; a line with more of them is read by its shape.
const MAX_DOTS: usize = 40;

/// A metric over the runs of a series: exact stretches joined by steps, sampled ones dotted.
pub(in crate::render) fn steps(chart: &StepChart) -> String {
    let end = chart.runs as f64;
    let mut drawing = Svg::default();
    FRAME.open(&mut drawing, &chart.label, &chart.axis);
    for &run in &chart.marks {
        let x = svg::percent(run as f64, end);
        drawing.add(format_args!(
            "<line class=\"mark\" x1=\"{x}\" x2=\"{x}\" y1=\"{}\" y2=\"{}\"/>",
            FRAME.top - 6.0,
            FRAME.height - FRAME.bottom
        ));
    }
    FRAME.stretch(&mut drawing);
    drawing.add(format_args!(
        "<path class=\"line\" d=\"{}\"/>",
        exact(FRAME, &chart.steps, &chart.axis, end)
    ));
    let sampled = sampled(FRAME, &chart.steps, &chart.axis, end);
    if !sampled.is_empty() {
        drawing.add(format_args!("<path class=\"sampled\" d=\"{sampled}\"/>"));
    }
    drawing.add(format_args!("</svg>"));
    dots(&mut drawing, chart, end);
    for (index, tick) in chart.run_ticks.iter().enumerate() {
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
    drawing.add(format_args!("</svg>"));
    format!(
        "<div class=\"chart\">{}{}</div>",
        FRAME.labels(&chart.axis),
        drawing.finish()
    )
}

/// The line alone, for a cell of a table.
pub(in crate::render) fn sparkline(chart: &StepChart) -> String {
    let end = chart.runs as f64;
    let axis = shape(&chart.steps);
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
        "<svg class=\"{class}\" role=\"img\" aria-label=\"{label}\" width=\"88\" height=\"{0}\" viewBox=\"0 0 {1} {0}\" preserveAspectRatio=\"none\"><title>{label}</title><path class=\"line\" d=\"{2}\"/>",
        SPARKLINE.height,
        svg::WIDTH,
        exact(SPARKLINE, &chart.steps, &axis, end)
    ));
    let sampled = sampled(SPARKLINE, &chart.steps, &axis, end);
    if !sampled.is_empty() {
        drawing.add(format_args!("<path class=\"sampled\" d=\"{sampled}\"/>"));
    }
    drawing.add(format_args!("</svg>"));
    drawing.finish()
}

/// An axis without ticks from the lowest to the highest step. A small line shows the shape of a
/// history, so that one without change lies in the middle.
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

/// Exact stretches; neighbours are joined by a riser, and a gap stays a gap.
fn exact(frame: Frame, steps: &[Step], axis: &Axis, end: f64) -> String {
    let mut path = String::new();
    let mut drawn_to = None;
    for step in steps.iter().filter(|step| step.exact) {
        let y = frame.y(step.value, axis);
        if drawn_to == Some(step.from) {
            path.push_str(&format!("V{y:.1}"));
        } else {
            let x = svg::along(step.from as f64, end);
            path.push_str(&format!("M{x:.1} {y:.1}"));
        }
        path.push_str(&format!("H{:.1}", svg::along(step.to as f64, end)));
        drawn_to = Some(step.to);
    }
    path
}

fn sampled(frame: Frame, steps: &[Step], axis: &Axis, end: f64) -> String {
    let stretches = steps.iter().filter(|step| !step.exact).map(|step| {
        format!(
            "M{:.1} {:.1}H{:.1}",
            svg::along(step.from as f64, end),
            frame.y(step.value, axis),
            svg::along(step.to as f64, end)
        )
    });
    stretches.collect()
}

/// A dot where a stretch begins, with its value and commit; the latest ones where there are many.
fn dots(drawing: &mut Svg, chart: &StepChart, end: f64) {
    let hidden = chart.steps.len().saturating_sub(MAX_DOTS);
    for step in &chart.steps[hidden..] {
        let class = if step.exact { "dot" } else { "dot hollow" };
        drawing.add(format_args!(
            "<circle class=\"{class}\" cx=\"{}\" cy=\"{:.1}\" r=\"3.5\"><title>{}</title></circle>",
            svg::percent(step.from as f64 + 0.5, end),
            FRAME.y(step.value, &chart.axis),
            svg::escape(&step.title)
        ));
    }
}
