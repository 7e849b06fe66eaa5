//! What a case's verdict looks like: a glyph and a word that always come together.

use serde::Serialize;

use super::snapshot::{Base, Case, Presence, Snapshot};
use heapmark_model::analysis::change::{self, Verdict};
use heapmark_model::format;
use heapmark_model::record::{Growth, Verdict as Growing};

/// A verdict for the eye. Colour follows the tone, and never stands without glyph and word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// What the colour is chosen by.
    pub tone: Tone,
    /// A sign that reads without colour.
    pub glyph: &'static str,
    /// The verdict in a word.
    pub word: &'static str,
    /// What it means here, in a sentence.
    pub title: String,
}

/// The meaning of a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Takes more of the heap than before.
    More,
    /// Takes less.
    Less,
    /// Leaves memory behind.
    Retains,
    /// The same as before.
    Same,
    /// Anything that is neither better nor worse.
    Neutral,
    /// Could not be measured, or broke a claim.
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

    /// Leaves memory behind, although nobody declared it to.
    pub(super) fn retains(bytes: Option<i64>) -> Self {
        let amount = bytes.map_or_else(|| "memory".to_owned(), format::bytes_exact);
        let title = format!("Leaves {amount} behind after its result is dropped.");
        Self::new(Tone::Retains, "◆", "retains", title)
    }

    /// Whether live memory grows over many iterations.
    pub(super) fn of_growth(growth: &Growth) -> Self {
        let reason = growth.reason.as_str();
        match growth.verdict {
            Growing::Steady => Self::new(Tone::Same, "=", "steady", reason),
            Growing::Leak => Self::new(Tone::Retains, "◆", "leaks", reason),
            Growing::Retains => Self::new(Tone::Retains, "◆", "retains", reason),
            _ => Self::new(Tone::Neutral, "?", "undecided", reason),
        }
    }

    /// Broke something that it says it holds true.
    pub(super) fn broken() -> Self {
        Self::new(
            Tone::Failed,
            "✕",
            "claim broken",
            "Does not hold what it says it holds true.",
        )
    }

    /// The verdict on the latest numbers of `case`.
    pub(super) fn of(case: &Case<'_>, snapshot: &Snapshot<'_>) -> Self {
        match case.presence {
            Presence::Failed(reason) => Self::failed(reason),
            Presence::FilteredOut => {
                let title = format!("Last counted at {}.", short(case.run));
                Self::new(Tone::Neutral, "–", "not counted", title)
            }
            Presence::Gone => Self::verdict(Verdict::Removed, snapshot),
            Presence::Counted if case.is_demonstration() => Self::demonstration(case),
            Presence::Counted => match (case.verdict(), &snapshot.base) {
                (Some(verdict), _) => Self::verdict(verdict, snapshot),
                (None, Base::NotComparable(run, _)) => {
                    let title = format!("Its counts mean something else than at {}.", short(run));
                    Self::new(Tone::Neutral, "≠", "not comparable", title)
                }
                (None, _) => Self::new(
                    Tone::Neutral,
                    "•",
                    "first",
                    "Nothing earlier to compare with.",
                ),
            },
        }
    }

    pub(super) fn failed(reason: &str) -> Self {
        Self::new(Tone::Failed, "✕", "failed", reason)
    }

    fn demonstration(case: &Case<'_>) -> Self {
        let changed = matches!(
            case.verdict(),
            Some(Verdict::Worse | Verdict::Better | Verdict::Mixed | Verdict::Added)
        );
        let title = "Shows a leak or its remedy on purpose; no headline counts it.";
        let word = if changed { "demo, changed" } else { "demo" };
        Self::new(Tone::Neutral, "◇", word, title)
    }

    fn verdict(verdict: Verdict, snapshot: &Snapshot<'_>) -> Self {
        let base = match &snapshot.base {
            Base::Run(run) => short(run),
            Base::Nothing | Base::NotComparable(..) => "before".to_owned(),
        };
        match verdict {
            Verdict::Worse => {
                let title = format!("Takes more of the heap than {base}.");
                Self::new(Tone::More, "▲", "more", title)
            }
            Verdict::Better => {
                let title = format!("Takes less of the heap than {base}.");
                Self::new(Tone::Less, "▼", "less", title)
            }
            Verdict::Same => {
                let title = format!("The same as {base} in every number.");
                Self::new(Tone::Same, "=", "same", title)
            }
            Verdict::Mixed => {
                let title = format!("Some numbers grew and some shrank since {base}.");
                Self::new(Tone::Neutral, "⇅", "mixed", title)
            }
            Verdict::Added => {
                let title = format!("Not there at {base}.");
                Self::new(Tone::Neutral, "+", "added", title)
            }
            Verdict::Removed => {
                let title = format!("Was there at {base}, is no longer.");
                Self::new(Tone::Neutral, "−", "removed", title)
            }
            Verdict::Undecided => {
                let title = format!("Varies, so that it may or may not be as at {base}.");
                Self::new(Tone::Neutral, "?", "varies", title)
            }
        }
    }
}

/// Whether `case` counts as one that retains memory without having declared it.
pub(super) fn retains_undeclared(case: &Case<'_>) -> bool {
    case.presence == Presence::Counted && !case.is_demonstration() && change::retains(case.entry)
}

/// How a run's commit is named in a sentence, as in `3f2a91c` or `3f2a91c with local changes`.
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
