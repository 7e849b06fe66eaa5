//! Compares the public API of the library, as rustdoc lists it, with `docs/public-api.txt`.
//!
//! After an intended change, `HEAPMARK_BLESS=1 cargo test --test public_api` writes that file anew.

#![expect(
    clippy::unwrap_used,
    reason = "a test may unwrap: its panic is its verdict"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;

/// Runs rustdoc and returns the folder of the pages of the library.
fn pages() -> PathBuf {
    // The folder of the whole workspace, whose metadata of dependencies rustdoc reuses.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let output = Command::new(env!("CARGO"))
        .args([
            "doc",
            "--package",
            "heapmark",
            "--no-deps",
            "--all-features",
        ])
        .arg("--target-dir")
        .arg(target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    target.join("doc/heapmark")
}

/// Every item and its members, as in `struct leak::Detector` and
/// `struct leak::Detector::run`.
fn listing(pages: &Path) -> BTreeSet<String> {
    let all = fs::read_to_string(pages.join("all.html")).unwrap();
    let link = Regex::new(r#"<li><a href="([^"]*/)?(\w+)\.(\w+)\.html">"#).unwrap();
    let mut listing = BTreeSet::new();
    for found in link.captures_iter(&all) {
        let folder = found.get(1).map_or("", |folder| folder.as_str());
        let (kind, name) = (&found[2], &found[3]);
        let path = format!("{}{name}", folder.replace('/', "::"));
        listing.insert(format!("{kind} {path}"));
        let page = pages.join(format!("{folder}{kind}.{name}.html"));
        for part in parts(&fs::read_to_string(page).unwrap()) {
            listing.insert(format!("{kind} {path}::{part}"));
        }
    }
    listing
}

/// The members that an item defines itself: methods, fields and variants. Members of trait
/// implementations are left out.
fn parts(page: &str) -> BTreeSet<String> {
    let others = Regex::new(r#"id="(?:trait|synthetic|blanket)-implementations""#).unwrap();
    let own = others.splitn(page, 2).next().unwrap();
    let part =
        Regex::new(r#"id="(?:method|tymethod|structfield|variant|associatedconstant)\.(\w+)""#)
            .unwrap();
    part.captures_iter(own)
        .map(|found| found[1].to_owned())
        .collect()
}

#[test]
fn the_public_api_is_as_listed_and_contains_no_internal_names() {
    let listing = listing(&pages());
    let text: String = listing.iter().map(|line| format!("{line}\n")).collect();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/public-api.txt");
    if std::env::var_os("HEAPMARK_BLESS").is_some() {
        fs::write(&file, &text).unwrap();
    }
    let agreed = fs::read_to_string(&file).unwrap();
    let agreed: BTreeSet<String> = agreed.lines().map(str::to_owned).collect();
    let added: Vec<_> = listing.difference(&agreed).collect();
    let removed: Vec<_> = agreed.difference(&listing).collect();
    assert!(
        added.is_empty() && removed.is_empty(),
        "added: {added:#?}\nremoved: {removed:#?}"
    );
    let modules = ["arena", "criterion", "leak", "live", "pool", "stats"];
    for line in &listing {
        let (_, path) = line.split_once(' ').unwrap();
        assert!(!path.contains("__"), "{line} is an internal name");
        let module = path.split("::").next().unwrap();
        let is_module = module.starts_with(|first: char| first.is_lowercase())
            && path.contains("::")
            && !line.starts_with("macro ");
        assert!(!is_module || modules.contains(&module), "{line}");
    }
}

#[test]
fn members_of_an_item_are_listed_and_those_of_its_traits_are_not() {
    let page = r#"<section id="method.run" class="method"><span id="structfield.steps">
        <h2 id="trait-implementations"><section id="method.clone" class="method">"#;
    let own = BTreeSet::from(["run".to_owned(), "steps".to_owned()]);
    assert_eq!(parts(page), own);
}
