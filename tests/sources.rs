//! The lists of source files are complete: `cargo heapmark` builds from them.

#![expect(
    clippy::unwrap_used,
    reason = "a test may unwrap: its panic is its verdict"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

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

/// Compares the list with the files, or writes it if `HEAPMARK_BLESS` is set.
fn check(root: &Path, needed: &BTreeSet<String>) {
    let list = root.join("src/sources.rs");
    if std::env::var_os("HEAPMARK_BLESS").is_some() {
        let text = fs::read_to_string(&list).unwrap();
        let (head, _) = text.split_once("&[\n").unwrap();
        let lines = needed.iter().map(|path| {
            let relative = match path.strip_prefix("src/") {
                Some(inside) => inside.to_owned(),
                None => format!("../{path}"),
            };
            format!("(\"{path}\", include_str!(\"{relative}\")),\n")
        });
        fs::write(
            &list,
            format!("{head}&[\n{}];\n", lines.collect::<String>()),
        )
        .unwrap();
        let formatted = Command::new("rustfmt").arg(&list).status().unwrap();
        assert!(formatted.success());
    }
    let advice = "run this test with HEAPMARK_BLESS=1 to write the list";
    assert_eq!(&listed(root), needed, "{advice}");
}

#[test]
fn the_list_of_the_library_is_complete() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let needed = needed(root, &["src", "compat"]);
    assert!(needed.len() > 90, "only {} files were found", needed.len());
    check(root, &needed);
}

#[test]
fn the_list_of_the_model_is_complete() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("model");
    let needed = needed(&root, &["src"]);
    assert!(needed.len() > 70, "only {} files were found", needed.len());
    check(&root, &needed);
}
