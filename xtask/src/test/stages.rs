//! The table of stages: quick checks first, all tests last, and what takes long apart.

use std::time::Duration;

use super::judge::{finds_leaks, refuses, tests_pass};
use super::stage::{Stage, Tier};
use super::step::{Step, root};
use super::tool::{
    CARGO_FUZZ, CHECK_JSONSCHEMA, CHROMIUM, CLIPPY, GIT, HEAPTRACK, MIRI, NODE, PAGE_CHECKS,
    RUSTFMT, Tool, VALGRIND,
};

/// The names of [`all`], in its order, for the command line.
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
            "every file is as rustfmt writes it",
            &[RUSTFMT],
            15,
            [Step::new("cargo fmt --all --check")],
        )
        .quick(),
        stage(
            "workflows",
            "GitHub can read the workflows",
            &[CHECK_JSONSCHEMA],
            20,
            workflows(),
        )
        .quick(),
        stage(
            "clippy",
            "no lint of the compiler or clippy is broken",
            &[CLIPPY],
            240,
            [
                Step::new("cargo clippy --workspace --exclude heapmark-allocators --all-targets --all-features -- -D warnings"),
                // Of the allocators only the one in Rust: jemalloc alone takes a minute and a half.
                Step::new("cargo clippy --package heapmark-allocators --all-targets --features dlmalloc -- -D warnings"),
            ],
        )
        .quick(),
        stage(
            "features",
            "what stands inside a measured binary compiles alone",
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
            "what is dense in logic holds, and so do the rules of the source and the links",
            &[],
            120,
            [Step::new("cargo test --package heapmark-model --package heapmark --features heapmark-model/planted --lib --test architecture --test links --test packages")
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
            "allocator, arenas and pools have no undefined behaviour that Miri can see",
            &[MIRI],
            400,
            [
                Step::new("rustup run nightly cargo miri test --package heapmark --lib -- alloc:: arena:: pool:: stats::")
                    .environment("MIRIFLAGS", "-Zmiri-disable-isolation")
                    .judged_by(tests_pass),
                // The global allocator itself, by the tests that touch threads and unwinding;
                // some leak on purpose.
                Step::new("rustup run nightly cargo miri test --package heapmark --test counting --test witness -- threads interrupted tape agree differ")
                    .environment("MIRIFLAGS", "-Zmiri-disable-isolation -Zmiri-ignore-leaks")
                    .judged_by(tests_pass),
            ],
        ),
        stage(
            "release",
            "every case keeps what it claims when optimised, and the counters count right",
            &[],
            300,
            [Step::new("cargo test --release --package heapmark --bench memory_benchmarks --test counting --test witness")
                .judged_by(tests_pass)],
        ),
        stage(
            "budget",
            "the site of 200 cases and 1,000 runs weighs no more than it may",
            &[],
            60,
            [Step::new("cargo run --quiet --release --package xtask -- site --budget --quick")],
        ),
        stage(
            "browser",
            "everybody can read and use the pages, with and without their script, in Chromium",
            &[CHROMIUM, NODE, PAGE_CHECKS],
            240,
            [
                Step::new("cargo run --quiet --release --package xtask -- site --results results --out target/test-tools/site"),
                // Leaves the synthetic sites that are opened below.
                Step::new("cargo test --package cargo-heapmark --test site on_disk")
                    .judged_by(tests_pass),
                Step::new("node xtask/src/test/browser/main.mjs target/test-tools target/test-tools/site target/tmp/site")
                    .judged_by(tests_pass),
            ],
        ),
        stage(
            "profile",
            "profilers of a server find its planted leaks, and none in the same server without them",
            &[HEAPTRACK, VALGRIND],
            // The server is built three times, once of these with all its crates.
            600,
            profiles(),
        ),
        stage(
            "tests",
            "all tests and all examples of the documentation pass",
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
            "what is published builds from its packaged files",
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
            "exact counts never change by themselves, and comparisons of times are right",
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
            "no file makes the readers of profiles panic or hang",
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
    }
}

impl Stage {
    fn quick(self) -> Self {
        Self {
            tier: Tier::Quick,
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

/// The check of a pipeline over the leaky server and over the clean one, then whether tools agree.
fn profiles() -> [Step; 3] {
    [
        task("ci memory --leaky").judged_by(finds_leaks),
        task("ci memory"),
        task("profile agreement"),
    ]
}

/// The workflows of the repository, and the planted one that must be refused.
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
    // Without a file the checker fails, and so does the stage.
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
    fn the_planted_workflow_holds_the_fault_that_is_looked_for() {
        let planted = include_str!("planted-workflow.yml");
        assert!(planted.contains(&format!("    {PLANTED}: true\n")));
    }
}
