//! Enforces docs/architecture.md: reads the rules from the page and checks every source file
//! against them. Planted faults show that the checker finds what it must find.

#![expect(
    clippy::unwrap_used,
    reason = "a test may unwrap: its panic is its verdict"
)]

#[path = "architecture/check.rs"]
mod check;
#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/source.rs"]
mod source;

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use check::{File, Roots, faults, roots};
use rules::Rules;

const PAGE: &str = include_str!("../docs/architecture.md");

static FILES: LazyLock<Vec<File>> = LazyLock::new(source_files);
static ROOTS: LazyLock<Roots> = LazyLock::new(|| roots(&FILES));

#[test]
fn every_file_keeps_the_rules_of_the_page() {
    let rules = Rules::parse(PAGE);
    assert!(FILES.len() > 40, "only {} files were found", FILES.len());
    let faults: Vec<String> = FILES
        .iter()
        .flat_map(|file| faults(&rules, &ROOTS, file))
        .collect();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn every_row_of_the_table_is_a_module() {
    for module in Rules::parse(PAGE).modules.keys() {
        let declared = ROOTS.values().any(|name| name == module);
        assert!(
            declared,
            "the table has a row for `{module}`, but the package has no such module"
        );
    }
}

#[test]
fn every_file_that_may_be_unsafe_exists() {
    for listed in Rules::parse(PAGE).unsafe_files {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&listed);
        assert!(path.exists(), "`{listed}` is listed but does not exist");
    }
}

#[test]
fn the_arrows_of_the_table_go_down_or_sideways() {
    let rules = Rules::parse(PAGE);
    for (module, allowed) in &rules.modules {
        for used in allowed.uses.iter().filter(|used| *used != "*") {
            let target = rules.modules.get(used);
            let target = target.unwrap_or_else(|| panic!("`{module}` → `{used}`: no such row"));
            assert!(
                target.layer <= allowed.layer,
                "`{module}` → `{used}` climbs"
            );
        }
    }
}

#[test]
fn the_arrows_of_the_table_do_not_form_a_cycle() {
    let mut left = Rules::parse(PAGE).modules;
    // A module that uses none of the remaining modules cannot be part of a cycle.
    while !left.is_empty() {
        let free = left.iter().find(|(module, allowed)| {
            !left
                .keys()
                .any(|other| other != *module && allowed.may_use(other))
        });
        let free = free.map(|(module, _)| module.clone());
        let Some(free) = free else {
            panic!("a cycle among {:?}", left.keys().collect::<Vec<_>>());
        };
        left.remove(&free);
    }
}

/// The faults that the checker finds in `text`, read as the file `path` of this repository.
fn planted(path: &str, text: &str) -> Vec<String> {
    let file = File {
        path: path.to_owned(),
        text: text.to_owned(),
    };
    faults(&Rules::parse(PAGE), &ROOTS, &file)
}

fn assert_refused(path: &str, text: &str, because: &str) {
    let faults = planted(path, text);
    assert_eq!(faults.len(), 1, "`{text}` in {path}: {faults:?}");
    assert!(faults[0].contains(because), "{faults:?}");
}

fn assert_taken(path: &str, text: &str) {
    let faults = planted(path, text);
    assert!(faults.is_empty(), "`{text}` in {path}: {faults:?}");
}

#[test]
fn a_forbidden_arrow_is_refused_with_file_and_line() {
    let text = "//! Pages.\n\nuse cargo_heapmark::store;\n";
    assert_refused(
        "site/src/render/page.rs",
        text,
        "site/src/render/page.rs:3: `site::render` uses `tool::store`",
    );
}

#[test]
fn a_forbidden_arrow_inside_nested_groups_is_refused() {
    let text = "use crate::{record, format::{self, bytes}, {history::{Head, History}}};";
    let faults = planted("model/src/launch/mod.rs", text);
    assert_eq!(faults.len(), 5, "{faults:?}");
    assert!(
        faults
            .iter()
            .any(|fault| fault.contains("`model::launch` uses `model::history`"))
    );
    assert_refused(
        "src/instruments/x.rs",
        "use crate::{alloc, harness};",
        "uses `lib::harness`",
    );
}

#[test]
fn a_forbidden_arrow_in_an_expression_is_refused() {
    let text = "fn load() { let _ = heapmark::leak::detect::<u8>(); }";
    assert_refused(
        "model/src/analysis/change.rs",
        text,
        "`model::analysis` uses `lib::leak`",
    );
}

#[test]
fn climbing_out_of_a_module_is_an_arrow() {
    assert_refused(
        "site/src/view/page/row.rs",
        "use super::super::super::render::render;",
        "`site::render`",
    );
    let view = "site/src/view/mod.rs";
    assert_refused(view, "use super::render::render;", "`site::render`");
    let inner = "mod tests { use super::super::super::render::render; }";
    assert_refused("site/src/view/page.rs", inner, "`site::render`");
    assert_refused(view, "use self::super::render;", "`site::render`");
}

