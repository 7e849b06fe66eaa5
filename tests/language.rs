//! Refuses constructions that make text hard to read, in docs, comments and strings. The list is
//! in `tests/language/refused.txt`; a planted file shows that each of its lines finds something.
#![expect(
    clippy::unwrap_used,
    reason = "a test may unwrap: its panic is its verdict"
)]

use std::fs;
use std::path::{Path, PathBuf};

use regex::{Regex, RegexBuilder};

const REFUSED: &str = include_str!("language/refused.txt");
const PLANTED: &str = include_str!("language/planted.md");

/// Files and folders that are read.
const READ: [&str; 17] = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "docs",
    "results/README.md",
    "src",
    "model",
    "site",
    "cargo-heapmark",
    "xtask",
    "benches",
    "examples",
    "tests",
    "fuzz/fuzz_targets",
    "scripts",
    ".github",
];

/// What is not ours to word, or is worded for a test: decision records keep their text.
const LEFT_OUT: [&str; 6] = [
    "docs/decisions",
    "docs/public-api.txt",
    "tests/language",
    "tests/language.rs",
    "cargo-heapmark/tests/profiles/files",
    "cargo-heapmark/tests/store_compat",
];

/// Ids that history refers to.
const KEPT: [&str; 1] = ["by whoever comes next"];

struct Rule {
    pattern: Regex,
    instead: &'static str,
}

fn rules() -> Vec<Rule> {
    let lines = REFUSED.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (pattern, instead) = line.split_once("=>").unwrap();
            let pattern = RegexBuilder::new(pattern.trim())
                .case_insensitive(true)
                .build()
                .unwrap();
            Rule {
                pattern,
                instead: instead.trim(),
            }
        })
        .collect()
}

/// The text without what begins a comment or continues a string, and where its lines begin.
fn running_text(text: &str) -> (String, Vec<usize>) {
    let (mut running, mut starts) = (String::new(), Vec::new());
    for line in text.lines() {
        starts.push(running.len());
        let line = line.trim();
        let line = ["//!", "///", "//", "#", ">", "*"]
            .iter()
            .find_map(|mark| line.strip_prefix(mark))
            .unwrap_or(line);
        running.push_str(line.trim_end_matches('\\').trim());
        running.push(' ');
    }
    (running, starts)
}

/// What the rules find in a file, as `path:line: found; write instead`.
fn refused(path: &str, text: &str, rules: &[Rule]) -> Vec<String> {
    let (mut running, starts) = running_text(text);
    for kept in KEPT {
        running = running.replace(kept, &"-".repeat(kept.len()));
    }
    let found = rules.iter().flat_map(|rule| {
        rule.pattern.find_iter(&running).map(|found| {
            let line = starts.partition_point(|&start| start <= found.start());
            format!(
                "{path}:{line}: `{}`; write {}",
                found.as_str(),
                rule.instead
            )
        })
    });
    found.collect()
}

fn files(root: &Path, path: &Path, found: &mut Vec<PathBuf>) {
    let below = path.strip_prefix(root).unwrap();
    if LEFT_OUT.iter().any(|left_out| below.starts_with(left_out)) {
        return;
    }
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            files(root, &entry.unwrap().path(), found);
        }
        return;
    }
    let extension = path.extension().and_then(|extension| extension.to_str());
    if matches!(
        extension,
        Some("rs" | "md" | "html" | "js" | "toml" | "sh" | "yml" | "txt" | "snap")
    ) {
        found.push(path.to_owned());
    }
}

#[test]
fn no_text_of_the_repository_uses_a_refused_construction() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    for path in READ {
        let path = root.join(path);
        if path.exists() {
            files(root, &path, &mut all);
        }
    }
    assert!(all.len() > 600, "only {} files were found", all.len());
    let rules = rules();
    let mut found = Vec::new();
    for path in all {
        let text = fs::read_to_string(&path).unwrap();
        let path = path.strip_prefix(root).unwrap().display().to_string();
        found.extend(refused(&path, &text, &rules));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn each_rule_finds_what_is_planted_with_its_line() {
    let rules = rules();
    for rule in &rules {
        let found = refused("planted.md", PLANTED, std::slice::from_ref(rule));
        assert!(!found.is_empty(), "nothing is planted for {}", rule.pattern);
    }
    let found = refused("planted.md", PLANTED, &rules);
    let line = 1 + PLANTED
        .lines()
        .position(|line| line.contains("Nobody"))
        .unwrap();
    assert!(
        found[0].starts_with(&format!("planted.md:{line}: `Nobody`; write ")),
        "{}",
        found[0]
    );
}

#[test]
fn a_construction_over_the_end_of_a_line_of_a_comment_is_found() {
    let text = "/// This is\n/// no verdict.\nlet text = \"it is \\\n    no verdict\";\n";
    let found = refused("a.rs", text, &rules());
    let lines: Vec<&str> = found.iter().map(|one| &one[..7]).collect();
    assert_eq!(lines, ["a.rs:1:", "a.rs:3:"]);
}
