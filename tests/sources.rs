//! The lists of source files are complete: `cargo heapmark` builds from them.

#![expect(
    clippy::unwrap_used,
    reason = "a test may unwrap: its panic is its verdict"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The paths in the list of the package at `root`.
fn listed(root: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(root.join("src/sources.rs")).unwrap();
    let names = text.lines().filter_map(|line| {
        let line = line.trim().trim_start_matches('(');
        let path = line.strip_prefix('"')?.split('"').next()?;
        Some(path.to_owned())
    });
    names.collect()
}

/// The files that a build of the package at `root` reads. Modules of tests are not compiled.
fn needed(root: &Path, folders: &[&str]) -> BTreeSet<String> {
    let mut found = BTreeSet::from(["Cargo.toml".to_owned()]);
    for folder in folders {
        collect(root, &root.join(folder), &mut found);
    }
    found
}

fn collect(root: &Path, folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            collect(root, &path, found);
        } else if name.ends_with(".rs")
            && name != "tests.rs"
            && name != "sources.rs"
            && !name.ends_with("_tests.rs")
        {
            let relative = path.strip_prefix(root).unwrap();
            found.insert(relative.to_string_lossy().replace('\\', "/"));
        }
    }
}

#[test]
fn the_list_of_the_library_is_complete() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let needed = needed(root, &["src", "compat"]);
    assert!(needed.len() > 90, "only {} files were found", needed.len());
    assert_eq!(listed(root), needed, "update src/sources.rs");
}

#[test]
fn the_list_of_the_model_is_complete() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("model");
    let needed = needed(&root, &["src"]);
    assert!(needed.len() > 70, "only {} files were found", needed.len());
    assert_eq!(listed(&root), needed, "update model/src/sources.rs");
}
