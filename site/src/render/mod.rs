//! Turns page models into pages, charts and data files. It does not read records or the store.
//!
//! ```text
//!             ┌─ templates (site/templates) ─┐
//! view::Site ─┼─ charts (SVG)               ─┼─▶ address → bytes
//!             └─ JSON, CSV, assets          ─┘
//! ```
//!
//! This module decides only how a page looks; texts, order and numbers come from the view. It uses
//! no clock and no unordered map, so that equal models give equal bytes.

mod chart;
mod csv;
mod icon;
mod json;
mod lazy;
mod markdown;
mod pages;
mod path;
mod script;
mod svg;

use std::collections::BTreeMap;
use std::iter;

use rayon::prelude::*;

use crate::view;
use pages::Pages;

/// The style sheet of all pages.
const STYLE: &str = include_str!("../../assets/style.css");

/// Why a site could not be rendered. Both are bugs in heapmark, not in the records.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A template does not match its model.
    #[error("cannot render {page}: {source}; this is a bug in heapmark")]
    Template {
        /// The page.
        page: String,
        /// The error of the template engine.
        source: Box<tera::Error>,
    },
    /// A model cannot be written as JSON.
    #[error("cannot write {page} as JSON: {source}; this is a bug in heapmark")]
    Json {
        /// The page.
        page: String,
        /// The error of the serializer.
        source: serde_json::Error,
    },
}

/// `text` of a style sheet or script without indentation and comments.
fn lean(text: &str) -> String {
    let is_comment = |line: &str| {
        let block = line.starts_with("/*") && line.ends_with("*/");
        line.is_empty() || line.starts_with("//") || block
    };
    let lines = text.lines().map(str::trim);
    let kept: Vec<&str> = lines.filter(|line| !is_comment(line)).collect();
    kept.join("\n") + "\n"
}

/// Optional pages of a site. If a site has one of them, all of its pages link to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Linked {
    /// The page about allocators.
    pub allocators: bool,
    /// The page about contention.
    pub contention: bool,
    /// The list of profiles.
    pub profiles: bool,
}

impl Linked {
    fn from_site(site: &view::Site) -> Self {
        Self {
            allocators: site.allocators.is_some(),
            contention: site.contention.is_some(),
            profiles: site.profiles.is_some(),
        }
    }
}

/// The page of a comparison and its model, for a folder of a site; `linked` states which optional
/// pages the site has.
///
/// # Errors
///
/// [`RenderError`] if the template does not match its model.
pub fn comparison(
    page: &view::comparison::ComparePage,
    linked: Linked,
) -> Result<BTreeMap<String, Vec<u8>>, RenderError> {
    Ok(Pages::new(linked)?.comparison(page)?.into_iter().collect())
}

/// The page of a profile and its model, for a folder of a site.
///
/// # Errors
///
/// [`RenderError`] if the template does not match its model.
pub fn profile(
    page: &view::profile::ProfilePage,
    linked: Linked,
) -> Result<BTreeMap<String, Vec<u8>>, RenderError> {
    Ok(Pages::new(linked)?.profile(page)?.into_iter().collect())
}

/// Every file of the site: its address relative to the root, and its bytes.
///
/// # Errors
///
/// [`RenderError`] if a template does not match its model.
pub fn site(site: &view::Site) -> Result<BTreeMap<String, Vec<u8>>, RenderError> {
    let pages = Pages::new(Linked::from_site(site))?;
    // The front page takes longest. It comes first, so that no core waits for it at the end.
    let parts = iter::once(Part::Index)
        .chain(site.groups.iter().map(Part::Group))
        .chain([Part::Data, Part::Frame])
        .chain(site.cases.iter().map(Part::MeasuredCase))
        .chain(site.histories.iter().map(Part::History));
    let parts: Vec<Part<'_>> = parts.collect();
    let files = parts
        .par_iter()
        .with_max_len(1)
        .map(|part| part.files(site, &pages))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(files.into_iter().flatten().collect())
}

/// A file's address and its bytes.
type File = (String, Vec<u8>);

/// A part of the site that is rendered separately, on any core.
enum Part<'a> {
    Index,
    Group(&'a view::GroupPage),
    MeasuredCase(&'a view::CasePage),
    /// The data of the charts of a case.
    History(&'a view::CaseHistory),
    /// The data files for programs, and the runs that all charts share.
    Data,
    /// All other pages and assets.
    Frame,
}

impl Part<'_> {
    fn files(&self, site: &view::Site, pages: &Pages) -> Result<Vec<File>, RenderError> {
        match self {
            Self::Index => pages.index(&site.index),
            Self::Group(group) => pages.group(group),
            Self::MeasuredCase(case) => pages.case(case),
            Self::History(history) => Ok(vec![lazy::case(history)?]),
            Self::Data => data(site),
            Self::Frame => {
                let mut files = pages.frame(site)?;
                files.push(("style.css".to_owned(), lean(STYLE).into_bytes()));
                files.push(("site.js".to_owned(), script::whole().into_bytes()));
                Ok(files)
            }
        }
    }
}

fn data(site: &view::Site) -> Result<Vec<File>, RenderError> {
    let mut files = Vec::new();
    if let Some(commits) = &site.commits {
        files.push(lazy::commits(commits)?);
    }
    if let Some(data) = &site.data {
        files.push(("data.json".to_owned(), json::bytes("data.json", data)?));
    }
    if let Some(table) = &site.table {
        files.push(("data.csv".to_owned(), csv::bytes(table)));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::lean;

    #[test]
    fn comments_and_indentation_are_removed() {
        let text = "/* why */\n\na {\n  b: c; /* kept */\n}\n// and\n  // so on\n";
        assert_eq!(lean(text), "a {\nb: c; /* kept */\n}\n");
    }
}
