//! The few pieces that every chart is made of.
//!
//! A chart is two drawings beside each other: labels at their own size, and a plot that takes
//! the width that is left. Lines stretch with the plot while text does not, so that text is as
//! large on a phone as on a desk. No `style` attributes: the site's policy forbids them.

use std::fmt::Write;

/// The width that paths are drawn at, before the plot stretches them.
pub(super) const WIDTH: f64 = 1000.0;

/// A drawing that grows; writing to it cannot fail.
#[derive(Default)]
pub(super) struct Svg(String);

impl Svg {
    /// Adds `piece` as it is.
    pub(super) fn add(&mut self, piece: std::fmt::Arguments<'_>) {
        // Writing to a string only fails where memory ends, which is no error but an abort.
        let _ = self.0.write_fmt(piece);
    }

    /// Adds text; `at` holds its position and class as attributes.
    pub(super) fn text(&mut self, at: std::fmt::Arguments<'_>, text: &str) {
        self.add(format_args!("<text {at}>{}</text>", escape(text)));
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

/// Where `value` stands on an axis from `low` to `high`, in thousandths of the width.
pub(super) fn along(value: f64, end: f64) -> f64 {
    if end > 0.0 { value / end * WIDTH } else { 0.0 }
}

/// The same in percent, for what must not be stretched.
pub(super) fn percent(value: f64, end: f64) -> String {
    format!("{:.2}%", along(value, end) / WIDTH * 100.0)
}

/// `text` with everything escaped that could end an element or an attribute.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// The width of the labels beside a plot, from the longest of them.
///
/// Digits of the charts' font size are about 6.6 px wide.
pub(super) fn gutter<'a>(labels: impl IntoIterator<Item = &'a str>) -> usize {
    let longest = labels.into_iter().map(|label| label.chars().count()).max();
    longest.unwrap_or_default() * 67 / 10 + 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_element() {
        assert_eq!(
            escape("</title><script>\"'&"),
            "&lt;/title&gt;&lt;script&gt;&quot;&#39;&amp;"
        );
    }

    #[test]
    fn an_axis_without_length_has_no_infinite_place() {
        assert_eq!(percent(3.0, 0.0), "0.00%");
    }
}
