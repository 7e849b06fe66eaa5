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
mod pages;
mod script;
mod svg;

use std::collections::BTreeMap;

use crate::view;

/// The style sheet of all pages.
const STYLE: &str = include_str!("../../site/assets/style.css");

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

/// Every file of the site: its address relative to the root, and its bytes.
///
/// # Errors
///
/// [`RenderError`] where a template and its model disagree.
pub fn site(site: &view::Site) -> Result<BTreeMap<String, Vec<u8>>, RenderError> {
    let mut files = BTreeMap::from([
        ("style.css".to_owned(), STYLE.as_bytes().to_vec()),
        ("site.js".to_owned(), script::whole().into_bytes()),
    ]);
    pages::add(site, &mut files)?;
    if let Some(data) = &site.data {
        files.insert("data.json".to_owned(), json::bytes("data.json", data)?);
    }
    if let Some(table) = &site.table {
        files.insert("data.csv".to_owned(), csv::bytes(table));
    }
    Ok(files)
}
