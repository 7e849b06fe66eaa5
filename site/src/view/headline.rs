//! The headline sentence, the four tiles, and the counts that both show.

use serde::Serialize;

use super::snapshot::{Base, Presence, Snapshot};
use super::status::{self, Tone, short};
use heapmark_model::analysis::change::{Aspect, CountVerdict, Obstacle};
use heapmark_model::format;

/// The number of cases of the newest run by verdict. Intentional leaks are counted separately.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Cases that were counted.
    pub cases: usize,
    /// Those of them whose every metric is exact.
    pub exact: usize,
    /// Cases that allocate more than at the base.
    pub more: usize,
    /// Cases that allocate less.
    pub less: usize,
    /// Cases that retain memory without declaring it.
    pub retains: usize,
    /// Cases with the same exact value in every metric.
    pub same: usize,
    /// Cases in which some numbers grew and some shrank.
    pub mixed: usize,
    /// Cases that the base does not have.
    pub added: usize,
    /// Cases that only the base has.
    pub removed: usize,
    /// Cases that vary, so that it is unknown whether they changed.
    pub undecided: usize,
    /// Cases that leak, or fix a leak, on purpose. Of the numbers above, only the first two include
    /// them.
    pub intentional_leaks: usize,
    /// Cases that could not be counted.
    pub failed: usize,
    /// Cases that were counted, but have an assertion that fails.
    pub broken: usize,
}

/// A number with its glyph and its label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tile {
    /// The key of the number in the counts.
    pub key: &'static str,
    /// The meaning that decides the colour.
    pub tone: Tone,
    /// The same sign as in tables.
    pub glyph: &'static str,
    /// The number; a dash if there is nothing to compare with.
    pub number: String,
    /// The label.
    pub words: &'static str,
}

impl Counts {
    pub(super) fn from_snapshot(snapshot: &Snapshot<'_>) -> Self {
        let mut counts = Self {
            failed: snapshot.newest.failures.len(),
            ..Self::default()
        };
        for case in snapshot.listed() {
            if case.presence == Presence::Counted {
                counts.cases += 1;
                counts.exact += usize::from(case.entry.is_exact());
                let broken = case.entry.expected.iter().any(|claim| !claim.met);
                counts.broken += usize::from(broken);
                counts.intentional_leaks += usize::from(case.is_intentional_leak());
            }
            if case.is_intentional_leak() {
                continue;
            }
            counts.retains += usize::from(status::retains_undeclared(case));
            match case.verdict() {
                Some(CountVerdict::Worse) => counts.more += 1,
                Some(CountVerdict::Better) => counts.less += 1,
                Some(CountVerdict::Same) => counts.same += 1,
                Some(CountVerdict::Mixed) => counts.mixed += 1,
                Some(CountVerdict::Added) => counts.added += 1,
                Some(CountVerdict::Removed) => counts.removed += 1,
                Some(CountVerdict::Undecided) => counts.undecided += 1,
                None => {}
            }
        }
        counts
    }

    /// The four tiles of the front page.
    pub(super) fn tiles(&self, base: &Base<'_>) -> Vec<Tile> {
        let compared = matches!(base, Base::Run(_));
        let number = |count: usize, known: bool| {
            if known {
                format::count(count as i64)
            } else {
                "—".to_owned()
            }
        };
        let tile = |key, tone, glyph, number, words| Tile {
            key,
            tone,
            glyph,
            number,
            words,
        };
        vec![
            tile(
                "more",
                Tone::More,
                "▲",
                number(self.more, compared),
                "allocate more",
            ),
            tile(
                "less",
                Tone::Less,
                "▼",
                number(self.less, compared),
                "allocate less",
            ),
            tile(
                "retains",
                Tone::Retains,
                "◆",
                number(self.retains, true),
                "retain memory",
            ),
            tile(
                "same",
                Tone::Same,
                "=",
                number(self.same, compared),
                "are the same",
            ),
        ]
    }

