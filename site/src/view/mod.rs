//! One typed model per page. All wording, ordering and formatting is decided here.
//!
//! ```text
//! past ─▶ series ─▶ snapshot ─┬─▶ Index ─┐
//!         (runs     (newest   ├─▶ Group  ├─▶ Site ─▶ render
//!         of one     numbers  ├─▶ Case   │
//!         history)   of each  ├─▶ About  │
//!                    case)    └─▶ Data  ─┘
//! ```
//!
//! This module contains no HTML, no I/O and no clock, so equal records give equal models, byte for
//! byte. Every model is published as JSON next to its page. Its fields are therefore a format that
//! tests and other tools read. Links in the models are relative to the root of the site.

mod about;
mod allocators;
mod axis;
mod case;
mod cell;
mod chart;
mod choice;
mod command;
pub mod comparison;
mod contention;
mod coverage;
mod data;
mod excerpt;
mod group;
mod growth;
mod guide;
mod headline;
mod heat;
mod history;
mod index;
mod lazy;
mod page;
mod past;
pub mod profile;
mod scaling;
mod series;
mod snapshot;
mod source;
mod status;
mod table;
mod thumbnail;
mod time_history;
mod timing;
mod toolchains;
mod tools;
mod varies;
mod verdicts;
mod worst;

pub use about::{About, Definition, Fact};
pub use allocators::findings_of as allocator_findings;
pub use axis::{Axis, Tick};
pub use case::{CasePage, Claim, ValueRow};
pub use cell::Cell;
pub use chart::{Class, ClassChart, Peak, TimelineChart};
pub use contention::findings_of as contention_findings;
pub use coverage::{CoverageRow, CoverageTable};
pub use data::{Data, DataEntry, Table};
pub use excerpt::Excerpt;
pub use group::GroupPage;
pub use growth::{GrowingCase, GrowthChart, LeakPage, LeakPair};
pub use guide::{GuidePage, GuideSection};
pub use headline::{Counts, Tile};
pub use heat::{HeatCell, HeatPage, HeatRow, HeatTable};
pub use history::{Dot, Mark, StepChart};
pub use index::{ChangedCase, FailedCase, Index};
pub use lazy::{CaseHistory, Commits};
pub use page::{Link, Page};
pub use past::PastChange;
pub use scaling::{ScalingChart, ScalingLine};
pub use source::Source;
pub use status::{Status, Tone};
pub use table::{Column, Row, Section};
pub use thumbnail::Thumbnail;
pub use time_history::TimeChart;
pub use timing::{Instructions, LaunchChart, Timing};
pub use toolchains::{ToolchainPage, ToolchainRow, ToolchainSection};
pub use tools::{AgreementTable, MatrixCell, MatrixRow, MatrixTable};
pub use varies::per_metric;

use std::collections::BTreeSet;

use serde::Serialize;

use heapmark_model::history::{Head, History};
use heapmark_model::record::{AllocatorRecord, Calibration, ContentionRecord, Run, ToolRecord};
use snapshot::Snapshot;

/// The input of the site.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// Every stored run, in any order. The runs that [`wanted`] returns must be loaded as whole
    /// records.
    pub history: &'a History,
    /// A run that was measured but not stored. The site shows it as the newest run, with a notice.
    pub unrecorded: Option<&'a Run>,
    /// A sentence for each record that could not be read.
    pub skipped: &'a [String],
    /// Retracted records.
    pub retracted: &'a [Retraction],
    /// Measurements of how reliable the intervals of times are, oldest first.
    pub calibrations: &'a [Calibration],
    /// Comparisons of allocators on the same work, oldest first.
    pub allocators: &'a [AllocatorRecord],
    /// Contention measurements, oldest first.
    pub contention: &'a [ContentionRecord],
    /// The source files of the cases of the [`newest`] run, as they were measured.
    pub sources: &'a [SourceFile],
    /// Profiles of servers that have a page on the site.
    pub profiles: &'a [profile::ProfileEntry],
    /// What memory tools report for known leaks, oldest first.
    pub tools: &'a [ToolRecord],
}

impl Default for Input<'_> {
    /// The input before the first measurement.
    fn default() -> Self {
        static NOTHING: History = History::EMPTY;
        Self {
            history: &NOTHING,
            unrecorded: None,
            skipped: &[],
            retracted: &[],
            calibrations: &[],
            allocators: &[],
            contention: &[],
            sources: &[],
            profiles: &[],
            tools: &[],
        }
    }
}

