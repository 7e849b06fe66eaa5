//! The icicle chart of a profile: call stacks as boxes.

use crate::render::svg::{self, Svg};
use crate::view::profile::{BoxKind, Icicle};

/// The height of a row in pixels, large enough for a finger.
const ROW: u32 = 24;

/// Boxes below each other. Each is a separate drawing, so that text is cut off at its edge at any
/// width of the page.
pub(in crate::render) fn icicle(icicle: &Icicle) -> String {
    let mut drawing = Svg::default();
    let height = icicle.rows * ROW;
    let label = svg::escape(&icicle.label);
    drawing.add(format_args!(
        "<svg class=\"icicle\" role=\"img\" aria-label=\"{label}\" width=\"100%\" height=\"{height}\">"
    ));
    let share = |bytes: u64| svg::percent(bytes as f64, icicle.total as f64);
    for one in &icicle.boxes {
        let class = match one.kind {
            BoxKind::Own => "own",
            BoxKind::Library => "library",
            BoxKind::Framework => "framework",
            BoxKind::Smaller => "smaller",
        };
        drawing.add(format_args!(
            "<svg class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"><title>{}</title><rect width=\"100%\" height=\"100%\"/>",
            share(one.start),
            one.row * ROW,
            share(one.bytes),
            ROW - 1,
            svg::escape(&one.title)
        ));
        // Narrower boxes have space for a few letters only.
        if one.bytes >= icicle.total / 50 {
            drawing.text(format_args!("x=\"5\" y=\"16\""), &one.name);
        }
        drawing.add(format_args!("</svg>"));
    }
    drawing.add(format_args!("</svg>"));
    drawing.finish()
}
