//! Counts the right verdicts of detections next to a rayon pool, a tokio runtime and other tests,
//! as in a usual test binary.
//!
//! ```text
//!  a_crowd_…  ──starts this binary again, each round──▶ clean, planted and busy tests at once
//!      ▲                                                idle tests by themselves
//!      └── counts ◀── verdicts on stdout, failed tests ─────┘
//! ```
//!
//! Outside of a round, these tests are ignored. `cargo xtask leaks --crowd ROUNDS` runs the
//! optimised binary, and also compares the shares of right verdicts with their limits.

#![expect(
    clippy::unwrap_used,
    reason = "a test may unwrap: its panic is its verdict"
)]
#![expect(
    clippy::print_stdout,
    reason = "the test that counts verdicts reads them from stdout"
)]

mod busy;
mod clean;
mod idle;
mod planted;

use std::env;
use std::process::Command;

use heapmark::leak::{Detector, Verdict};

#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

/// The command sets this variable to the number of rounds.
const ROUNDS: &str = "HEAPMARK_CROWD_ROUNDS";
/// Printed before a verdict on stdout.
const SAYS: &str = "the verdict is ";
/// Number of tests that run at the same time.
const THREADS: &str = "--test-threads=8";
/// Percentage of the clean `leak_test!` tests, and of the detections next to idle pools, that must
/// be STEADY.
const STEADY: usize = 95;

/// Runs the detector twice next to everything else in the process, and prints the verdicts.
fn look_twice<S, R>(
    detector: &Detector,
    mut setup: impl FnMut() -> S,
    mut step: impl FnMut(&mut S) -> R,
) {
    for _ in 0..2 {
        let report = detector.clone().run(&mut setup, &mut step);
        println!("{SAYS}{}", report.verdict);
        assert_ne!(report.verdict, Verdict::Leak, "{report}");
    }
}

/// The output of a run of some tests.
struct Said {
    stdout: String,
    stderr: String,
}

impl Said {
    /// Runs the ignored tests of some modules in one process.
    fn by(modules: &[&str]) -> Self {
        let output = Command::new(env::current_exe().unwrap())
            .args(modules)
            .args(["--ignored", "--nocapture", THREADS])
            .env("RUST_BACKTRACE", "0")
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }

    fn verdicts(&self, verdict: &str) -> usize {
        self.stdout.matches(&format!("{SAYS}{verdict}")).count()
    }

    /// Counts reports of a leak whose first line is not in `planted.rs`.
    fn false_leaks(&self) -> usize {
        let lines: Vec<&str> = self.stderr.lines().collect();
        let reports = lines.windows(2).filter(|pair| {
            pair[1].starts_with("     LEAKS  ")
                && !pair[0].starts_with("tests/leak_crowd/planted.rs:")
        });
        reports.count()
    }

    /// Counts the tests of a module that ended with `word`.
    fn tests(&self, module: &str, word: &str) -> usize {
        let lines = self.stdout.lines().filter(|line| {
            // The same line may begin with output of another test.
            let result = line.split_once(&format!("test {module}"));
            result.is_some_and(|(_, result)| result.ends_with(&format!("... {word}")))
        });
        lines.count()
    }
}

#[derive(Debug, Default)]
struct Counts {
    bare: usize,
    bare_steady: usize,
    own: usize,
    own_steady: usize,
    false_leaks: usize,
    planted: usize,
    found: usize,
    idle: usize,
    idle_steady: usize,
}

impl Counts {
    fn add(&mut self, crowd: &Said, idle: &Said) {
        self.bare_steady += crowd.verdicts("STEADY");
        self.bare += crowd.verdicts("");
        self.own_steady += crowd.tests("clean::own", "ok");
        self.own += crowd.tests("clean::own", "ok") + crowd.tests("clean::own", "FAILED");
        self.found += crowd.tests("planted", "ok");
        self.planted += crowd.tests("planted", "ok") + crowd.tests("planted", "FAILED");
        self.idle_steady += idle.verdicts("STEADY");
        self.idle += idle.verdicts("");
        self.false_leaks += crowd.false_leaks() + idle.false_leaks();
    }

    fn to_text(&self) -> String {
        let Self {
            bare,
            bare_steady,
            own,
            own_steady,
            false_leaks,
            planted,
            found,
            idle,
            idle_steady,
        } = self;
        format!(
            "{} clean detections next to other tests: {false_leaks} called a leak\n\
             {own_steady} of {own} by leak_test! are STEADY\n\
             {bare_steady} of {bare} by detect are STEADY, the others UNDECIDED\n\
             {found} of {planted} planted leaks are found by leak_test!\n\
             {idle_steady} of {idle} by detect next to idle pools are STEADY",
            bare + own
        )
    }
}

#[test]
fn a_crowd_makes_no_clean_program_a_leak_and_hides_none_from_leak_test() {
    let rounds = env::var(ROUNDS).ok().map(|rounds| rounds.parse().unwrap());
    let mut counts = Counts::default();
    for _ in 0..rounds.unwrap_or(1) {
        let crowd = Said::by(&["clean::", "planted::", "busy::"]);
        let idle = Said::by(&["idle::"]);
        let before = counts.false_leaks + counts.own - counts.own_steady;
        counts.add(&crowd, &idle);
        if counts.false_leaks + counts.own - counts.own_steady > before {
            println!("{}\n{}", crowd.stderr, idle.stderr);
        }
    }
    let text = counts.to_text();
    println!("{text}");
    assert_eq!(counts.false_leaks, 0, "{text}");
    assert!(
        counts.planted > 0 && counts.found == counts.planted,
        "{text}"
    );
    assert!(
        counts.bare > 0 && counts.own > 0 && counts.idle > 0,
        "{text}"
    );
    let share = |part: usize, whole: usize| part * 100 >= whole * STEADY;
    // One round is too few for a share.
    if rounds.is_some() {
        assert!(share(counts.own_steady, counts.own), "{text}");
        assert!(share(counts.idle_steady, counts.idle), "{text}");
    }
}
