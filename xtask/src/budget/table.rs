//! Every figure beside its limit, and whether all limits hold.

use std::io::{self, Write};
use std::process::ExitCode;

/// One measured figure.
pub(super) struct Figure {
    pub(super) name: String,
    pub(super) value: u64,
    pub(super) unit: &'static str,
    /// The largest value that is allowed; a figure without one is only shown.
    pub(super) limit: Option<u64>,
}

impl Figure {
    pub(super) fn bytes(name: &str, value: u64, limit: u64) -> Self {
        Self {
            unit: "B",
            ..Self::count(name, value, limit)
        }
    }

    pub(super) fn count(name: &str, value: u64, limit: u64) -> Self {
        Self {
            name: name.to_owned(),
            value,
            unit: "",
            limit: Some(limit),
        }
    }

    fn holds(&self) -> bool {
        self.limit.is_none_or(|limit| self.value <= limit)
    }
}

/// All figures, and what could not be measured.
#[derive(Default)]
pub(super) struct Table {
    figures: Vec<Figure>,
    missing: Vec<(&'static str, &'static str)>,
}

impl Table {
    pub(super) fn add(&mut self, figure: Figure) {
        self.figures.push(figure);
    }

    pub(super) fn missing(&mut self, name: &'static str, why: &'static str) {
        self.missing.push((name, why));
    }

    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        for figure in &self.figures {
            let Figure {
                name, value, unit, ..
            } = figure;
            let word = if figure.holds() { "ok" } else { "OVER" };
            let limit = figure
                .limit
                .map_or_else(String::new, |limit| format!("of {limit} {unit}"));
            writeln!(out, "{word:>6}  {name:<34} {value:>8} {unit:<2} {limit}")?;
        }
        for (name, why) in &self.missing {
            writeln!(out, "{:>6}  {name:<34} not measured: {why}", "-")?;
        }
        Ok(())
    }

    pub(super) fn exit(&self) -> ExitCode {
        ExitCode::from(u8::from(!self.holds()))
    }

    fn holds(&self) -> bool {
        self.figures.iter().all(Figure::holds)
    }
}

#[cfg(test)]
mod tests {
    use super::{Figure, Table};

    #[test]
    fn one_figure_over_its_limit_breaks_the_budget_and_is_named() {
        let mut table = Table::default();
        table.add(Figure::bytes("page", 100, 100));
        assert!(table.holds());
        table.add(Figure::bytes("planted", 101, 100));
        assert!(!table.holds());
        let mut text = Vec::new();
        table.write(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains("  OVER  planted"), "{text}");
        assert_eq!(text.matches("OVER").count(), 1);
    }
}
