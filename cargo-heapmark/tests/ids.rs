//! Ids of cases: every name of a case leads to its own numbers, page and assertions. Two cases
//! with the same name are refused.
#![expect(clippy::unwrap_used, reason = "a test's panic is its verdict")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use cargo_heapmark::runner::{self, Workspace};
use heapmark_model::record::{CaseInfo, Key, Metric, Run};
use tempfile::TempDir;

fn heapmark(subcommand: &str, bench: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-heapmark"));
    command
        .args(["heapmark", subcommand, "--package", "heapmark-fixtures"])
        .args(["--bench", bench])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .stdin(Stdio::null());
    command
}

/// The binary that `cargo bench` runs.
fn binary(bench: &str) -> PathBuf {
    let workspace = Workspace::find(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))).unwrap();
    let target = workspace.bench(bench, Some("heapmark-fixtures"));
    runner::build(&workspace, &target.unwrap(), &[])
        .unwrap()
        .binary
}

fn run(binary: &Path, arguments: &[&str]) -> Output {
    Command::new(binary)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A report on the suite with unusual names, with its record and its site in `folder`.
fn report(folder: &Path) -> Run {
    let output = heapmark("report", "names")
        .args(["--counts-only", "--format", "json"])
        .arg("--results")
        .arg(folder.join("results"))
        .arg("--out")
        .arg(folder.join("site"))
        .output()
        .unwrap();
    // An assertion of the second of two cases that shared an id fails.
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files
}

/// The number of allocations of a case. It is different for every case of the group `names`.
fn expected(case: &CaseInfo) -> i64 {
    let sized = case.parameter.map_or(0, |size| size as i64);
    let question = case.question.as_deref();
    match (question, case.variant.as_str()) {
        (None, "string") => 1,
        (None, "v") => sized / 32,
        (Some("v"), "64") => 3,
        (Some("Which?"), "x") => 22,
        (Some("which"), variant) => match variant {
            "String" => 4,
            "string" => 5,
            "日本語" => 6,
            " " => 7,
            "A" => 8,
            "a" => 9,
            "a/b" => 10,
            "a-b" => 11,
            "a\nb" => 12,
            "../x" => 13,
            "-x" => 14,
            "x" => 15,
            "\u{202e}שלום" => 18,
            "NUL" => 19,
            "~41." => 20,
            "" => 21,
            long if long.ends_with('…') => 17,
            long if long.len() == 300 => 16,
            other => panic!("{other:?}"),
        },
        (Some("sized"), variant) => {
            let base = match variant {
                "日本語" => 30,
                "A" => 40,
                "a" => 50,
                "a/1" => 60,
                "a\n1" => 70,
                other => panic!("{other:?}"),
            };
            base + sized
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_name_has_its_own_entry_page_and_numbers() {
    let folder = TempDir::new().unwrap();
    let run = report(folder.path());
    let names = run
        .entries
        .iter()
        .filter(|entry| entry.case.group == "names");
    let names: Vec<_> = names.collect();
    assert_eq!(
        (names.len(), run.failures.len()),
        (32, 0),
        "{:?}",
        run.failures
    );
    for entry in &names {
        let (case, allocs) = (&entry.case, entry.get(Metric::Allocs));
        assert_eq!(allocs, Some(expected(case)), "{case:?}");
        assert!(entry.expected[0].met, "{case:?}");
        let read = Key::from_long_id(&case.id);
        assert!(
            read.is_none_or(|key| key == Key::from_case(case)),
            "{case:?}"
        );
    }
    let folded = run.entries.iter().map(|entry| entry.case.id.to_lowercase());
    assert_eq!(folded.collect::<BTreeSet<_>>().len(), run.entries.len());

    let of = |variant: &str| {
        let mut entries = run.entries.iter();
        let which = Some("which".to_owned());
        let entry =
            entries.find(|entry| entry.case.variant == variant && entry.case.question == which);
        entry.unwrap().case.id.clone()
    };
    assert_eq!(of("日本語"), "names/which/~65e5.~672c.~8a9e.~");
    assert_eq!(of("NUL"), "names/which/nul", "no other case has this name");
    let claims: Vec<bool> = run.entries[32..]
        .iter()
        .map(|e| e.expected[0].met)
        .collect();
    assert_eq!(
        claims,
        [true, false],
        "the assertion of the second case is checked, not that of the first again"
    );

    // The site has a page for each case, also if the file system ignores case, and no dead link.
    let site = folder.path().join("site");
    let files = files_below(&site);
    let below = |path: &Path| {
        path.strip_prefix(&site)
            .unwrap()
            .to_string_lossy()
            .into_owned()
    };
    let pages: Vec<String> = files.iter().map(|path| below(path)).collect();
    let cases = pages
        .iter()
        .filter(|path| path.starts_with("case/") && path.ends_with(".html"));
    assert_eq!(cases.count(), run.entries.len());
    let folded: BTreeSet<String> = pages.iter().map(|path| path.to_lowercase()).collect();
    assert_eq!(folded.len(), pages.len());
    let parts = |path: &'static str| pages.iter().filter(move |page| page.starts_with(path));
    let parts = parts("case/").chain(parts("data/"));
    for part in parts.flat_map(|path| path.split('/')) {
        assert!(
            part.len() < 120 && !part.starts_with('.') && !part.ends_with('.'),
            "{part}"
        );
        assert!(!part.starts_with("nul."), "{part}");
    }
    let mut shown: BTreeMap<String, i64> = BTreeMap::new();
    for path in &files {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("html") => resolve_links(&site, path),
            Some("json") if below(path).starts_with("case/") => {
                let page: serde_json::Value =
                    serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
                let allocs = page["values"][0]["cell"]["value"].as_i64().unwrap();
                shown.insert(page["id"].as_str().unwrap().to_owned(), allocs);
            }
            _ => {}
        }
    }
    for entry in &names {
        assert_eq!(
            shown.get(&entry.case.id).copied(),
            entry.get(Metric::Allocs)
        );
    }
}

fn resolve_links(site: &Path, page: &Path) {
    let html = fs::read_to_string(page).unwrap();
    for href in html
        .split(" href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
    {
        let href = href.split('#').next().unwrap();
        if !href.is_empty() && !href.contains(':') {
            let target = page.parent().unwrap().join(href);
            assert!(target.exists(), "{} links to {href}", page.display());
            assert!(
                target
                    .canonicalize()
                    .unwrap()
                    .starts_with(site.canonicalize().unwrap())
            );
        }
    }
}

#[test]
fn a_printed_id_selects_only_its_case_and_checks_its_assertion() {
    let binary = binary("names");
    let listed = stdout(&run(&binary, &["--list", "--format", "terse"]));
    let ids: Vec<&str> = listed
        .lines()
        .filter_map(|line| line.strip_suffix(": test"))
        .collect();
    assert_eq!(ids.len(), 34, "{listed}");
    for id in &ids {
        let output = run(&binary, &["--exact", id]);
        let said = stdout(&output);
        assert!(said.contains("running 1 test"), "{id}: {said}");
        assert_eq!(
            output.status.success(),
            *id != "claims/which/a~",
            "{id}: {said}"
        );
    }
    let second = stdout(&run(&binary, &["--exact", "claims/which/a~"]));
    assert!(
        second.contains("asserts allocs == 1, counted 2"),
        "{second}"
    );
    let shared = run(&binary, &["--bench", "--exact", "names/which/a"]);
    assert_eq!(
        shared.status.code(),
        Some(2),
        "an id that two cases shared must not select a case"
    );
}

#[test]
fn a_suite_with_two_cases_of_one_name_is_refused_before_anything_is_run() {
    let same = ["group `twice`", "`same` of `which`", "benches/twice.rs"];
    let capitals = ["`maps`", "`Maps`", "benches/capitals.rs"];
    for (bench, words) in [("twice", same), ("capitals", capitals)] {
        let check = |output: &Output| {
            let said = stderr(output);
            assert_eq!(output.status.code(), Some(2), "{said}");
            for word in words {
                assert!(said.contains(word), "{word}: {said}");
            }
            assert!(!said.contains("Counting"), "{said}");
            assert_eq!(stdout(output), "");
        };
        let binary = binary(bench);
        check(&run(&binary, &[]));
        check(&run(&binary, &["--bench"]));
        check(&run(&binary, &["--list"]));
        let folder = TempDir::new().unwrap();
        let place = |name| folder.path().join(name);
        let mut report = heapmark("report", bench);
        report
            .arg("--counts-only")
            .arg("--results")
            .arg(place("results"));
        check(&report.arg("--out").arg(place("site")).output().unwrap());
        check(&heapmark("leaks", bench).output().unwrap());
        assert!(!place("site").exists());
    }
}
