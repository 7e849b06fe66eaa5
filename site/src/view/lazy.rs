//! The data that interactive charts load on first use: every run, not only one value per pixel.

use std::sync::Arc;

use super::history::Mark;
use super::snapshot::{MeasuredCase, Snapshot};
use heapmark_model::format;
use heapmark_model::history::Columns;

/// The runs of the series, once for all cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commits {
    /// The first characters of each run's commit.
    pub sha: Vec<String>,
    /// The day of each run's commit.
    pub day: Vec<String>,
    /// The runs at which compiler, lock file or target changed, and what changed.
    pub marks: Vec<(usize, String)>,
}

/// Every number of a case in the runs of the series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseHistory {
    /// Its name on the page of the case; its address is `data/ID.js`.
    pub id: String,
    /// The numbers.
    pub columns: Arc<Columns>,
}

impl Commits {
    pub(super) fn new(snapshot: &Snapshot<'_>, marks: &[Mark]) -> Self {
        let commits = || snapshot.series.runs.iter().map(|run| &run.commit);
        Self {
            sha: commits()
                .map(|commit| format::abbreviated(&commit.sha))
                .collect(),
            day: commits()
                .map(|commit| format::day(&commit.committed_at).to_owned())
                .collect(),
            marks: marks
                .iter()
                .map(|mark| (mark.run, mark.what.clone()))
                .collect(),
        }
    }
}

impl CaseHistory {
    pub(super) fn new(case: &MeasuredCase<'_>) -> Self {
        Self {
            id: id(&case.path),
            columns: Arc::clone(&case.columns),
        }
    }
}

/// The address of a case's page without folder and extension, which is unique to the case.
pub(super) fn id(path: &str) -> String {
    let stem = path.strip_suffix(".html").unwrap_or(path);
    stem.strip_prefix("case/").unwrap_or(stem).to_owned()
}
