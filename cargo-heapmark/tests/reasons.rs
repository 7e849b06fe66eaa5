//! Every command that fails prints the reason on stderr, in every output format.
#![expect(clippy::unwrap_used, reason = "a test's panic is its verdict")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const FORMATS: [&str; 3] = ["human", "json", "markdown"];

fn heapmark(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-heapmark"));
    command
        .arg("heapmark")
        .args(arguments)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .stdin(Stdio::null());
    command
}

/// Expects the exit code `code`, and `reason` as an error on stderr.
fn states(output: &Output, code: i32, reason: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    let stated = said
        .lines()
        .any(|line| line.starts_with("error: ") && line.contains(reason));
    assert!(stated, "no error contains `{reason}`: {said}");
}

/// Runs a report on cases of a fixture.
fn report(bench: &str, cases: &str, format: &str, folder: &Path) -> Output {
    heapmark(&[
        "report",
        cases,
        "--package",
        "heapmark-fixtures",
        "--bench",
        bench,
    ])
    .args([
        "--counts-only",
        "--no-record",
        "--timeout",
        "20",
        "--format",
        format,
    ])
    .arg("--results")
    .arg(folder.join("results"))
    .arg("--out")
    .arg(folder.join("site"))
    .output()
    .unwrap()
}

#[test]
fn a_report_states_which_assertions_and_cases_failed() {
    let folder = TempDir::new().unwrap();
    for format in FORMATS {
        let unmet = report("misbehaving", "claims_too_much", format, folder.path());
        let reason = "misbehaving/claims_too_much asserts allocs == 0, counted 1";
        states(&unmet, 1, reason);
        let failed = report(
            "misbehaving",
            "panics|claims_too_much",
            format,
            folder.path(),
        );
        states(
            &failed,
            2,
            "misbehaving/panics could not be measured: panicked: ",
        );
        states(&failed, 2, reason);
    }
    let unmet = report("misbehaving", "claims_too_much", "human", folder.path());
    let said = String::from_utf8(unmet.stdout).unwrap();
    let line = " ASSERTION  misbehaving/claims_too_much  asserts allocs == 0, counted 1\n";
    assert!(said.contains(line), "{said}");
    assert!(
        said.contains("  1 case: exact, 1 assertion fails · "),
        "{said}"
    );
    let failed = report("misbehaving", "panics", "human", folder.path());
    let said = String::from_utf8(failed.stdout).unwrap();
    assert!(said.contains("  1 case: 1 failed · "), "{said}");
}

#[test]
fn report_and_leaks_state_which_case_leaks() {
    let folder = TempDir::new().unwrap();
    for format in FORMATS {
        let leaks = |cases| {
            heapmark(&["leaks", cases, "--format", format])
                .args(["--package", "heapmark-fixtures", "--bench", "growing"])
                .output()
                .unwrap()
        };
        let leak = "growing/grows_in_silence leaks +";
        states(&leaks("grows_in_silence"), 1, leak);
        states(
            &leaks("declares_too_much"),
            1,
            "growing/declares_too_much asserts growth == leak, but is STEADY",
        );
        states(&leaks("panics_later"), 2, "growing/panics_later: panicked");
        states(
            &report("growing", "grows_in_silence", format, folder.path()),
            1,
            leak,
        );
    }
}

#[test]
fn a_comparison_states_what_got_worse_or_cannot_be_compared() {
    let folder = TempDir::new().unwrap();
    let base = include_str!("fixtures/compare/record.json");
    let compare = |format, plant: &dyn Fn(&mut Value)| {
        let mut head: Value = serde_json::from_str(base).unwrap();
        plant(&mut head);
        let paths = ["a.json", "b.json"].map(|name| folder.path().join(name));
        fs::write(&paths[0], base).unwrap();
        fs::write(&paths[1], head.to_string()).unwrap();
        let mut command = heapmark(&["compare", "--format", format, "--record"]);
        command
            .args(paths)
            .current_dir(folder.path())
            .output()
            .unwrap()
    };
    for format in FORMATS {
        let worse = compare(format, &|head| {
            head["entries"][0]["metrics"]["allocs"]["value"] = 7.into();
        });
        states(
            &worse,
            1,
            "string_allocations/small_string_new got worse: allocs 1 → 7 (+6)",
        );
        let failed = compare(format, &|head| {
            head["failures"] = serde_json::json!([{"id": "a/b", "reason": "panicked"}]);
        });
        states(&failed, 2, "a/b could not be measured on head: panicked");
        let other = compare(format, &|head| head["machine"]["id"] = "another".into());
        states(&other, 3, "not comparable: machine: ");
    }
}

