//! Turns view-models into pages, charts and data files. Reads neither records nor the store.
//!
//! ```text
//!             ┌─ templates (site/templates) ─┐
//! view::Site ─┼─ charts (SVG)               ─┼─▶ address → bytes
//!             └─ JSON, CSV, assets          ─┘
//! ```
//!
//! Nothing is decided here but looks: words, order and numbers come from the view. There is no
//! clock and no map without order, so that equal models give equal bytes.

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

/// Why a site could not be rendered. Both are mistakes of heapmark, not of the records.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A template does not fit the model that it is given.
    #[error("cannot render {page}: {source}")]
    Template {
        /// The page.
        page: String,
        /// What the template engine says.
        source: Box<tera::Error>,
    },
    /// A model cannot be written as JSON.
    #[error("cannot write {page} as JSON: {source}")]
    Json {
        /// The page.
        page: String,
        /// What the serializer says.
        source: serde_json::Error,
    },
}

/// `text` of a style sheet or script without indentation and the comments that only we read.
fn lean(text: &str) -> String {
    let is_comment = |line: &str| {
        let block = line.starts_with("/*") && line.ends_with("*/");
        line.is_empty() || line.starts_with("//") || block
    };
    let lines = text.lines().map(str::trim);
    let kept: Vec<&str> = lines.filter(|line| !is_comment(line)).collect();
    kept.join("\n") + "\n"
}

/// Pages that not every site has, to which all pages of a site that has them link.
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
    fn of(site: &view::Site) -> Self {
        Self {
            allocators: site.allocators.is_some(),
            contention: site.contention.is_some(),
            profiles: site.profiles.is_some(),
        }
    }
}

/// The page of a comparison and its model, for a folder of the site's; `allocators` tells whether
/// that has a page about allocators.
///
/// # Errors
///
/// [`RenderError`] where the template and its model disagree.
pub fn comparison(
    page: &view::comparison::ComparePage,
    linked: Linked,
) -> Result<BTreeMap<String, Vec<u8>>, RenderError> {
    Ok(Pages::new(linked)?.comparison(page)?.into_iter().collect())
}

/// The page of a profile and its model, for a folder of the site's.
///
/// # Errors
///
/// [`RenderError`] where the template and its model disagree.
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
/// [`RenderError`] where a template and its model disagree.
pub fn site(site: &view::Site) -> Result<BTreeMap<String, Vec<u8>>, RenderError> {
    let pages = Pages::new(Linked::of(site))?;
    // The front page takes longest of all and comes first, so that no core waits for it at the end.
    let parts = iter::once(Part::Index)
        .chain(site.groups.iter().map(Part::Group))
        .chain([Part::Data, Part::Frame])
        .chain(site.cases.iter().map(Part::Case))
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

/// What is made on its own, on whichever core is free.
enum Part<'a> {
    Index,
    Group(&'a view::GroupPage),
    Case(&'a view::CasePage),
    /// The numbers behind the charts of a case.
    History(&'a view::CaseHistory),
    /// What a program reads, and the runs that all charts share.
    Data,
    /// What every site has, whatever was measured.
    Frame,
}

impl Part<'_> {
    fn files(&self, site: &view::Site, pages: &Pages) -> Result<Vec<File>, RenderError> {
        match self {
            Self::Index => pages.index(&site.index),
            Self::Group(group) => pages.group(group),
            Self::Case(case) => pages.case(case),
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
    fn what_only_we_read_is_not_sent() {
        let text = "/* why */\n\na {\n  b: c; /* kept */\n}\n// and\n  // so on\n";
        assert_eq!(lean(text), "a {\nb: c; /* kept */\n}\n");
    }
}
