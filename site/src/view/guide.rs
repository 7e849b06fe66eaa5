//! The guide to leak patterns: the text of site/guide/leak-patterns.md, with the results of the
//! newest run for each pattern.

use serde::Serialize;

use super::growth::{GrowingCase, LeakPage, LeakPair};
use super::page::{Link, Page};
use super::source::Source;

const TEXT: &str = include_str!("../../guide/leak-patterns.md");
/// Its address.
pub(super) const PATH: &str = "guide/leak-patterns.html";

/// The guide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GuidePage {
    /// The frame.
    pub page: Page,
    /// The text before the first pattern, as Markdown.
    pub introduction: String,
    /// The patterns.
    pub sections: Vec<GuideSection>,
    /// The run that the numbers are from.
    pub source: Option<Source>,
}

/// A pattern: why it happens, how to see it, and how to fix it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GuideSection {
    /// Its title, as Markdown.
    pub title: String,
    /// Its anchor on the page.
    pub anchor: String,
    /// The text, as Markdown.
    pub text: String,
    /// Its problem and its solutions, as they were measured.
    pub cases: Vec<GrowingCase>,
}

/// A row of the table at the beginning of the text: `| [title](#anchor) | `cases` |`.
struct Row {
    title: &'static str,
    anchor: &'static str,
    /// The prefix of the ids of its cases.
    cases: &'static str,
}

impl GuidePage {
    /// `None` if none of the patterns was measured, as in another suite.
    pub(super) fn new(leaks: &LeakPage, footer: &str) -> Option<Self> {
        let (introduction, rest) = TEXT.split_once("\n## ")?;
        let is_of_table = |line: &&str| line.starts_with('|');
        let prose = introduction
            .lines()
            .skip(1)
            .filter(|line| !is_of_table(line));
        let sections = rest.split("\n## ").filter_map(|section| {
            let (title, text) = section.split_once('\n')?;
            let row = rows().find(|row| row.title == title)?;
            let pair = leaks.pairs.iter().find(|pair| row.is_of(pair));
            Some(GuideSection {
                title: title.to_owned(),
                anchor: row.anchor.to_owned(),
                text: text.trim().to_owned(),
                cases: pair.map_or_else(Vec::new, |pair| pair.cases.clone()),
            })
        });
        let sections: Vec<GuideSection> = sections.collect();
        sections
            .iter()
            .any(|section| !section.cases.is_empty())
            .then(|| {
                let above = vec![Link::new("Leaks", "leaks.html")];
                Self {
                    page: Page::new(PATH, "Leak patterns", footer).below(above),
                    introduction: prose.collect::<Vec<_>>().join("\n").trim().to_owned(),
                    sections,
                    source: leaks.source.clone(),
                }
            })
    }
}

/// The address of the section that explains a pair, relative to the root of the site.
pub(super) fn place_of(pair: &LeakPair) -> Option<String> {
    let row = rows().find(|row| row.is_of(pair))?;
    Some(format!("{PATH}#{}", row.anchor))
}

fn rows() -> impl Iterator<Item = Row> {
    TEXT.lines().filter_map(|line| {
        let (title, rest) = line.strip_prefix("| [")?.split_once("](#")?;
        let (anchor, rest) = rest.split_once(") | `")?;
        let (cases, _) = rest.split_once('`')?;
        Some(Row {
            title,
            anchor,
            cases,
        })
    })
}

impl Row {
    fn is_of(&self, pair: &LeakPair) -> bool {
        let first = pair
            .cases
            .first()
            .and_then(|case| case.id.strip_prefix(self.cases));
        first.is_some_and(|rest| rest.starts_with('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::{TEXT, rows};

    #[test]
    fn every_section_of_the_text_has_a_row_and_every_row_a_section() {
        let titles: Vec<&str> = TEXT
            .lines()
            .filter_map(|line| line.strip_prefix("## "))
            .collect();
        let listed: Vec<&str> = rows().map(|row| row.title).collect();
        assert_eq!(titles, listed);
        assert!(titles.len() > 10);
    }
}
