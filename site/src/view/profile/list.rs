//! The page that lists all profiles, and the result of each tool for each leak pattern.

use serde::Serialize;

use super::ProfileEntry;
use crate::view::page::Page;
use crate::view::tools::{AgreementTable, MatrixTable, newest};
use heapmark_model::format::plural;
use heapmark_model::record::{ToolRecord, ToolSubject};

/// The list of profiles.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProfilesPage {
    /// The frame.
    pub page: Page,
    /// The number of profiles, in a sentence.
    pub summary: String,
    /// The profiles, newest first.
    pub entries: Vec<ProfileEntry>,
    /// The results of tools; absent if they were not measured.
    pub matrix: Option<MatrixTable>,
    /// Whether tools count the same; absent if this was not measured.
    pub agreement: Option<AgreementTable>,
}

impl ProfilesPage {
    /// `None` if there is nothing to show.
    pub(in crate::view) fn new(entries: &[ProfileEntry], tools: &[ToolRecord]) -> Option<Self> {
        let measurement = newest(tools, ToolSubject::Server);
        if entries.is_empty() && measurement.is_none() {
            return None;
        }
        let mut entries = entries.to_vec();
        entries.sort_by(|left, right| {
            let newest = |entry: &ProfileEntry| (entry.measured_at.clone(), entry.href.clone());
            newest(right).cmp(&newest(left))
        });
        let leaking = entries.iter().filter(|entry| entry.leaks).count();
        let found = match leaking {
            0 => "none shows a leak".to_owned(),
            1 => "1 shows a leak".to_owned(),
            more => format!("{more} show a leak"),
        };
        let summary = match entries.len() {
            0 => "No profiles yet. `cargo heapmark profile all --bin NAME` profiles a program."
                .to_owned(),
            all => format!("{}: {found}.", plural(all, "profile")),
        };
        Some(Self {
            page: Page::new(
                "profiles.html",
                "Profiles",
                "Each profile is a separate run.",
            ),
            summary,
            entries,
            matrix: measurement.map(MatrixTable::new),
            agreement: measurement.and_then(AgreementTable::new),
        })
    }
}
