use crate::render::svg::{self, Svg};
use crate::view::comparison::Forest;

/// Heights of a row and of the line of ticks, and the width of the drawing without its names.
const ROW: f64 = 24.0;
const WIDTH: f64 = 1100.0;

/// A row a case: its name and ratio in words, its interval as a line and its ratio as a dot.
pub(in crate::render) fn forest(forest: &Forest) -> String {
    let height = ROW * (2.0 * forest.rows.len() as f64 + 1.0);
    let x = |place: f64| place * WIDTH;
    let mut drawing = Svg::default();
    drawing.add(format_args!(
        "<svg viewBox=\"0 0 {WIDTH} {height}\" width=\"100%\" role=\"img\" aria-label=\"{}\">",
        svg::escape(&forest.label)
    ));
    let (left, right) = (x(forest.zone.0), x(forest.zone.1));
    drawing.add(format_args!(
        "<rect class=\"area\" x=\"{left:.1}\" y=\"0\" width=\"{:.1}\" height=\"{:.1}\"/>",
        right - left,
        height - ROW
    ));
    for (number, row) in forest.rows.iter().enumerate() {
        let top = ROW * 2.0 * number as f64;
        let (name, line) = (top + ROW * 0.7, top + ROW * 1.4);
        drawing.add(format_args!(
            "<text x=\"0\" y=\"{name:.1}\">{}</text><text x=\"{WIDTH}\" y=\"{name:.1}\" text-anchor=\"end\">{}</text>",
            svg::escape(&row.id),
            svg::escape(&row.text)
        ));
        if let Some((low, high)) = row.interval {
            drawing.add(format_args!(
                "<path class=\"line\" d=\"M{:.1} {line:.1}H{:.1}\"/>",
                x(low),
                x(high)
            ));
        }
        drawing.add(format_args!(
            "<circle class=\"dot\" cx=\"{:.1}\" cy=\"{line:.1}\" r=\"3.5\"/>",
            x(row.at)
        ));
    }
    for (place, text) in &forest.ticks {
        drawing.add(format_args!(
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            x(*place),
            height - ROW * 0.3,
            svg::escape(text)
        ));
    }
    drawing.add(format_args!("</svg>"));
    drawing.finish()
}
