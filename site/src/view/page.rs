//! What every page has: address, title, relative path to the root, and footer.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::snapshot::Snapshot;
use heapmark_model::format;

/// The frame of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Page {
    /// Its address, relative to the root of the site.
    pub path: String,
    /// The relative path from the page to the root: empty, or one `../` per folder.
    pub root: String,
    /// The address of its model as JSON, relative to the root of the site.
    pub json: String,
    /// The title, without the name of the site.
    pub title: String,
    /// The footer, which states when the numbers were measured.
    pub footer: String,
    /// The pages above this one, outermost first.
    pub trail: Vec<Link>,
}

/// A link to another page of the site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Its text.
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

/// The footer of every page.
pub(super) fn footer(snapshot: Option<&Snapshot<'_>>) -> String {
    let Some(snapshot) = snapshot else {
        return "No measurements yet.".to_owned();
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
    format!("group/{}.html", part(group))
}

/// The address of the page of the case `id`, which is unique to this id.
pub(super) fn case_path(id: &str) -> String {
    let parts: Vec<String> = id.split('/').map(part).collect();
    format!("case/{}.html", parts.join("/"))
}

/// Longest name, in bytes, that is used whole as a part of an address. File systems allow 255.
const WHOLE: usize = 100;

/// Characters of a longer name that are kept.
const READABLE: usize = 60;

/// Digits of the hash that makes such a name unique.
const HASH_DIGITS: usize = 12;

/// `name` as one part of an address and as the name of a file.
///
/// Names from which `group!` makes ids are used as they are, but a record can contain any name. A
/// name is replaced by its letters in lower case and a hash if it is too long, is not a valid file
/// name on some system, or contains characters other than lower-case ASCII letters, digits and
/// `_`, `-`, `~` and `.`.
pub(super) fn part(name: &str) -> String {
    let is_plain = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '_' | '-' | '~' | '.');
    if (1..=WHOLE).contains(&name.len()) && name.chars().all(is_plain) && is_file_name(name) {
        return name.to_owned();
    }
    let readable = name.chars().take(READABLE).map(|c| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => c.to_ascii_lowercase(),
        _ => '-',
    });
    let mut part: String = readable.collect();
    part.push('-');
    let digest = Sha256::digest(name);
    let digits = digest.iter().map(|byte| format!("{byte:02x}"));
    part.extend(digits.take(HASH_DIGITS / 2));
    part
}

/// Whether `name` is valid for files and folders on every system, and does not end like a page.
fn is_file_name(name: &str) -> bool {
    let (stem, _) = name.split_once('.').unwrap_or((name, ""));
    let is_device = matches!(stem, "con" | "prn" | "aux" | "nul")
        || matches!(stem.strip_prefix("com").or(stem.strip_prefix("lpt")), Some(rest) if rest.len() == 1);
    let end = name.rsplit_once('.').map(|(_, end)| end);
    !stem.is_empty() && !is_device && !matches!(end, Some("" | "html" | "json" | "js"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Page, case_path, group_path, part};

    #[test]
    fn an_address_leads_back_to_the_root() {
        assert_eq!(Page::new("index.html", "", "").root, "");
        assert_eq!(Page::new("case/a/b/64.html", "", "").root, "../../../");
        assert_eq!(Page::new("case/a.html", "", "").json, "case/a.json");
    }

    #[test]
    fn an_id_of_either_form_is_an_address() {
        assert_eq!(case_path("a/vec_alloc/64"), "case/a/vec_alloc/64.html");
        assert_eq!(case_path("a/~2e.~2e.~2f.x~"), "case/a/~2e.~2e.~2f.x~.html");
        assert_eq!(
            group_path("string_allocations"),
            "group/string_allocations.html"
        );
    }

    #[test]
    fn a_part_that_no_file_can_have_gets_a_hash() {
        let long = "x".repeat(300);
        let names = [
            "", ".", "..", ".hidden", "a.", "A", "a b", "日", "con", "nul.x", "com1", "a.html",
            "a.js", "\0", &long,
        ];
        let mut seen = BTreeSet::new();
        for name in names {
            let made = part(name);
            let is_safe = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '_' | '-');
            assert!(made.chars().all(is_safe) && made.len() <= 100, "{made}");
            assert_ne!(made, name);
            assert!(seen.insert(made), "{name:?}");
        }
    }

    #[test]
    fn two_names_share_no_address_where_case_is_folded() {
        let ids = [
            "a/x y", "a/x/y", "a/x-y", "a/X-y", "a/", "a", "../a", "/a", "a//x", "a/x~", "a/x",
        ];
        let paths: BTreeSet<String> = ids.iter().map(|id| case_path(id).to_lowercase()).collect();
        assert_eq!(paths.len(), ids.len(), "{paths:?}");
        let groups = ["Maps", "maps", "ma ps", "ma-ps"].map(group_path);
        assert_eq!(groups.iter().collect::<BTreeSet<_>>().len(), groups.len());
    }
}