/// A retracted record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Retraction {
    /// Its file.
    pub path: String,
    /// Why it was wrong.
    pub reason: String,
}

/// A source file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Its path as in the cases, relative to the workspace.
    pub path: String,
    /// Its content.
    pub text: String,
}

/// The run that the site shows as the newest; `None` if there are no runs.
pub fn newest<'a>(input: &Input<'a>) -> Option<&'a Run> {
    if input.unrecorded.is_some() {
        return input.unrecorded;
    }
    let (series, _) = series::newest_first(input.history, None)?;
    input.history.whole(*series.records.last()?)
}

/// The records that the site needs as a whole, not only their numbers: the newest run, the run
/// that it is compared with, the last run of each removed case, and the runs of one commit under
/// two toolchains.
pub fn wanted(history: &History, unrecorded: Option<&Run>) -> BTreeSet<usize> {
    let fresh = unrecorded.map(|run| Head::new(run, None));
    snapshot::wanted(history, unrecorded, fresh.as_ref())
}

/// Every page and data file of the site.
#[derive(Clone, Debug, Serialize)]
pub struct Site {
    /// The front page.
    pub index: Index,
    /// One page per group, in report order.
    pub groups: Vec<GroupPage>,
    /// One page per case, in report order; removed cases come last.
    pub cases: Vec<CasePage>,
    /// The page about leaks.
    pub leaks: LeakPage,
    /// The guide to leak patterns; absent if the patterns were not measured.
    pub guide: Option<GuidePage>,
    /// The comparison of allocators; absent if none were compared.
    pub allocators: Option<HeatPage>,
    /// The page about contention; absent if it was not measured.
    pub contention: Option<HeatPage>,
    /// What another toolchain changes; absent if no commit was measured under two.
    pub toolchains: Option<ToolchainPage>,
    /// The list of profiles; absent if there are none.
    pub profiles: Option<profile::ProfilesPage>,
    /// How the numbers were measured, and on which machine.
    pub about: About,
    /// The page for an unknown address.
    pub missing: Page,
    /// The newest run for programs; absent if there is no run.
    pub data: Option<Data>,
    /// The same as a table for spreadsheets.
    pub table: Option<Table>,
    /// The runs of the series, for interactive charts; absent if there are none.
    #[serde(skip)]
    pub commits: Option<Commits>,
    /// The numbers of each case, for the same charts; in the order of `cases`.
    #[serde(skip)]
    pub histories: Vec<CaseHistory>,
}

/// The models of all pages.
pub fn site(input: &Input<'_>) -> Site {
    let fresh = input.unrecorded.map(|run| Head::new(run, None));
    let snapshot = Snapshot::new(input, fresh.as_ref());
    let footer = page::footer(snapshot.as_ref());
    let profiles = profile::ProfilesPage::new(input.profiles, input.tools);
    let missing = Page::new("404.html", "Page not found", &footer);
    let Some(snapshot) = snapshot else {
        return Site {
            index: Index::empty(input, &footer),
            groups: Vec::new(),
            cases: Vec::new(),
            leaks: LeakPage::empty(&footer),
            guide: None,
            allocators: allocators::page(input.allocators),
            contention: contention::page(input.contention),
            toolchains: None,
            profiles,
            about: About::empty(input, &footer),
            missing,
            data: None,
            table: None,
            commits: None,
            histories: Vec::new(),
        };
    };
    let leaks = LeakPage::new(&snapshot, input.tools, &footer);
    let marks = history::marks(&snapshot);
    let data = Data::new(&snapshot);
    let (cases, (index, groups)) = rayon::join(
        || case::pages(&snapshot, input, &marks, &footer),
        || {
            let index = Index::new(&snapshot, input, &footer);
            (index, group::pages(&snapshot, &footer))
        },
    );
    Site {
        index,
        groups,
        cases,
        guide: GuidePage::new(&leaks, &footer),
        leaks,
        allocators: allocators::page(input.allocators),
        contention: contention::page(input.contention),
        toolchains: toolchains::page(&snapshot, input.history, &footer),
        profiles,
        about: About::new(&snapshot, input, &footer),
        missing,
        table: Some(Table::new(&data)),
        data: Some(data),
        commits: Some(Commits::new(&snapshot, &marks)),
        histories: snapshot.cases.iter().map(CaseHistory::new).collect(),
    }
}