#[test]
fn a_broken_record_is_named_with_its_key_and_what_is_wrong_there() {
    let folder = TempDir::new().unwrap();
    let record = include_str!("fixtures/compare/record.json");
    let path = folder.path().join("a.json");
    for (key, value, what) in [
        (
            "metrics",
            serde_json::json!({"allocs": 1.5}),
            "entries[0].metrics.allocs: invalid type: floating point `1.5`, expected a whole number, or an object with `value` and `exact`",
        ),
        (
            "metrics",
            serde_json::json!({"allocs": {"value": "1"}}),
            "entries[0].metrics.allocs.value: invalid type: string \"1\"",
        ),
        (
            "metrics",
            serde_json::json!({"allocs": {"value": 1}}),
            "entries[0].metrics.allocs: missing field `exact`",
        ),
        (
            "metrics",
            serde_json::json!({"allocs": u64::MAX}),
            "entries[0].metrics.allocs: invalid value: integer `18446744073709551615`",
        ),
        (
            "metrics",
            serde_json::json!({"alocs": 1}),
            "unknown variant `alocs`",
        ),
        (
            "expected",
            serde_json::json!([7]),
            "entries[0].expected[0]: invalid type: integer `7`",
        ),
        (
            "size_classes",
            serde_json::json!([[8]]),
            "entries[0].size_classes[0]",
        ),
    ] {
        let mut run: Value = serde_json::from_str(record).unwrap();
        run["entries"][0][key] = value;
        fs::write(&path, run.to_string()).unwrap();
        let output = heapmark(&["compare", "--record"])
            .args([&path, &path])
            .output()
            .unwrap();
        states(&output, 2, what);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            said.contains("a.json") && !said.contains("untagged"),
            "{said}"
        );
    }
}

#[test]
fn a_site_that_cannot_be_written_hides_neither_the_numbers_nor_the_record() {
    let folder = TempDir::new().unwrap();
    let (results, site) = (folder.path().join("results"), folder.path().join("site"));
    fs::create_dir(&site).unwrap();
    fs::write(site.join("mine.txt"), "not a page").unwrap();
    for format in FORMATS {
        let output = heapmark(&["report", "--counts-only", "--format", format])
            .args([
                "--package",
                "heapmark-fixtures",
                "--bench",
                "planted",
                "--results",
            ])
            .arg(&results)
            .arg("--out")
            .arg(&site)
            .output()
            .unwrap();
        states(
            &output,
            2,
            "is not empty and does not contain a heapmark site",
        );
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains("sometimes_one_more"), "{said}");
        if format == "human" {
            let (_, record) = said.split_once(" · ").unwrap();
            assert!(Path::new(record.trim()).is_file(), "{said}");
        }
    }
}

#[test]
fn a_site_prints_its_path_and_needs_a_folder_of_records() {
    let folder = TempDir::new().unwrap();
    let site = folder.path().join("site");
    let render = |results: &Path| {
        let mut command = heapmark(&["site", "--results"]);
        command.arg(results).arg("--out").arg(&site);
        command.stderr(Stdio::piped()).output().unwrap()
    };
    let output = render(&folder.path().join("nonexistent"));
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("no folder of records at "), "{said}");
    assert!(!site.exists());
    let output = render(folder.path());
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.contains(&site.join("index.html").display().to_string()),
        "{said}"
    );
}

#[test]
fn sites_that_are_rendered_concurrently_into_one_folder_are_complete() {
    let folder = TempDir::new().unwrap();
    let started = (0..6).map(|number| {
        let results = folder.path().join(format!("results-{number}"));
        fs::create_dir(&results).unwrap();
        heapmark(&["site", "--results"])
            .arg(results)
            .arg("--out")
            .arg(folder.path().join("site"))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    });
    for site in started.collect::<Vec<_>>() {
        let output = site.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{said}");
    }
}

#[test]
fn cargo_bench_ends_with_one_if_an_assertion_fails() {
    let bench = |case: &str| {
        Command::new(env!("CARGO"))
            .args([
                "bench",
                "--package",
                "heapmark-fixtures",
                "--bench",
                "misbehaving",
                "--",
            ])
            .args(["--exact", &format!("misbehaving/{case}")])
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
            .output()
            .unwrap()
    };
    let output = bench("claims_too_much");
    let said = String::from_utf8_lossy(&output.stderr);
    let reason = "error: misbehaving/claims_too_much asserts allocs == 0, counted 1\n";
    assert!(said.contains(reason), "{said}");
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(bench("behaves").status.code(), Some(0));
    let output = bench("measures_nothing");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("error: misbehaving/measures_nothing failed: "),
        "{said}"
    );
    assert_ne!(output.status.code(), Some(0));
}
