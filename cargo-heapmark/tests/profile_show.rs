//! `cargo heapmark profile show` over files of every tool, from the command line: each file has its
//! known totals.
#![expect(clippy::unwrap_used, reason = "a panic of a test is its verdict")]

use std::path::PathBuf;
use std::process::{Command, Output};

fn show(file: &str, format: &str) -> Output {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/profiles");
    Command::new(env!("CARGO_BIN_EXE_cargo-heapmark"))
        .args(["heapmark", "profile", "show", "--format", format])
        .arg(PathBuf::from(folder).join(file))
        .output()
        .unwrap()
}

fn said(file: &str, format: &str) -> String {
    let output = show(file, format);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{file}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn each_file_has_the_totals_that_it_is_known_for() {
    for (file, lines) in [
        (
            "massif-siblings.out",
            &["peak  8.79 KiB (9,000 B)", "500 B at 3 call sites"][..],
        ),
        (
            "massif-no-marked-peak.out",
            &[
                "peak  4.68 GiB (5,021,305,210 B)",
                "extra  8 B",
                "stacks  6.10 MiB (6,400,272 B)",
            ],
        ),
        (
            "lsan-in-ci-log.txt",
            &[
                "direct  3 blocks, 216 B",
                "indirect  1 block, 112 B",
                "end  4 blocks, 328 B",
            ],
        ),
        (
            "dhat-equal-names.json",
            &[
                "total  3 blocks, 150 B",
                "peak  3 blocks, 150 B",
                "end  1 block, 50 B",
            ],
        ),
        (
            "dhat-no-lifetimes.json",
            &[
                "total  1 block, 64 B",
                "at the end, and for how long, is unknown",
            ],
        ),
        (
            "memcheck-errors.xml",
            &["found  no leak; 6 other errors", "InvalidRead"],
        ),
        ("memcheck-clean.xml", &["found  no leak; no other error"]),
        (
            "heaptrack-suppressed.txt",
            &["end  1 block, 50 B", "hides 1 block, 100 B"],
        ),
    ] {
        let text = said(file, "human");
        for line in lines {
            assert!(text.contains(line), "{file}: {line} is not in\n{text}");
        }
    }
    assert!(!said("dhat-no-lifetimes.json", "human").contains("0 B"));
}

#[test]
fn every_file_is_written_in_every_format() {
    for file in [
        "massif-siblings.out",
        "lsan-in-ci-log.txt",
        "dhat-equal-names.json",
    ] {
        for format in ["json", "folded", "speedscope", "dhat", "pprof"] {
            assert!(show(file, format).status.success(), "{file} as {format}");
        }
    }
    let folded = said("massif-siblings.out", "folded");
    assert!(
        folded.starts_with("main;start;pool 6000\nread_key;text_new 2000\n"),
        "{folded}"
    );
}
