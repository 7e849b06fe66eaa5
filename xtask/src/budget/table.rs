//! The table of figures with their limits, and whether all limits hold.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

/// One measured figure.
pub(super) struct Figure {
    name: String,
    value: u64,
    unit: &'static str,
    /// The largest allowed value; a figure without a limit is only shown.
    limit: Option<u64>,
    /// Whether a value over the limit breaks the budget.
    decides: bool,
}

impl Figure {
    /// A figure that is only shown.
    pub(super) fn shown(name: &str, value: u64, unit: &'static str) -> Self {
        Self {
            name: name.to_owned(),
            value,
            unit,
            limit: None,
            decides: false,
        }
    }

    pub(super) fn bytes(name: &str, value: u64, limit: u64) -> Self {
        Self {
            unit: "B",
            ..Self::count(name, value, limit)
        }
    }

    pub(super) fn count(name: &str, value: u64, limit: u64) -> Self {
        Self {
            limit: Some(limit),
            decides: true,
            ..Self::shown(name, value, "")
        }
    }

    /// CPU time in milliseconds.
    pub(super) fn time(name: &str, cpu: Duration, limit: Option<u64>, decides: bool) -> Self {
        Self {
            limit,
            decides,
            ..Self::shown(&format!("{name}, CPU"), cpu.as_millis() as u64, "ms")
        }
    }

    /// Wall time, which depends on the load of the machine.
    pub(super) fn wall(name: &str, wall: Duration) -> Self {
        Self::shown(&format!("{name}, wall"), wall.as_millis() as u64, "ms")
    }

    /// Wall time with a limit, which is shown but does not decide.
    pub(super) fn limited_wall(name: &str, wall: Duration, limit: u64) -> Self {
        Self {
            limit: Some(limit),
            ..Self::wall(name, wall)
        }
    }

    fn holds(&self) -> bool {
        self.limit.is_none_or(|limit| self.value <= limit)
    }

    fn word(&self) -> &'static str {
        match (self.limit, self.holds(), self.decides) {
            (None, ..) => "",
            (_, true, _) => "ok",
            (_, false, true) => "OVER",
            (_, false, false) => "over",
        }
    }
}

/// All figures, and the names of those that could not be measured.
#[derive(Default)]
pub(super) struct BudgetTable {
    figures: Vec<Figure>,
    missing: Vec<(&'static str, String)>,
}

impl BudgetTable {
    pub(super) fn add(&mut self, figure: Figure) {
        self.figures.push(figure);
    }

    pub(super) fn missing(&mut self, name: &'static str, why: String) {
        self.missing.push((name, why));
    }

    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        for figure in &self.figures {
            let Figure {
                name, value, unit, ..
            } = figure;
            let word = figure.word();
            let limit = figure
                .limit
                .map_or_else(String::new, |limit| format!("of {limit} {unit}"));
            writeln!(out, "{word:>6}  {name:<46} {value:>8} {unit:<2} {limit}")?;
        }
        for (name, why) in &self.missing {
            writeln!(out, "{:>6}  {name:<46} not measured: {why}", "-")?;
        }
        Ok(())
    }

    pub(super) fn exit(&self) -> ExitCode {
        ExitCode::from(u8::from(!self.holds()))
    }

    fn holds(&self) -> bool {
        let mut deciding = self.figures.iter().filter(|figure| figure.decides);
        deciding.all(Figure::holds)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{BudgetTable, Figure};

    #[test]
    fn wall_time_is_compared_with_its_limit_and_decides_nothing() {
        let mut table = BudgetTable::default();
        table.add(Figure::limited_wall("slow", Duration::from_secs(1), 100));
        assert!(table.holds());
        let mut text = Vec::new();
        table.write(&mut text).unwrap();
        assert!(
            String::from_utf8(text)
                .unwrap()
                .contains("  over  slow, wall")
        );
        table.add(Figure::time(
            "busy",
            Duration::from_secs(1),
            Some(100),
            true,
        ));
        assert!(!table.holds());
    }

    #[test]
    fn one_figure_over_its_limit_breaks_the_budget_and_is_named() {
        let mut table = BudgetTable::default();
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
