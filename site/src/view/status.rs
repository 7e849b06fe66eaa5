//! How a case's verdict is shown: always as a glyph together with a word.

use serde::Serialize;

use super::snapshot::{Base, MeasuredCase, Presence, Snapshot};
use heapmark_model::analysis::change::{self, CountVerdict};
use heapmark_model::format;
use heapmark_model::record::{Growth, Verdict};

/// A verdict as displayed. The tone decides the colour; glyph and word repeat its meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The meaning that decides the colour.
    pub tone: Tone,
    /// A sign that is clear without colour.
    pub glyph: &'static str,
    /// The verdict in a word.
    pub word: &'static str,
    /// Its meaning for this case, in a sentence.
    pub title: String,
}

/// The meaning of a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Allocates more than before.
    More,
    /// Allocates less.
    Less,
    /// Retains memory.
    Retains,
    /// The same as before.
    Same,
    /// Neither better nor worse.
    Neutral,
    /// Could not be measured, or an assertion fails.
    Failed,
}

impl Status {
    fn new(tone: Tone, glyph: &'static str, word: &'static str, title: impl Into<String>) -> Self {
        Self {
            tone,
            glyph,
            word,
            title: title.into(),
        }
    }

    /// Retains memory without declaring it.
    pub(super) fn retains(bytes: Option<i64>) -> Self {
        let amount = bytes.map_or_else(|| "Memory".to_owned(), format::bytes_exact);
        let title = format!("{amount} still live after the result is dropped.");
        Self::new(Tone::Retains, "◆", "retains", title)
    }

    /// Whether live memory grows over many iterations.
    pub(super) fn of_growth(growth: &Growth) -> Self {
        let reason = growth.reason.as_str();
        match growth.verdict {
            Verdict::Steady => Self::new(Tone::Same, "=", "steady", reason),
            Verdict::Leak => Self::new(Tone::Retains, "◆", "leaks", reason),
            Verdict::Retains => Self::new(Tone::Retains, "◆", "retains", reason),
            _ => Self::new(Tone::Neutral, "?", "undecided", reason),
        }
    }

    /// Has an assertion that fails.
    pub(super) fn broken() -> Self {
        Self::new(
            Tone::Failed,
            "✕",
            "assertion fails",
            "A case assertion does not hold.",
        )
    }

    /// The verdict on the latest numbers of `case`.
    pub(super) fn from_case(case: &MeasuredCase<'_>, snapshot: &Snapshot<'_>) -> Self {
        match case.presence {
            Presence::Failed(reason) => Self::failed(reason),
            Presence::FilteredOut => {
                let title = format!("Last counted at {}.", short(case.run));
                Self::new(Tone::Neutral, "–", "not counted", title)
            }
            Presence::Gone => Self::verdict(CountVerdict::Removed, snapshot),
            Presence::Counted if case.is_intentional_leak() => Self::intentional_leak(case),
            Presence::Counted => match (case.verdict(), &snapshot.base) {
                (Some(verdict), _) => Self::verdict(verdict, snapshot),
                (None, Base::NotComparable(run, _)) => {
                    let title = format!("Its counts cannot be compared with {}.", short(run));
                    Self::new(Tone::Neutral, "≠", "not comparable", title)
                }
                (None, _) => Self::new(
                    Tone::Neutral,
                    "•",
                    "first",
                    "No earlier run to compare with.",
                ),
            },
        }
    }

    pub(super) fn failed(reason: &str) -> Self {
        Self::new(Tone::Failed, "✕", "failed", reason)
    }

    fn intentional_leak(case: &MeasuredCase<'_>) -> Self {
        let changed = matches!(
            case.verdict(),
            Some(
                CountVerdict::Worse
                    | CountVerdict::Better
                    | CountVerdict::Mixed
                    | CountVerdict::Added
            )
        );
        let title = "Leaks, or fixes a leak, on purpose. The headline does not count it.";
        let word = if changed { "changed" } else { "intentional" };
        Self::new(Tone::Neutral, "◇", word, title)
    }

    fn verdict(verdict: CountVerdict, snapshot: &Snapshot<'_>) -> Self {
        let base = match &snapshot.base {
            Base::Run(run) => short(run),
            Base::Nothing | Base::NotComparable(..) => "before".to_owned(),
        };
        match verdict {
            CountVerdict::Worse => {
                let title = format!("Allocates more than {base}.");
                Self::new(Tone::More, "▲", "more", title)
            }
            CountVerdict::Better => {
                let title = format!("Allocates less than {base}.");
                Self::new(Tone::Less, "▼", "less", title)
            }
            CountVerdict::Same => {
                let title = format!("The same as {base} in every metric.");
                Self::new(Tone::Same, "=", "same", title)
            }
            CountVerdict::Mixed => {
                let title = format!("Some metrics grew and some shrank since {base}.");
                Self::new(Tone::Neutral, "⇅", "mixed", title)
            }
            CountVerdict::Added => {
                let title = format!("{base} does not have this case.");
                Self::new(Tone::Neutral, "+", "added", title)
            }
            CountVerdict::Removed => {
                let title = format!("Only {base} has this case.");
                Self::new(Tone::Neutral, "−", "removed", title)
            }
            CountVerdict::Undecided => {
                let title = format!("Varies, so it is unknown whether it changed since {base}.");
                Self::new(Tone::Neutral, "?", "varies", title)
            }
        }
    }
}

/// Whether `case` retains memory without declaring it.
pub(super) fn retains_undeclared(case: &MeasuredCase<'_>) -> bool {
    case.presence == Presence::Counted && !case.is_intentional_leak() && change::retains(case.entry)
}

/// The name of a run's commit in a sentence: `3f2a91c` or `3f2a91c with local changes`.
pub(super) fn short(run: &heapmark_model::record::Run) -> String {
    short_commit(&run.commit)
}

/// The same of a commit.
pub(super) fn short_commit(commit: &heapmark_model::record::Commit) -> String {
    let sha = format::abbreviated(&commit.sha);
    if commit.dirty {
        format!("{sha} with local changes")
    } else {
        sha
    }
}
