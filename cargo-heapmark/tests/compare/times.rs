//! Times and instructions of a case whose counts are the same.

use crate::repository::{Repository, stderr};

/// Code that runs `steps` steps, which the compiler cannot remove, and allocates nothing.
fn work(steps: u32) -> String {
    format!("(0..black_box({steps}_u64)).fold(0, |sum, step| sum ^ black_box(step))")
}

#[test]
fn code_that_is_a_fifth_slower_is_worse_and_an_unrelated_function_changes_nothing() {
    let repository = Repository::new();
    repository.write(&work(3_000), "", "");
    repository.commit("Do some work");
    repository.branch("slower", |r| r.write(&work(3_600), "", ""));
    let unrelated = "#[unsafe(no_mangle)] #[inline(never)] pub extern \"C\" fn unrelated(a: u64) \
                     -> u64 { (0..a).map(|b| b.rotate_left(3) * a).sum() }";
    repository.branch("unrelated", |r| r.write(&work(3_000), unrelated, ""));
    let timed = ["--time-budget", "60", "--fail-on", "exact,leaks,time"];
    let compared = |base, head, code| {
        let (_, json) = repository.verdicts(&[&[base, head], &timed[..]].concat(), code);
        assert_eq!(
            json["changes"][0]["verdict"], "SAME",
            "the counts must be the same: {json}"
        );
        json["changes"][0]["time"].clone()
    };
    let json_of = |base, head| {
        let (_, json) = repository.verdicts(&[base, head, "--time-budget", "60"], 0);
        json["changes"][0]["time"].clone()
    };
    let slower = compared("main", "slower", 1);
    assert_eq!(slower["verdict"], "WORSE", "{slower}");
    let ratio = slower["ratio"].as_f64().unwrap();
    assert!((1.1..1.3).contains(&ratio), "{ratio}");
    let faster = compared("slower", "main", 0);
    assert_eq!(faster["verdict"], "BETTER", "{faster}");
    // One verdict in a hundred may be wrong by chance, and two in a row once in ten thousand.
    let is_wrong =
        |time: &serde_json::Value| time["verdict"] == "WORSE" || time["verdict"] == "BETTER";
    let unrelated = json_of("main", "unrelated");
    if is_wrong(&unrelated) {
        let again = json_of("main", "unrelated");
        assert!(!is_wrong(&again), "{unrelated} and {again}");
    }

    // Without `--fail-on time`, a slower case is printed but does not fail.
    let output = repository.compare(&["main", "slower", "--time-budget", "60"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("WORSE  tiny/first  ") && text.contains("time +"),
        "{text}"
    );
    assert!(text.contains("(base against itself): "), "{text}");
}

#[test]
fn a_budget_in_which_nothing_is_timed_is_reported() {
    let repository = Repository::new();
    repository.branch("other", |r| r.write("black_box(2)", "", ""));
    let output = repository.compare(&["main", "other", "--time-budget", "0"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("Time  no case was timed"), "{text}");
    let (_, json) = repository.verdicts(&["main", "other", "--time-budget", "0"], 0);
    assert_eq!(json["times"]["cases"], 0);
}

#[test]
fn ten_more_iterations_are_more_instructions_and_fail_only_on_request() {
    let repository = Repository::new();
    repository.write(&work(100), "", "");
    repository.commit("Do some work");
    repository.branch("longer", |r| r.write(&work(110), "", ""));
    let arguments = |fail_on| ["main", "longer", "--time-budget", "0", "--fail-on", fail_on];
    let (verdicts, json) = repository.verdicts(&arguments("instructions"), 1);
    assert_eq!(verdicts, ["tiny/first SAME"], "no count changed");
    let found = &json["changes"][0]["instructions"];
    assert_eq!(found["verdict"], "WORSE", "{json}");
    let more = found["after"].as_i64().unwrap() - found["before"].as_i64().unwrap();
    assert!(more >= 10, "{found}");
    repository.verdicts(&arguments("exact,leaks"), 0);

    let output = repository.compare(&arguments("instructions")[..4]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("WORSE  tiny/first  instructions "), "{text}");
    let output = repository.compare(&["main", "longer", "--fail-on", "time"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("remove one of the two options"),
        "{}",
        stderr(&output)
    );
}
