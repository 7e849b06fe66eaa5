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
mod halves;
mod icon;
mod json;
mod lazy;
mod pages;
mod path;
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

/// Every file of the site: its address relative to the root, and its bytes.
///
/// # Errors
///
/// [`RenderError`] where a template and its model disagree.
pub fn site(site: &view::Site) -> Result<BTreeMap<String, Vec<u8>>, RenderError> {
    let mut files = BTreeMap::from([
        ("style.css".to_owned(), lean(STYLE).into_bytes()),
        ("site.js".to_owned(), script::whole().into_bytes()),
    ]);
    pages::add(site, &mut files)?;
    lazy::add(site, &mut files)?;
    if let Some(data) = &site.data {
        files.insert("data.json".to_owned(), json::bytes("data.json", data)?);
    }
    if let Some(table) = &site.table {
        files.insert("data.csv".to_owned(), csv::bytes(table));
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
