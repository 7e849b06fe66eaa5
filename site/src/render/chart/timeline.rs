//! The allocation timeline of one iteration.

use super::Frame;
use crate::render::svg::{self, Svg};
use crate::view::{Peak, TimelineChart};

const FRAME: Frame = Frame {
    height: 252.0,
    top: 22.0,
    bottom: 26.0,
};

/// Live bytes over the events of an iteration, one step per event. The part of the drop is shaded.
pub(in crate::render) fn timeline(chart: &TimelineChart) -> String {
    // One position more than events: the first one is the level before them.
    let end = chart.events as f64 + 1.0;
    let ground = FRAME.height - FRAME.bottom;
    let mut drawing = Svg::default();
    FRAME.open(&mut drawing, &chart.label);
    let known = chart.missing_from.map_or(end, |first| first as f64 + 1.0);
    let drop = chart.drop_at.map(|first| first as f64 + 1.0);
    if let Some(from) = drop.filter(|from| *from < known) {
        region(&mut drawing, "drop", from, known, end);
        label_region(&mut drawing, "drop", known, end);
    }
    if chart.missing_from.is_some() {
        region(&mut drawing, "missing", known.min(end), end, end);
        label_region(&mut drawing, "not recorded", end, end);
    }
    FRAME.stretch(&mut drawing, &chart.axis);
    let line = line(chart, end);
    let zero = FRAME.y(0, &chart.axis);
    drawing.add(format_args!(
        "<path class=\"area\" d=\"{line}V{zero:.1}H0Z\"/><path class=\"line\" d=\"{line}\"/></svg>"
    ));
    if let Some(peak) = &chart.peak {
        mark_peak(&mut drawing, peak, chart, end);
    }
    for (index, tick) in chart.event_ticks.iter().enumerate() {
        let (anchor, place) = match index {
            0 => ("start", svg::percent(0.0, end)),
            _ if index + 1 == chart.event_ticks.len() => ("end", svg::percent(end, end)),
            _ => ("middle", svg::percent(tick.value as f64 + 0.5, end)),
        };
        drawing.text(
            format_args!(
                "x=\"{place}\" y=\"{:.0}\" text-anchor=\"{anchor}\"",
                ground + 17.0
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

/// Live bytes as steps, from the left edge to the end of the last event.
fn line(chart: &TimelineChart, end: f64) -> String {
    let mut path = format!("M0 {:.1}", FRAME.y(chart.start, &chart.axis));
    for &(event, live) in &chart.points {
        let x = svg::along(event as f64 + 1.0, end);
        path.push_str(&format!("H{x:.1}V{:.1}", FRAME.y(live, &chart.axis)));
    }
    format!("{path}H{:.1}", last_x(chart, end))
}

fn last_x(chart: &TimelineChart, end: f64) -> f64 {
    match chart.missing_from {
        Some(first) => svg::along(first as f64 + 1.0, end),
        None => svg::WIDTH,
    }
}

fn region(drawing: &mut Svg, class: &str, from: f64, to: f64, end: f64) {
    drawing.add(format_args!(
        "<rect class=\"{class}\" x=\"{}\" width=\"{}\" y=\"{}\" height=\"{}\"/>",
        svg::percent(from, end),
        svg::percent(to - from, end),
        FRAME.top - 16.0,
        FRAME.height - FRAME.bottom - FRAME.top + 16.0
    ));
}

/// The name of a region at its right end, because the label of the peak is to the left of a drop.
fn label_region(drawing: &mut Svg, name: &str, to: f64, end: f64) {
    drawing.text(
        format_args!(
            "class=\"region\" x=\"{}\" dx=\"-4\" y=\"{}\" text-anchor=\"end\"",
            svg::percent(to, end),
            FRAME.top - 4.0
        ),
        name,
    );
}

fn mark_peak(drawing: &mut Svg, peak: &Peak, chart: &TimelineChart, end: f64) {
    let at = peak.event as f64 + 1.5;
    let y = FRAME.y(peak.live, &chart.axis);
    let (anchor, offset) = if at / end > 0.5 {
        ("end", "-8")
    } else {
        ("start", "8")
    };
    let x = svg::percent(at, end);
    drawing.add(format_args!(
        "<circle class=\"dot\" cx=\"{x}\" cy=\"{y:.1}\" r=\"3.5\"/>"
    ));
    drawing.text(
        format_args!(
            "class=\"point\" x=\"{x}\" dx=\"{offset}\" y=\"{:.1}\" text-anchor=\"{anchor}\"",
            y - 6.0
        ),
        &peak.label,
    );
}
