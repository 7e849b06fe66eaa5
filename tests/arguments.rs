//! The arguments that test targets without libtest accept, and those that they refuse.

#[path = "one_by_one/arguments.rs"]
mod arguments;

use arguments::Arguments;

fn parse(line: &str) -> Result<Arguments, String> {
    Arguments::parse(line.split_whitespace().map(str::to_owned))
}

#[test]
fn arguments_of_cargo_and_nextest_are_understood() {
    for line in [
        "",
        "--nocapture --test-threads=1 --color always -q",
        "--test-threads 2 --include-ignored --show-output",
        "-Z unstable-options --report-time",
    ] {
        assert!(parse(line).unwrap().selects("a::b"), "{line}");
    }
    assert!(parse("--list --format terse").unwrap().list);
    assert!(
        !parse("--list --format terse --ignored")
            .unwrap()
            .selects("a::b")
    );
    let exact = parse("--exact a::b --nocapture").unwrap();
    assert!(exact.selects("a::b") && !exact.selects("a::bc"));
    let skips = parse("a --skip b --skip=c").unwrap();
    assert!(skips.selects("a") && !skips.selects("ab") && !skips.selects("ac"));
    assert!(!skips.selects("d"));
}

#[test]
fn an_unknown_argument_is_refused_with_its_name() {
    for (line, unknown) in [
        ("--seed 25", "unknown option `--seed`"),
        ("--seed=25", "unknown option `--seed=25`"),
        ("name --lisst", "unknown option `--lisst`"),
        ("-x", "unknown option `-x`"),
        ("--nocapture=yes", "unknown option `--nocapture=yes`"),
        ("--skip", "option `--skip` needs a value"),
        ("--format", "option `--format` needs a value"),
    ] {
        assert_eq!(parse(line).unwrap_err(), unknown);
    }
}
