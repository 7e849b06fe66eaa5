//! The rows of a forest plot, which show changes of times.

use crate::render::svg::{self, Svg};
use crate::view::comparison::{Forest, ForestRow};

/// The height of a row in pixels; the width is that of the page.
const HEIGHT: u32 = 18;

/// The drawing of each row: the zone without a verdict, the interval as a line, the ratio as a dot.
pub(in crate::render) fn forest(forest: &Forest) -> Vec<String> {
    forest
        .rows
        .iter()
        .map(|each| row(each, forest.zone))
        .collect()
}

fn row(row: &ForestRow, zone: (f64, f64)) -> String {
    let middle = HEIGHT / 2;
    let mut drawing = Svg::default();
    drawing.add(format_args!(
        "<svg class=\"plot\" role=\"img\" aria-label=\"{} of {}\" width=\"100%\" height=\"{HEIGHT}\">\
         <rect class=\"area\" x=\"{:.2}%\" width=\"{:.2}%\" height=\"{HEIGHT}\"/>",
        svg::escape(&row.text),
        svg::escape(&row.id),
        zone.0 * 100.0,
        (zone.1 - zone.0) * 100.0,
    ));
    if let Some((low, high)) = row.interval {
        drawing.add(format_args!(
            "<line class=\"line\" x1=\"{:.2}%\" x2=\"{:.2}%\" y1=\"{middle}\" y2=\"{middle}\"/>",
            low * 100.0,
            high * 100.0,
        ));
    }
    drawing.add(format_args!(
        "<circle class=\"dot\" cx=\"{:.2}%\" cy=\"{middle}\" r=\"4\"/></svg>",
        row.at * 100.0
    ));
    drawing.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_uses_the_common_axis_and_a_hostile_name_is_text() {
        let drawn = row(
            &ForestRow {
                id: "a\"><script>".to_owned(),
                at: 0.75,
                interval: Some((0.5, 1.0)),
                text: "+5 %".to_owned(),
            },
            (0.4, 0.6),
        );
        assert!(drawn.contains("x=\"40.00%\" width=\"20.00%\""), "{drawn}");
        assert!(drawn.contains("x1=\"50.00%\" x2=\"100.00%\""), "{drawn}");
        assert!(drawn.contains("cx=\"75.00%\""), "{drawn}");
        assert!(!drawn.contains("<script"), "{drawn}");
    }
}
