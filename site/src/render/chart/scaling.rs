//! The chart of times over sizes, on logarithmic axes.

use super::Frame;
use crate::render::svg::{self, Svg};
use crate::view::{Axis, ScalingChart, ScalingLine, Tick};

const FRAME: Frame = Frame {
    height: 232.0,
    top: 12.0,
    bottom: 26.0,
};

/// The share of the width for the lines; their names are to the right.
const LINES: f64 = 0.8;

/// Smallest distance between two names, in pixels.
const PITCH: f64 = 15.0;

/// Times over sizes. On logarithmic axes, a power of the size is a straight line.
pub(in crate::render) fn scaling(chart: &ScalingChart) -> String {
    let axis = logarithmic(&chart.times);
    let x = across(&chart.sizes);
    let mut drawing = Svg::default();
    FRAME.open(&mut drawing, &chart.label);
    FRAME.stretch(&mut drawing, &axis);
    for line in &chart.lines {
        drawing.add(format_args!(
            "<path class=\"line\" d=\"{}\"/>",
            path(line, &x, &axis)
        ));
    }
    drawing.add(format_args!("</svg>"));
    for (line, y) in chart.lines.iter().zip(places(&chart.lines, &axis)) {
        drawing.text(
            format_args!("class=\"point\" x=\"100%\" y=\"{y:.1}\" text-anchor=\"end\""),
            &format!("{} n^{}", line.name, line.slope),
        );
    }
    let (first, last) = (chart.sizes.first(), chart.sizes.last());
    for (tick, anchor) in first
        .zip(Some("start"))
        .into_iter()
        .chain(last.zip(Some("end")))
    {
        drawing.text(
            format_args!(
                "x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\"",
                svg::percent(x(tick.value.unsigned_abs()), svg::WIDTH),
                FRAME.height - FRAME.bottom + 17.0
            ),
            &tick.label,
        );
    }
    drawing.add(format_args!("</svg>"));
    format!(
        "<div class=\"chart\">{}{}</div>",
        FRAME.labels(&axis),
        drawing.finish()
    )
}

/// The decimal logarithm in thousandths, because an axis has integer values.
fn log(value: u64) -> i64 {
    ((value.max(1) as f64).log10() * 1000.0).round() as i64
}

fn logarithmic(times: &[Tick]) -> Axis {
    let ticks = times.iter().map(|tick| Tick {
        value: log(tick.value.unsigned_abs()),
        label: tick.label.clone(),
    });
    let ticks: Vec<Tick> = ticks.collect();
    Axis {
        low: ticks.first().map_or(0, |tick| tick.value),
        high: ticks.last().map_or(1, |tick| tick.value),
        ticks,
    }
}

/// The position of a size, in thousandths of the width.
fn across(sizes: &[Tick]) -> impl Fn(u64) -> f64 + use<> {
    let end = |tick: Option<&Tick>| tick.map_or(0, |tick| log(tick.value.unsigned_abs()));
    let (low, high) = (end(sizes.first()), end(sizes.last()));
    move |size| svg::along((log(size) - low) as f64, (high - low).max(1) as f64) * LINES
}

fn path(line: &ScalingLine, x: &impl Fn(u64) -> f64, axis: &Axis) -> String {
    let points = line.points.iter().enumerate().map(|(index, (size, time))| {
        let command = if index == 0 { 'M' } else { 'L' };
        format!("{command}{:.1} {:.1}", x(*size), FRAME.y(log(*time), axis))
    });
    points.collect()
}

/// The y of each name: next to the end of its line, below the previous name, and inside the plot.
/// The slowest, which is highest, comes first.
fn places(lines: &[ScalingLine], axis: &Axis) -> Vec<f64> {
    let ends = lines.iter().map(|line| {
        let time = line.points.last().map_or(1, |(_, time)| *time);
        FRAME.y(log(time), axis) + 4.0
    });
    let mut places: Vec<f64> = ends.collect();
    for place in 1..places.len() {
        places[place] = places[place].max(places[place - 1] + PITCH);
    }
    let mut lowest = FRAME.height - FRAME.bottom;
    for place in places.iter_mut().rev() {
        *place = place.min(lowest);
        lowest = *place - PITCH;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_overlap_and_stay_inside_the_plot() {
        let line = |time: u64| ScalingLine {
            name: "x".to_owned(),
            slope: "1.00".to_owned(),
            points: vec![(1, 1), (10, time)],
        };
        let axis = logarithmic(&[1, 1000].map(|value| Tick {
            value,
            label: String::new(),
        }));
        let lines = [line(1000), line(1000), line(1), line(1)];
        let places = places(&lines, &axis);
        assert!(
            places.windows(2).all(|pair| pair[1] - pair[0] >= PITCH),
            "{places:?}"
        );
        assert!(places[3] <= FRAME.height - FRAME.bottom, "{places:?}");
    }
}
