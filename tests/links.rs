//! Checks every relative link in the Markdown pages of the repository: file and heading must exist.

#![expect(
    clippy::unwrap_used,
    reason = "a test may unwrap: its panic is its verdict"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// Folders whose Markdown files are read, in addition to those at the top of the repository.
const FOLDERS: [&str; 2] = ["docs", "results"];

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = markdown(root);
    for folder in FOLDERS {
        collect(&root.join(folder), &mut pages);
    }
    assert!(pages.len() > 8, "only {} pages were found", pages.len());
    let dead: Vec<String> = pages
        .iter()
        .flat_map(|page| dead_links(page, &fs::read_to_string(page).unwrap()))
        .collect();
    assert!(dead.is_empty(), "\n{}\n", dead.join("\n"));
}

#[test]
fn a_dead_link_is_found() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    for link in ["docs/nowhere.md", "docs/format.md#nowhere", "#nowhere"] {
        let text = format!("# Top\n\nSee [this]({link}).\n");
        assert_eq!(dead_links(&page, &text).len(), 1, "{link}");
    }
    for link in ["docs/format.md#the-record", "#top", "https://example.com/"] {
        let text = format!("# Top\n\nSee [this]({link}).\n");
        assert_eq!(dead_links(&page, &text), Vec::<String>::new(), "{link}");
    }
}

fn dead_links(page: &Path, text: &str) -> Vec<String> {
    let mut dead = Vec::new();
    for link in links(text) {
        let (file, heading) = link.split_once('#').unwrap_or((link, ""));
        let folder = page.parent().unwrap();
        let target = if file.is_empty() {
            page.to_owned()
        } else {
            folder.join(file)
        };
        let leads = target.exists()
            && (heading.is_empty() || {
                let there = fs::read_to_string(&target).unwrap_or_default();
                let there = if file.is_empty() { text } else { &there };
                headings(there).any(|known| known == heading)
            });
        if !leads {
            dead.push(format!(
                "{}: the target of `{link}` does not exist",
                page.display()
            ));
        }
    }
    dead
}

/// The targets of links within the repository.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = prose(text).flat_map(|line| line.split("](").skip(1));
    let targets = targets.filter_map(|rest| rest.split_once(')').map(|(link, _)| link));
    targets.filter(|link| !link.contains("://") && !link.starts_with("mailto:"))
}

/// The anchors that GitHub makes from headings.
fn headings(text: &str) -> impl Iterator<Item = String> {
    let headings = prose(text).filter(|line| line.starts_with('#'));
    headings.map(|line| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title
            .chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.collect::<String>().replace(' ', "-")
    })
}

/// Lines outside of fenced blocks.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    text.lines().filter(move |line| {
        let fence = line.starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

fn markdown(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect()
}

fn collect(folder: &Path, pages: &mut Vec<PathBuf>) {
    pages.extend(markdown(folder));
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, pages);
        }
    }
}
