//! The path of a line or an area. Long histories have hundreds of thousands of points, and `write!`
//! took more time for them than everything else on a page. Coordinates are therefore tenths of a
//! pixel, formatted as integers.

/// A path of SVG commands.
#[derive(Debug, Default)]
pub(super) struct Path(String);

impl Path {
    /// Begins a line at this point.
    pub(super) fn move_to(&mut self, x: f64, y: f64) {
        self.pair('M', x, y);
    }

    /// Draws a straight line to this point.
    pub(super) fn line_to(&mut self, x: f64, y: f64) {
        self.pair('L', x, y);
    }

    /// Draws a horizontal line to this x.
    pub(super) fn across_to(&mut self, x: f64) {
        self.0.push('H');
        self.number(x);
    }

    /// Draws a vertical line to this y.
    pub(super) fn upright_to(&mut self, y: f64) {
        self.0.push('V');
        self.number(y);
    }

    /// Closes an area.
    pub(super) fn close(&mut self) {
        self.0.push('Z');
    }

    pub(super) fn finish(self) -> String {
        self.0
    }

    fn pair(&mut self, command: char, x: f64, y: f64) {
        self.0.push(command);
        self.number(x);
        self.0.push(' ');
        self.number(y);
    }

    fn number(&mut self, place: f64) {
        let tenths = (place * 10.0).round() as i64;
        if tenths < 0 {
            self.0.push('-');
        }
        let tenths = tenths.unsigned_abs();
        self.digits(tenths / 10);
        if !tenths.is_multiple_of(10) {
            self.0.push('.');
            self.digits(tenths % 10);
        }
    }

    fn digits(&mut self, number: u64) {
        self.0.push_str(itoa::Buffer::new().format(number));
    }
}

#[cfg(test)]
mod tests {
    use super::Path;

    fn number(place: f64) -> String {
        let mut path = Path::default();
        path.number(place);
        path.finish()
    }

    #[test]
    fn a_coordinate_has_a_decimal_only_if_needed() {
        let places = [3.0, 3.25, -0.04, -1.5, 1000.0].map(number);
        assert_eq!(places, ["3", "3.3", "0", "-1.5", "1000"]);
        assert!(number(1e30).parse::<f64>().is_ok());
    }

    #[test]
    fn commands_are_valid_svg() {
        let mut path = Path::default();
        path.move_to(0.0, 2.5);
        path.line_to(10.0, 3.0);
        path.across_to(20.0);
        path.upright_to(4.0);
        path.close();
        assert_eq!(path.finish(), "M0 2.5L10 3H20V4Z");
    }
}
