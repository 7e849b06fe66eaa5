//! Limits the number of crates that heapmark depends on, and checks the files of each package.

#![expect(
    clippy::unwrap_used,
    reason = "a test may unwrap: its panic is its verdict"
)]

use std::collections::BTreeSet;
use std::process::Command;

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    String::from_utf8(output.stdout).unwrap()
}

/// Every crate that heapmark needs with these features, including heapmark.
fn crates(features: &str) -> BTreeSet<String> {
    let tree = cargo(&[
        "tree",
        "--package=heapmark",
        "--edges=normal",
        "--prefix=none",
        "--no-default-features",
        &format!("--features={features}"),
    ]);
    distinct(&tree)
}

/// The crates in the output of `cargo tree --prefix none`, which marks repeated ones with `(*)`.
fn distinct(tree: &str) -> BTreeSet<String> {
    let lines = tree.lines().filter(|line| !line.is_empty());
    let packages = lines.map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "));
    packages.collect()
}

#[test]
fn a_crate_that_is_listed_twice_is_one_and_two_versions_are_two() {
    let tree = "a v1.0.0 (/here)\nb v2.0.0\nc v1.0.0\nb v2.0.0 (*)\nb v1.0.0\n";
    assert_eq!(distinct(tree).len(), 4);
}

fn assert_at_most(features: &str, most: usize) {
    let crates = crates(features);
    assert!(crates.len() <= most, "{}: {crates:#?}", crates.len());
}

#[test]
fn assertions_and_leak_tests_bring_at_most_12_crates() {
    assert_at_most("", 12);
}

#[test]
fn a_bench_target_brings_at_most_30_crates_without_criterion() {
    assert_at_most("bench,arena", 30);
}

#[test]
fn a_bench_target_brings_at_most_50_crates_with_criterion() {
    assert_at_most("criterion", 50);
}

#[test]
fn only_criterion_brings_serde_json_whose_impls_make_other_tests_ambiguous() {
    let has = |features: &str| {
        let crates = crates(features);
        crates.iter().any(|name| name.starts_with("serde_json "))
    };
    assert!(!has("bench,arena,serde,memory-profiling,sources"));
    assert!(
        has("criterion"),
        "otherwise the assertion above proves nothing"
    );
    let manifest = include_str!("../Cargo.toml");
    let (_, features) = manifest.split_once("[features]\n").unwrap();
    let (features, _) = features.split_once("\n[").unwrap();
    let names = features.lines().filter_map(|line| line.split_once(" = "));
    let names: BTreeSet<&str> = names.map(|(name, _)| name).collect();
    let known = [
        "arena",
        "bench",
        "criterion",
        "default",
        "memory-profiling",
        "serde",
        "sources",
    ];
    assert_eq!(
        names,
        BTreeSet::from(known),
        "a new feature must be added to the check above"
    );
}

#[test]
fn a_published_package_contains_the_files_that_it_is_built_from() {
    for (package, files) in [
        ("heapmark", &["README.md", "src/lib.rs"][..]),
        ("heapmark-model", &["src/lib.rs", "src/record/mod.rs"]),
        (
            "heapmark-site",
            &[
                "assets/style.css",
                "guide/leak-patterns.md",
                "src/lib.rs",
                "templates/case.html",
            ],
        ),
        (
            "cargo-heapmark",
            &["src/main.rs", "src/runner/link_order/linker.sh"],
        ),
    ] {
        let list = cargo(&["package", "--list", "--allow-dirty", "--package", package]);
        let listed: BTreeSet<&str> = list.lines().collect();
        for file in files {
            assert!(listed.contains(file), "{package} has no {file}: {listed:?}");
        }
        let foreign = |path: &&&str| path.starts_with("xtask/") || path.starts_with("results/2");
        let foreign: Vec<_> = listed.iter().filter(foreign).collect();
        assert!(foreign.is_empty(), "{package}: {foreign:?}");
    }
}
