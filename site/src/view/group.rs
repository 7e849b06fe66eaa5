//! The page of a group: its cases by question, with the best answers.

use serde::Serialize;

use super::case::base_name;
use super::choice::choose;
use super::page::{self, Link, Page};
use super::scaling::ScalingChart;
use super::snapshot::{MeasuredCase, Snapshot};
use super::source::Source;
use super::table::{self, Column, Row, Section};
use super::thumbnail::thumbnails;
use heapmark_model::format;

/// The page of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GroupPage {
    /// The frame.
    pub page: Page,
    /// The group's name.
    pub name: String,
    /// The description of the group in the suite; empty if the record has none.
    pub about: String,
    /// The number of its cases by status, in a sentence.
    pub summary: String,
    /// The run that the numbers are from.
    pub source: Source,
    /// The columns of numbers.
    pub columns: Vec<Column>,
    /// Its cases, one section per question; cases without a question come first.
    pub sections: Vec<Section>,
    /// All groups, this one included.
    pub groups: Vec<Link>,
}

/// The pages of all groups, in report order.
pub(super) fn pages(snapshot: &Snapshot<'_>, footer: &str) -> Vec<GroupPage> {
    let groups = snapshot.groups();
    let links = links(snapshot);
    let pages = groups.into_iter().map(|group| {
        let sections = sections(group, snapshot);
        let overview = vec![Link::new("Overview", "index.html")];
        GroupPage {
            page: Page::new(&page::group_path(group), group, footer).below(overview),
            name: group.to_owned(),
            about: about(group, snapshot),
            summary: summary(&sections, snapshot),
            source: Source::from_run(snapshot.newest),
            columns: table::columns(snapshot),
            sections,
            groups: links.clone(),
        }
    });
    pages.collect()
}

/// The description of the group in the suite; empty if the record has none.
fn about(group: &str, snapshot: &Snapshot<'_>) -> String {
    let mut groups = snapshot.newest.groups.iter();
    let known = groups.find(|known| known.name == group);
    known.map(|known| known.summary.clone()).unwrap_or_default()
}

/// A link to each group, in report order.
pub(super) fn links(snapshot: &Snapshot<'_>) -> Vec<Link> {
    let groups = snapshot.groups();
    let links = groups
        .into_iter()
        .map(|group| Link::new(group, page::group_path(group)));
    links.collect()
}

/// The cases of a group by their question, in the order the questions first appear.
fn sections(group: &str, snapshot: &Snapshot<'_>) -> Vec<Section> {
    let mut questions: Vec<(String, Vec<&MeasuredCase<'_>>)> = Vec::new();
    for case in snapshot.listed() {
        let info = &case.entry.case;
        if info.group != group {
            continue;
        }
        let question = info.question.clone().unwrap_or_default();
        match questions.iter_mut().find(|(name, _)| *name == question) {
            Some((_, answers)) => answers.push(case),
            None => questions.push((question, vec![case])),
        }
    }
    questions.sort_by_key(|(name, _)| !name.is_empty());
    let sections = questions.into_iter().map(|(name, answers)| {
        let mut rows: Vec<Row> = answers
            .iter()
            .map(|case| Row::new(case, snapshot))
            .collect();
        // Only answers to the same question are comparable.
        let timelines = thumbnails(&answers, !name.is_empty());
        for (row, timeline) in rows.iter_mut().zip(timelines) {
            row.timeline = timeline;
        }
        let choice = if name.is_empty() {
            Vec::new()
        } else {
            for (row, answer) in rows.iter_mut().zip(&answers) {
                row.name = answer_name(answer);
            }
            let chosen = choose(&answers, &mut rows);
            // The answer that leaks often allocates least.
            match answers.iter().any(|case| case.is_intentional_leak()) {
                true => Vec::new(),
                false => chosen,
            }
        };
        Section {
            href: page::group_path(group),
            size: format::plural(rows.len(), "case"),
            name,
            rows,
            choice,
            scaling: ScalingChart::new(&answers),
        }
    });
    sections.collect()
}

/// The name of an answer with its size, as in `compact_str, 24`.
fn answer_name(case: &MeasuredCase<'_>) -> String {
    let info = &case.entry.case;
    match info.parameter {
        Some(size) => format!("{}, {size}", info.variant),
        None => info.variant.clone(),
    }
}

/// The group in a sentence, as in `6 cases: 1 more, 5 same, compared with 3f2a91c`.
fn summary(sections: &[Section], snapshot: &Snapshot<'_>) -> String {
    let rows: Vec<&Row> = sections.iter().flat_map(|section| &section.rows).collect();
    let mut tally: Vec<(&str, usize)> = Vec::new();
    for status in rows.iter().flat_map(|row| &row.statuses) {
        match tally.iter_mut().find(|(word, _)| *word == status.word) {
            Some((_, count)) => *count += 1,
            None => tally.push((status.word, 1)),
        }
    }
    let words: Vec<String> = tally
        .iter()
        .map(|(word, count)| format!("{count} {word}"))
        .collect();
    let against =
        base_name(snapshot).map_or_else(String::new, |base| format!(", compared with {base}"));
    format!(
        "{}: {}{against}.",
        format::plural(rows.len(), "case"),
        words.join(", ")
    )
}