    /// The finding in a sentence.
    pub(super) fn sentence(&self, base: &Base<'_>) -> String {
        match base {
            Base::Run(run) => self.against(&short(run)),
            Base::Nothing => format!("{}; no earlier run to compare with.", self.measured()),
            Base::NotComparable(run, _) => {
                format!("{}; not comparable with {}.", self.measured(), short(run))
            }
        }
    }

    /// The counts that have no tile, one phrase each.
    pub(super) fn asides(&self) -> Vec<String> {
        let mut asides = Vec::new();
        let mut add = |count: usize, glyph: &str, one: &str, many: &str| {
            if count > 0 {
                let words = if count == 1 { one } else { many };
                asides.push(format!("{glyph} {} {words}", format::count(count as i64)));
            }
        };
        add(self.mixed, "⇅", "is mixed", "are mixed");
        add(self.added, "+", "was added", "were added");
        add(self.removed, "−", "was removed", "were removed");
        add(
            self.undecided,
            "?",
            "varies and is not judged",
            "vary and are not judged",
        );
        add(
            self.broken,
            "✕",
            "fails a case assertion",
            "fail a case assertion",
        );
        add(
            self.failed,
            "✕",
            "could not be counted",
            "could not be counted",
        );
        add(
            self.intentional_leaks,
            "◇",
            "case leaks, or fixes a leak, on purpose",
            "cases leak, or fix a leak, on purpose",
        );
        asides
    }

    fn measured(&self) -> String {
        let cases = format::plural(self.cases, "case");
        match self.exact {
            exact if exact == self.cases => format!("{cases} measured, all exact"),
            exact => format!("{cases} measured, {} exact", format::count(exact as i64)),
        }
    }

    fn against(&self, base: &str) -> String {
        let number = |count: usize| format::count(count as i64);
        let verb = |count: usize, one: &str, many: &str| {
            format!("{} {}", number(count), if count == 1 { one } else { many })
        };
        let same = match self.same {
            0 => String::new(),
            count => format!("; {}", verb(count, "is the same", "are the same")),
        };
        let cases = |count| format::plural(count, "case");
        let leaving = match self.retains {
            0 => String::new(),
            count => format!("; {}", verb(count, "retains memory", "retain memory")),
        };
        let found = match (self.more, self.less) {
            (0, 0) if self.same == 0 => {
                format!(
                    "{}; none allocates clearly more or less than {base}",
                    self.measured()
                )
            }
            (0, 0) => {
                let verb = if self.same == 1 {
                    "allocates"
                } else {
                    "allocate"
                };
                return format!("{} {verb} the same as {base}{leaving}.", cases(self.same));
            }
            (more, 0) => format!("{} {} more than {base}", cases(more), allocate(more)),
            (0, less) => format!("{} {} less than {base}", cases(less), allocate(less)),
            (more, less) => format!(
                "{} {} more and {} less than {base}",
                cases(more),
                allocate(more),
                number(less)
            ),
        };
        format!("{found}{same}{leaving}.")
    }
}

fn allocate(count: usize) -> &'static str {
    if count == 1 { "allocates" } else { "allocate" }
}

/// A difference that prevents a comparison, as in `the compiler changed from 1.94.0 to 1.95.0`.
pub(super) fn obstacle(obstacle: &Obstacle) -> String {
    let (before, after) = (&obstacle.before, &obstacle.after);
    match obstacle.aspect {
        Aspect::Target => format!("the target changed from {before} to {after}"),
        Aspect::Compiler => format!("the compiler changed from {before} to {after}"),
        Aspect::Dependencies => "a dependency changed".to_owned(),
        Aspect::LockFile => match (before.is_empty(), after.is_empty()) {
            (true, _) => "Cargo.lock was added".to_owned(),
            (_, true) => "Cargo.lock was removed".to_owned(),
            _ => "Cargo.lock changed".to_owned(),
        },
        Aspect::Allocator => format!("the allocator changed from {before} to {after}"),
        Aspect::Method => {
            format!("heapmark's counting method changed from version {before} to {after}")
        }
        Aspect::Machine => format!("the machine changed from {before} to {after}"),
    }
}
