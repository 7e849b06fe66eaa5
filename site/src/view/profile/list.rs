//! The page that lists all profiles, and what tools see of each leak pattern.

use serde::Serialize;

use super::ProfileEntry;
use crate::view::page::Page;
use crate::view::tools::{AgreementTable, MatrixTable, newest};
use heapmark_model::format::plural;
use heapmark_model::record::{ToolStudy, ToolSubject};

/// The list of profiles.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProfilesPage {
    /// The frame.
    pub page: Page,
    /// What is there, in a sentence.
    pub summary: String,
    /// The profiles, the newest first.
    pub entries: Vec<ProfileEntry>,
    /// What tools see; absent where nobody has asked.
    pub matrix: Option<MatrixTable>,
    /// Whether tools count the same; absent where nobody has asked.
    pub agreement: Option<AgreementTable>,
}

impl ProfilesPage {
    /// `None` where there is nothing to show.
    pub(in crate::view) fn new(entries: &[ProfileEntry], tools: &[ToolStudy]) -> Option<Self> {
        let study = newest(tools, ToolSubject::Server);
        if entries.is_empty() && study.is_none() {
            return None;
        }
        let mut entries = entries.to_vec();
        entries.sort_by(|left, right| {
            let newest = |entry: &ProfileEntry| (entry.measured_at.clone(), entry.href.clone());
            newest(right).cmp(&newest(left))
        });
        let leaking = entries.iter().filter(|entry| entry.leaks).count();
        let found = match leaking {
            0 => "none finds a leak by its tool's rule".to_owned(),
            1 => "1 finds a leak by its tool's rule".to_owned(),
            more => format!("{more} find a leak by their tool's rule"),
        };
        let summary = match entries.len() {
            0 => "`cargo xtask profile TOOL` adds a profile of a server.".to_owned(),
            all => format!("{} of servers; {found}.", plural(all, "profile")),
        };
        Some(Self {
            page: Page::new(
                "profiles.html",
                "Profiles",
                "Each profile is a run of its own.",
            ),
            summary,
            entries,
            matrix: study.map(MatrixTable::new),
            agreement: study.and_then(AgreementTable::new),
        })
    }
}
