use super::steps::{FRAME, ends, marks};
use super::thin::{self, Band};
use crate::render::svg::{self, Svg};
use crate::view::TimeChart;

/// The median over the runs of a series, on the band of its intervals.
pub(in crate::render) fn time(chart: &TimeChart) -> String {
    let bands = thin::times(&chart.columns.times, chart.runs);
    let end = chart.runs as f64;
    let x = |band: &Band| svg::along(band.at, end).round() as i64;
    let y = |time: u64| {
        let time = i64::try_from(time).unwrap_or(i64::MAX);
        svg::Tenths(FRAME.y(time, &chart.axis))
    };
    let mut area = String::new();
    let mut line = String::new();
    for stretch in bands.chunk_by(|_, next| !next.after_gap) {
        // A run between two gaps is as wide as a run is, or it would have no width to be seen by.
        if let [lonely] = stretch {
            let half = (svg::along(0.5, end).round() as i64).max(2);
            let (left, right) = (x(lonely) - half, x(lonely) + half);
            let (low, high) = lonely.ends;
            area.push_str(&format!("M{left} {}H{right}V{}H{left}Z", y(high), y(low)));
            line.push_str(&format!("M{left} {}H{right}", y(lonely.medians.0)));
            continue;
        }
        for (index, band) in stretch.iter().enumerate() {
            let to = if index == 0 { 'M' } else { 'L' };
            area.push_str(&format!("{to}{} {}", x(band), y(band.ends.1)));
            let (low, high) = band.medians;
            line.push_str(&format!("{to}{} {}", x(band), y(low)));
            if high > low {
                line.push_str(&format!("V{}", y(high)));
            }
        }
        for band in stretch.iter().rev() {
            area.push_str(&format!("L{} {}", x(band), y(band.ends.0)));
        }
        area.push('Z');
    }
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
