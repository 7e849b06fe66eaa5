//! Reads rendered pages: enough of HTML to find links, attributes and text.

use std::collections::BTreeMap;

use heapmark_model::history::History;
use heapmark_model::record::Run;
use heapmark_site::{render, view};
use serde_json::Value;

/// A rendered site.
pub struct Site {
    /// Path and content of each file.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// The site of `runs`.
pub fn render(runs: &[Run]) -> Site {
    render_input(&view::Input {
        history: &History::from_runs(runs),
        unrecorded: None,
        ..view::Input::default()
    })
}

/// The site of `input`.
pub fn render_input(input: &view::Input<'_>) -> Site {
    let files = render::site(&view::site(input)).expect("templates fit their models");
    Site { files }
}

impl Site {
    /// The content of the file at `path`.
    pub fn text(&self, path: &str) -> &str {
        let bytes = self.files.get(path);
        let bytes = bytes.unwrap_or_else(|| panic!("no file at {path}"));
        std::str::from_utf8(bytes).expect("pages are UTF-8")
    }

    /// The content of the file at `path` as JSON.
    pub fn json(&self, path: &str) -> Value {
        serde_json::from_str(self.text(path)).expect("data files are JSON")
    }

    /// Path and content of every page.
    pub fn pages(&self) -> impl Iterator<Item = (&str, &str)> {
        let html = self.files.keys().filter(|path| path.ends_with(".html"));
        html.map(|path| (path.as_str(), self.text(path)))
    }
}

/// The values of every attribute `name` in `html`.
pub fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let opening = format!(" {name}=\"");
    let values = html.split(&opening).skip(1);
    values.filter_map(|rest| rest.split('"').next()).collect()
}

/// The text between the first `from` and the next `to`.
pub fn between<'a>(html: &'a str, from: &str, to: &str) -> &'a str {
    let rest = html.split_once(from).map_or("", |(_, rest)| rest);
    rest.split_once(to).map_or("", |(found, _)| found)
}

/// The path to which `href` leads from the page at `path`; `None` for a fragment.
pub fn resolve(path: &str, href: &str) -> Option<String> {
    let href = href.split('#').next().unwrap_or_default();
    // The icon is part of each page, so that no request is needed for it.
    if href.is_empty() || href.starts_with("data:") {
        return None;
    }
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in href.split('/') {
        match part {
            ".." => {
                parts.pop().expect("a link stays inside of the site");
            }
            other => parts.push(other),
        }
    }
    Some(parts.join("/"))
}
