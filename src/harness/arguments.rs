//! Parses the arguments of a bench binary, as given by cargo, cargo-nextest, a developer or a
//! parent process.

use std::fmt;

use heapmark_model::protocol::WORKER_ARGUMENT;
use heapmark_model::select::Selection;

/// The task of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Answer the requests of a parent process.
    Worker,
    /// List the cases.
    List,
    /// Print the time and the counts of each case.
    Bench,
    /// Run every case once and check its assertions.
    Test,
}

/// The parsed arguments.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) mode: Mode,
    /// `--bench` was given: list cases as benchmarks.
    pub(super) bench: bool,
    pub(super) filters: Vec<String>,
    pub(super) exact: bool,
    /// Only ignored cases are selected. There are none.
    pub(super) ignored: bool,
    /// Print no totals below a list.
    pub(super) terse: bool,
    /// An option for criterion's baselines was given.
    pub(super) baseline: bool,
}

/// An argument that cannot be parsed.
#[derive(Debug)]
pub(super) enum UsageError {
    Unknown(String),
    NoValue(String),
}

impl fmt::Display for UsageError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(option) => write!(
                out,
                "unknown option `{option}`; a bench binary accepts the options of libtest and \
                 criterion"
            ),
            Self::NoValue(option) => write!(out, "option `{option}` needs a value"),
        }
    }
}

/// Options with a value, of criterion and of libtest. criterion parses its own options itself.
const WITH_VALUE: [&str; 20] = [
    "--color",
    "-c",
    "--save-baseline",
    "-s",
    "--baseline",
    "-b",
    "--baseline-lenient",
    "--load-baseline",
    "--format",
    "--profile-time",
    "--sample-size",
    "--warm-up-time",
    "--measurement-time",
    "--nresamples",
    "--noise-threshold",
    "--confidence-level",
    "--significance-level",
    "--plotting-backend",
    "--output-format",
    "--test-threads",
];

/// Options without a value, of criterion and of libtest.
const WITHOUT_VALUE: [&str; 16] = [
    "--verbose",
    "-v",
    "--quiet",
    "-q",
    "--noplot",
    "-n",
    "--discard-baseline",
    "--quick",
    "--nocapture",
    "--no-capture",
    "--show-output",
    "--include-ignored",
    "--help",
    "-h",
    "--version",
    "-V",
];

const BASELINES: [&str; 6] = [
    "--save-baseline",
    "-s",
    "--baseline",
    "-b",
    "--baseline-lenient",
    "--load-baseline",
];

impl Options {
    pub(super) fn parse(arguments: &[String]) -> Result<Self, UsageError> {
        let mut options = Self {
            mode: Mode::Test,
            bench: false,
            filters: Vec::new(),
            exact: false,
            ignored: false,
            terse: false,
            baseline: false,
        };
        let (mut worker, mut list, mut test) = (false, false, false);
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let (name, attached) = match argument.split_once('=') {
                Some((name, value)) if name.starts_with('-') => (name, Some(value)),
                _ => (argument.as_str(), None),
            };
            match name {
                WORKER_ARGUMENT => worker = true,
                "--bench" => options.bench = true,
                "--test" => test = true,
                "--list" => list = true,
                "--exact" => options.exact = true,
                "--ignored" => options.ignored = true,
                _ if WITH_VALUE.contains(&name) => {
                    let next = || rest.next().map(String::as_str);
                    let Some(value) = attached.or_else(next) else {
                        return Err(UsageError::NoValue(name.to_owned()));
                    };
                    options.terse |= name == "--format" && value == "terse";
                    options.baseline |= BASELINES.contains(&name);
                }
                _ if WITHOUT_VALUE.contains(&name) => {}
                _ if name.starts_with('-') && name.len() > 1 => {
                    return Err(UsageError::Unknown(argument.clone()));
                }
                _ => options.filters.push(argument.clone()),
            }
        }
        options.mode = match (worker, list, options.bench && !test) {
            (true, ..) => Mode::Worker,
            (_, true, _) => Mode::List,
            (.., true) => Mode::Bench,
            _ => Mode::Test,
        };
        Ok(options)
    }

    pub(super) fn selection(&self) -> Selection<'_> {
        Selection {
            filters: &self.filters,
            exact: self.exact,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Mode, Options};

    fn parse(line: &str) -> Options {
        let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Options::parse(&arguments).unwrap()
    }

    #[test]
    fn cargo_bench_times_and_cargo_test_checks() {
        assert_eq!(parse("string_allocations --bench").mode, Mode::Bench);
        assert_eq!(parse("").mode, Mode::Test);
        assert_eq!(parse("--bench --test").mode, Mode::Test);
    }

    #[test]
    fn nextest_lists_tersely_and_runs_one_case_exactly() {
        let list = parse("--list --format terse");
        assert!(list.mode == Mode::List && list.terse && !list.ignored);
        assert!(parse("--list --format terse --ignored").ignored);
        let one = parse("--exact a/b --nocapture");
        assert!(one.mode == Mode::Test && one.exact);
        assert_eq!(one.filters, ["a/b"]);
    }

    #[test]
    fn the_value_of_an_option_is_not_a_filter() {
        let options = parse("--bench --sample-size 20 --warm-up-time=3 vec");
        assert_eq!(options.filters, ["vec"]);
        assert!(parse("--bench --save-baseline mine").baseline);
    }

    #[test]
    fn an_unknown_option_is_refused() {
        let arguments = ["--bench".to_owned(), "--sampel-size".to_owned()];
        let error = Options::parse(&arguments).unwrap_err();
        assert!(error.to_string().contains("--sampel-size"), "{error}");
    }
}
