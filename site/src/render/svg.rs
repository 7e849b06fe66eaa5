//! The building blocks of all charts.
//!
//! A chart consists of two drawings side by side: labels at a fixed size, and a plot that takes the
//! remaining width. Lines stretch with the plot but text does not, so that text is as large on a
//! phone as on a desktop. There are no `style` attributes, because the site's policy forbids them.

use std::fmt::Write;

/// The width of paths before the plot stretches them.
pub(super) const WIDTH: f64 = 1000.0;

/// A drawing in progress; writing to it cannot fail.
#[derive(Default)]
pub(super) struct Svg(String);

impl Svg {
    /// Adds `piece` as it is.
    pub(super) fn add(&mut self, piece: std::fmt::Arguments<'_>) {
        // Writing to a string can fail only for lack of memory, which aborts the process.
        let _ = self.0.write_fmt(piece);
    }

    /// Adds text; `at` contains its position and class as attributes.
    pub(super) fn text(&mut self, at: std::fmt::Arguments<'_>, text: &str) {
        self.add(format_args!("<text {at}>{}</text>", escape(text)));
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

/// The position of `value` on an axis from 0 to `end`, in thousandths of the width.
pub(super) fn along(value: f64, end: f64) -> f64 {
    if end > 0.0 { value / end * WIDTH } else { 0.0 }
}

/// The same in percent, for elements that must not be stretched.
pub(super) fn percent(value: f64, end: f64) -> String {
    format!("{:.2}%", along(value, end) / WIDTH * 100.0)
}

/// `text` with all characters escaped that could end an element or an attribute.
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

/// The width of the labels next to a plot, from the longest label.
///
/// In the font size of the charts, a digit is about 6.6 px wide.
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
    fn an_axis_without_length_has_no_infinite_position() {
        assert_eq!(percent(3.0, 0.0), "0.00%");
    }
}
