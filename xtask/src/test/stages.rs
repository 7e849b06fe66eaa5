//! The table of stages: quick checks first, then all tests, then the slow stages.

use std::time::Duration;

use super::judge::{finds_leaks, refuses, tests_pass};
use super::stage::{Stage, Tier};
use super::step::{Step, root};
use super::tool::{
    CARGO_FUZZ, CHECK_JSONSCHEMA, CHROMIUM, CLIPPY, GIT, HEAPTRACK, MIRI, NODE, PAGE_CHECKS,
    RUSTFMT, Tool, VALGRIND,
};

/// The names of [`all`], in the same order, for the command line.
pub const NAMES: [&str; 16] = [
    "fmt",
    "workflows",
    "clippy",
    "features",
    "units",
    "rustdoc",
    "miri",
    "release",
    "budget",
    "browser",
    "profile",
    "tests",
    "packages",
    "foreign",
    "calibration",
    "fuzz",
];

/// Every stage, in the order in which they run.
pub fn all() -> Vec<Stage> {
    vec![
        stage(
            "fmt",
            "every file is formatted with rustfmt",
            &[RUSTFMT],
            15,
            [Step::new("cargo fmt --all --check")],
        )
        .quick(),
        stage(
            "workflows",
            "GitHub accepts the workflow files",
            &[CHECK_JSONSCHEMA],
            20,
            workflows(),
        )
        .quick(),
        stage(
            "clippy",
            "the compiler and clippy print no warnings",
            &[CLIPPY],
            240,
            [
                Step::new("cargo clippy --workspace --exclude heapmark-allocators --all-targets --all-features -- -D warnings"),
                // Of the allocators, only the one written in Rust: jemalloc takes a minute and a
                // half to build.
                Step::new("cargo clippy --package heapmark-allocators --all-targets --features dlmalloc -- -D warnings"),
            ],
        )
        .quick(),
        stage(
            "features",
            "the code in measured binaries compiles without the features of the tool",
            &[],
            60,
            [
                Step::new("cargo check --package heapmark --no-default-features"),
                Step::new("cargo check --package heapmark --features bench"),
                Step::new("cargo check --package heapmark-model --features worker"),
            ],
        )
        .quick(),
        stage(
            "units",
            "unit tests pass, and so do the rules for source, links and packages",
            &[],
            120,
            [Step::new("cargo test --workspace --exclude heapmark-allocators --all-features --lib --test architecture --test language --test links --test packages --test ports")
                .judged_by(tests_pass)],
        )
        .quick(),
        stage(
            "rustdoc",
            "every link in the documentation resolves",
            &[],
            120,
            [Step::new("cargo doc --workspace --exclude heapmark-allocators --no-deps --all-features --document-private-items")
                .environment("RUSTDOCFLAGS", "-D warnings")],
        ),
        stage(
            "miri",
            "Miri finds no undefined behaviour in the allocator, arenas and pools",
            &[MIRI],
            400,
            [
                Step::new("rustup run nightly cargo miri test --package heapmark --lib -- alloc:: arena:: pool:: stats::")
                    .environment("MIRIFLAGS", "-Zmiri-disable-isolation")
                    .judged_by(tests_pass),
                // The global allocator itself, with the tests about threads and unwinding. Some of
                // them leak on purpose.
                Step::new("rustup run nightly cargo miri test --package heapmark --test counting --test control_counter -- threads interrupted timeline agree differ")
                    .environment("MIRIFLAGS", "-Zmiri-disable-isolation -Zmiri-ignore-leaks")
                    .judged_by(tests_pass),
            ],
        )
        .beside(),
        stage(
            "release",
            "every case assertion passes with optimisation, and the counters are correct",
            &[],
            300,
            [Step::new("cargo test --release --package heapmark --bench memory_benchmarks --test counting --test control_counter")
                .judged_by(tests_pass)],
        ),
        stage(
            "budget",
            "the site of 200 cases and 1,000 runs stays within its size limits",
            &[],
            60,
            [Step::new("cargo run --quiet --release --package xtask -- site --budget --quick")],
        ),
        stage(
            "browser",
            "every page is readable and usable in Chromium, with and without its script",
            &[CHROMIUM, NODE, PAGE_CHECKS],
            240,
            [
                Step::new("cargo run --quiet --release --package xtask -- site --results results --out target/test-tools/site"),
                // Writes the synthetic sites that the next step opens.
                Step::new("cargo test --workspace --exclude heapmark-allocators --all-features --test site on_disk")
                    .judged_by(tests_pass),
                Step::new("node xtask/src/test/browser/main.mjs target/test-tools target/test-tools/site target/tmp/site")
                    .judged_by(tests_pass),
            ],
        ),
        stage(
            "profile",
            "memory tools find the planted leaks of a server, and none in the same server without them",
            &[HEAPTRACK, VALGRIND],
            // The server is built three times, one of them with all its crates.
            600,
            profiles(),
        ),
        stage(
            "tests",
            "all tests and all examples in the documentation pass",
            &[GIT, HEAPTRACK, VALGRIND],
            780,
            [
                Step::new("cargo test --package heapmark-allocators --features dlmalloc").judged_by(tests_pass),
                Step::new("cargo test --workspace --exclude heapmark-allocators --all-features --no-fail-fast")
                    .judged_by(tests_pass),
            ],
        ),
        stage(
            "packages",
            "the published packages build from their packaged files",
            &[GIT],
            600,
            [Step::new("cargo package --package heapmark-model --package heapmark --package heapmark-site --package cargo-heapmark")],
        )
        .slow(),
        stage(
            "foreign",
            "the tests of published crates compile and pass with heapmark as a dev-dependency",
            &[],
            180,
            [task("foreign-tests")],
        )
        .slow(),
        stage(
            "calibration",
            "exact counts of the same binary never change, and comparisons of times are right",
            &[VALGRIND],
            2_400,
            [
                task("self-check"),
                task("calibrate --verdicts --cases 329 --time-budget 60 --builds 1 --no-record"),
                task("leaks --seeds 10"),
            ],
        )
        .slow(),
        stage(
            "fuzz",
            "no input makes the profile parsers panic or hang",
            &[CARGO_FUZZ],
            700,
            [Step::new("rustup run nightly cargo fuzz run profile cargo-heapmark/tests/fixtures/profiles -- -max_total_time=600")],
        )
        .slow(),
    ]
}

