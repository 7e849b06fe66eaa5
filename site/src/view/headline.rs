//! The sentence, the four tiles, and the counts behind both.

use serde::Serialize;

use super::snapshot::{Base, Presence, Snapshot};
use super::status::{self, Tone, short};
use heapmark_model::analysis::change::{Aspect, Obstacle, Verdict};
use heapmark_model::format;

/// How many cases of the newest run stand where. Leak demonstrations are counted apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Cases that were counted.
    pub cases: usize,
    /// Those of them whose every metric is exact.
    pub exact: usize,
    /// Take more of the heap than at the base.
    pub more: usize,
    /// Take less.
    pub less: usize,
    /// Leave memory behind without having declared it.
    pub retains: usize,
    /// The same in every number, all of which are exact.
    pub same: usize,
    /// Some numbers grew and some shrank.
    pub mixed: usize,
    /// Not there at the base.
    pub added: usize,
    /// There at the base, and no longer.
    pub removed: usize,
    /// Vary, so that it is not known whether they changed.
    pub undecided: usize,
    /// Leak on purpose, and are not counted in any number above but the first two.
    pub demonstrations: usize,
    /// Could not be counted.
    pub failed: usize,
    /// Counted, but broke something that they say they hold true.
    pub broken: usize,
}

/// A number with its glyph and its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tile {
    /// The key of the number in the counts.
    pub key: &'static str,
    /// What the colour is chosen by.
    pub tone: Tone,
    /// The sign that stands for it in tables.
    pub glyph: &'static str,
    /// The number; a dash where there is nothing to compare with.
    pub number: String,
    /// What is counted.
    pub words: &'static str,
}

impl Counts {
    pub(super) fn of(snapshot: &Snapshot<'_>) -> Self {
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
                counts.demonstrations += usize::from(case.is_demonstration());
            }
            if case.is_demonstration() {
                continue;
            }
            counts.retains += usize::from(status::retains_undeclared(case));
            match case.verdict() {
                Some(Verdict::Worse) => counts.more += 1,
                Some(Verdict::Better) => counts.less += 1,
                Some(Verdict::Same) => counts.same += 1,
                Some(Verdict::Mixed) => counts.mixed += 1,
                Some(Verdict::Added) => counts.added += 1,
                Some(Verdict::Removed) => counts.removed += 1,
                Some(Verdict::Undecided) => counts.undecided += 1,
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
            Base::Nothing => format!("{}; nothing earlier to compare with.", self.measured()),
            Base::NotComparable(run, _) => {
                format!("{}; not comparable with {}.", self.measured(), short(run))
            }
        }
    }

    /// What the tiles leave out, one phrase each.
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
        add(self.broken, "✕", "breaks its claim", "break their claims");
        add(
            self.failed,
            "✕",
            "could not be counted",
            "could not be counted",
        );
        add(
            self.demonstrations,
            "◇",
            "leak demonstration, not judged",
            "leak demonstrations, not judged",
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
                format!("{}, none of them judged against {base}", self.measured())
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

/// What differs, in words, as in `the compiler changed from 1.94.0 to 1.95.0`.
pub(super) fn obstacle(obstacle: &Obstacle) -> String {
    let (before, after) = (&obstacle.before, &obstacle.after);
    match obstacle.aspect {
        Aspect::Target => format!("the target changed from {before} to {after}"),
        Aspect::Compiler => format!("the compiler changed from {before} to {after}"),
        Aspect::Dependencies => "a dependency changed".to_owned(),
        Aspect::LockFile => match (before.is_empty(), after.is_empty()) {
            (true, _) => "Cargo.lock is new".to_owned(),
            (_, true) => "Cargo.lock is gone".to_owned(),
            _ => "Cargo.lock changed".to_owned(),
        },
        Aspect::Allocator => format!("the allocator changed from {before} to {after}"),
        Aspect::Method => {
            format!("heapmark's counting method changed from version {before} to {after}")
        }
        Aspect::Machine => format!("the machine changed from {before} to {after}"),
    }
}
