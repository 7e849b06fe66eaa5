//! What every page has: its address, its title, the way back to the root, the footer.

use std::collections::BTreeSet;

use serde::Serialize;

use super::snapshot::Snapshot;
use crate::format;

/// The frame of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Page {
    /// Its address, relative to the root of the site.
    pub path: String,
    /// What leads from the page to the root: empty, or one `../` a folder.
    pub root: String,
    /// The address of its model as JSON, relative to the root of the site.
    pub json: String,
    /// The title, without the name of the site.
    pub title: String,
    /// Where the numbers come from, for the foot of the page.
    pub footer: String,
    /// The pages above this one.
    pub trail: Vec<Link>,
}

/// A link to another page of the site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// What it says.
    pub text: String,
    /// Its target, relative to the root of the site.
    pub href: String,
}

impl Page {
    pub(super) fn new(path: &str, title: &str, footer: &str) -> Self {
        let stem = path.strip_suffix(".html").unwrap_or(path);
        Self {
            path: path.to_owned(),
            root: "../".repeat(path.matches('/').count()),
            json: format!("{stem}.json"),
            title: title.to_owned(),
            footer: footer.to_owned(),
            trail: Vec::new(),
        }
    }

    pub(super) fn below(mut self, trail: Vec<Link>) -> Self {
        self.trail = trail;
        self
    }
}

impl Link {
    pub(super) fn new(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            href: href.into(),
        }
    }
}

/// The line at the foot of every page.
pub(super) fn footer(snapshot: Option<&Snapshot<'_>>) -> String {
    let Some(snapshot) = snapshot else {
        return "Nothing was measured yet.".to_owned();
    };
    let run = snapshot.newest;
    format!(
        "Measured {} by heapmark {}. Numbers are per iteration.",
        format::date(&run.measured_at),
        run.heapmark
    )
}

/// The address of a group's page.
pub(super) fn group_path(group: &str) -> String {
    format!("group/{}.html", safe(group))
}

/// Gives every case an address of its own.
#[derive(Default)]
pub(super) struct CasePaths {
    taken: BTreeSet<String>,
}

impl CasePaths {
    /// The address of the page of the case `id`.
    ///
    /// Ids that `group!` makes are addresses already. A record may hold anything, so an id that
    /// could leave the folder, or that differs from another only in what an address cannot hold,
    /// is changed until it is safe and new.
    pub(super) fn assign(&mut self, id: &str) -> String {
        let parts: Vec<String> = id.split('/').map(safe).collect();
        let stem = format!("case/{}", parts.join("/"));
        let mut path = format!("{stem}.html");
        let mut number = 2;
        while !self.taken.insert(path.clone()) {
            path = format!("{stem}-{number}.html");
            number += 1;
        }
        path
    }
}

/// `part` as one part of an address: ASCII letters, digits, `_` and `-`, at most 100 of them.
pub(super) fn safe(part: &str) -> String {
    let safe: String = part
        .chars()
        .take(100)
        .map(|character| match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '-' => character,
            _ => '-',
        })
        .collect();
    if safe.is_empty() {
        "-".to_owned()
    } else {
        safe
    }
}

#[cfg(test)]
mod tests {
    use super::{CasePaths, Page, group_path};

    #[test]
    fn an_address_leads_back_to_the_root() {
        assert_eq!(Page::new("index.html", "", "").root, "");
        assert_eq!(Page::new("case/a/b/64.html", "", "").root, "../../../");
        assert_eq!(Page::new("case/a.html", "", "").json, "case/a.json");
    }

    #[test]
    fn an_id_cannot_leave_its_folder() {
        let mut paths = CasePaths::default();
        assert_eq!(paths.assign("a/vec_alloc/64"), "case/a/vec_alloc/64.html");
        assert_eq!(paths.assign("../../etc"), "case/--/--/etc.html");
        assert_eq!(paths.assign("/"), "case/-/-.html");
        assert_eq!(group_path("../x"), "group/---x.html");
    }

    #[test]
    fn two_ids_never_share_an_address() {
        let mut paths = CasePaths::default();
        assert_eq!(paths.assign("a/x y"), "case/a/x-y.html");
        assert_eq!(paths.assign("a/x/y"), "case/a/x/y.html");
        assert_eq!(paths.assign("a/x-y"), "case/a/x-y-2.html");
    }
}