/// A task of this repository.
fn task(words: &str) -> Step {
    Step::new(&format!(
        "cargo run --quiet --release --package xtask -- {words}"
    ))
}

fn stage(
    name: &'static str,
    claim: &'static str,
    needs: &[Tool],
    budget: u64,
    steps: impl Into<Vec<Step>>,
) -> Stage {
    Stage {
        name,
        tier: Tier::Usual,
        claim,
        needs: needs.to_vec(),
        budget: Duration::from_secs(budget),
        steps: steps.into(),
        is_beside: false,
    }
}

impl Stage {
    fn quick(self) -> Self {
        Self {
            tier: Tier::Quick,
            ..self
        }
    }

    fn beside(self) -> Self {
        Self {
            is_beside: true,
            ..self
        }
    }

    fn slow(self) -> Self {
        Self {
            tier: Tier::Slow,
            ..self
        }
    }
}

/// Runs `ci memory` on the leaky server and on the clean one, then checks that tools agree.
fn profiles() -> [Step; 3] {
    [
        task("ci memory --leaky --requests 3000").judged_by(finds_leaks),
        task("ci memory --requests 3000"),
        task("profile agreement"),
    ]
}

/// Checks the workflows of the repository, and the planted one, which must be rejected.
fn workflows() -> [Step; 2] {
    let check = || {
        Step::new("target/test-tools/bin/check-jsonschema --builtin-schema vendor.github-workflows")
    };
    let folder = std::fs::read_dir(format!("{}/.github/workflows", root()));
    let mut names: Vec<String> = folder
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    // Without a file, the checker and the stage fail.
    let all = names.iter().fold(check(), |step, name| {
        step.argument(format!(".github/workflows/{name}"))
    });
    let planted = check().argument("xtask/src/test/planted-workflow.yml");
    [all, planted.judged_by(refuses)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test::judge::PLANTED;

    #[test]
    fn the_command_line_knows_every_stage() {
        let names: Vec<&str> = all().iter().map(|stage| stage.name).collect();
        assert_eq!(names, NAMES);
    }

    #[test]
    fn every_workflow_is_checked() {
        let [all, _] = workflows().map(|step| step.to_string());
        let end = " .github/workflows/ci.yml .github/workflows/memory.yml .github/workflows/release.yml .github/workflows/site.yml .github/workflows/slow.yml";
        assert!(all.ends_with(end), "{all}");
    }

    #[test]
    fn the_planted_workflow_has_the_fault_that_its_judge_expects() {
        let planted = include_str!("planted-workflow.yml");
        assert!(planted.contains(&format!("    {PLANTED}: true\n")));
    }
}