#[test]
fn climbing_inside_a_module_is_not_an_arrow() {
    assert_taken("site/src/view/page/row.rs", "use super::super::Page;");
    assert_taken(
        "site/src/view/page.rs",
        "mod tests { use super::super::Page; use super::*; }",
    );
    assert_taken(
        "site/src/view/page.rs",
        "pub(crate) fn f(&self) { self.x } pub(super) struct A;",
    );
}

#[test]
fn a_re_export_is_an_arrow_to_where_the_name_lives() {
    assert_refused(
        "src/stacks/trace.rs",
        "use crate::Bencher;",
        "`lib::stacks` uses `lib::bencher`",
    );
    assert_refused(
        "site/src/view/page.rs",
        "use heapmark::Alloc as A;",
        "`site::view` uses `lib::alloc`",
    );
}

#[test]
fn naming_the_whole_crate_is_refused() {
    for text in [
        "use crate::*;",
        "use crate as all;",
        "use crate::{self as all};",
    ] {
        assert_refused("site/src/view/page.rs", text, "names the whole crate");
    }
    assert_refused(
        "site/src/view/mod.rs",
        "use super::*;",
        "names the whole crate",
    );
}

#[test]
fn an_unknown_name_is_refused() {
    assert_refused(
        "site/src/view/page.rs",
        "use crate::nowhere::X;",
        "neither a module",
    );
    let unknown = "unknown module `lib::nowhere`: add it to the table";
    assert_refused("src/nowhere/mod.rs", "", unknown);
}

#[test]
fn a_path_in_a_comment_or_string_is_not_an_arrow() {
    assert_taken(
        "site/src/view/page.rs",
        "//! use crate::render;\n/* unsafe { crate::render } */\n/// crate::render::render()\n\
         const A: &str = \"use crate::render; println!() unsafe\"; const B: &str = r#\"\"crate::render\"#;",
    );
}

#[test]
fn macros_expand_to_our_paths_only_in_listed_modules() {
    let text = "macro_rules! m { () => { $crate::__private::record }; }";
    assert_refused("src/pool/tally.rs", text, "not listed under `expansions`");
    assert_taken("src/bencher/group.rs", text);
    let nowhere = "macro_rules! m { () => { $crate::nowhere::X }; }";
    assert_refused("src/bencher/group.rs", nowhere, "neither a module");
}

#[test]
fn unsafe_outside_the_listed_files_is_refused() {
    let text = "fn f() {\n    unsafe { g() }\n}";
    assert_refused(
        "site/src/view/page.rs",
        text,
        "site/src/view/page.rs:2: `unsafe`",
    );
    assert_refused(
        "site/src/view/page.rs",
        "unsafe impl Send for A {}",
        "`unsafe`",
    );
    assert_taken("src/alloc/block.rs", text);
    assert_taken("site/src/view/page.rs", "#![forbid(unsafe_code)]");
}

#[test]
fn printing_in_a_package_is_refused() {
    assert_refused(
        "cargo-heapmark/src/cli/mod.rs",
        "fn f() { println!(\"x\"); }",
        "`println!`",
    );
    assert_refused(
        "cargo-heapmark/src/main.rs",
        "fn f() { std::eprintln!(); }",
        "`eprintln!`",
    );
    assert_taken("benches/x.rs", "fn f() { println!(); }");
}

#[test]
fn a_silenced_lint_is_refused_everywhere() {
    for text in [
        "#![allow(dead_code)]",
        "#[allow(dead_code)] fn f() {}",
        "#[cfg_attr(test, allow(dead_code))] fn f() {}",
    ] {
        assert_refused("tests/x.rs", text, "`allow(…)`");
        assert_refused("site/src/view/page.rs", text, "`allow(…)`");
    }
    assert_taken("site/src/view/page.rs", "fn f() { allow(1) }");
}

#[test]
fn a_file_name_without_a_concept_is_refused() {
    assert_refused("site/src/view/utils.rs", "", "`utils`");
    assert_refused("tests/common/mod.rs", "", "`common`");
}

#[test]
fn what_a_module_must_never_touch_is_refused_outside_its_tests() {
    assert_refused(
        "model/src/record/run.rs",
        "use std::{fmt, fs::File};",
        "must never name `std::fs`",
    );
    assert_refused(
        "site/src/view/page.rs",
        "fn f() { std::time::SystemTime::now(); }",
        "SystemTime",
    );
    assert_refused(
        "src/alloc/block.rs",
        "use std::sync::*;",
        "must never name `std::sync::",
    );
    assert_taken("model/src/record/run.rs", "mod tests { use std::fs; }");
    assert_taken("site/src/view/page.rs", "use std::time::Duration;");
}

/// Every Rust file of the repository, with `/` in its path.
fn source_files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in [
        "src",
        "model",
        "site",
        "cargo-heapmark",
        "benches",
        "examples",
        "fuzz",
        "tests",
        "xtask",
    ] {
        collect(root, &root.join(folder), &mut files);
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<File>) {
    // A folder that does not exist (yet) has no files.
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("target") {
                collect(root, &path, files);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let relative = path.strip_prefix(root).unwrap();
            let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
            files.push(File {
                path: parts.join("/"),
                text: fs::read_to_string(&path).unwrap(),
            });
        }
    }
}
