//! Decides whether a step passed, from its exit status and its output. Pure: it starts nothing and
//! prints nothing.

use heapmark_model::format::plural;

use super::tally::Tally;

/// How a command ended.
pub struct Ended {
    /// It exited with 0.
    pub success: bool,
    /// The exit status as text: `exit status: 101`.
    pub status: String,
    /// Everything that it printed.
    pub output: String,
}

/// The result of a judge: a remark to print, or the reason of a failure.
pub type Judgement = Result<Option<String>, String>;

/// A function that judges a command.
pub type Judge = fn(&Ended) -> Judgement;

/// The key that makes the planted workflow invalid; see [`refuses`].
pub const PLANTED: &str = "no-such-key-of-a-job";

/// The last line of a check in which every tool found a leak; see [`finds_leaks`].
pub const LEAKS: &str = "Summary  live LEAKS, heaptrack LEAKS, memcheck LEAKS";

/// The smallest allowed percentage of frames with a line in a profile.
const PLACED: f64 = 95.0;

/// Passes if the command exited with 0.
pub fn succeeds(ended: &Ended) -> Judgement {
    match ended.success {
        true => Ok(None),
        false => Err(ended.status.clone()),
    }
}

/// Passes if tests ran and none failed. A filter that matches no test exits with 0, so the exit
/// status is not enough.
pub fn tests_pass(ended: &Ended) -> Judgement {
    let tally = Tally::from_output(&ended.output);
    if tally.failed > 0 {
        return Err(format!(
            "{} of {} failed",
            tally.failed,
            plural(tally.ran() as usize, "test")
        ));
    }
    succeeds(ended)?;
    match tally.passed {
        0 => Err("no test ran".to_owned()),
        passed => Ok(Some(format!("{} passed", plural(passed as usize, "test")))),
    }
}

/// Passes if every tool found the planted leaks of the example server, and if nearly all frames of
/// both profiles have a line. This is the control of the check of the clean server.
pub fn finds_leaks(ended: &Ended) -> Judgement {
    match (ended.success, ended.output.contains(LEAKS)) {
        (false, true) => {}
        (true, _) => {
            return Err(
                "the check did not find the planted leaks, so it proves nothing".to_owned(),
            );
        }
        (false, false) => return Err(format!("the tools gave no verdict: {}", ended.status)),
    }
    let lines = ended.output.lines().map(str::trim_start);
    let shares = lines.filter_map(|line| line.strip_prefix("lines  ")?.split_once(" %"));
    let shares: Vec<f64> = shares.filter_map(|(share, _)| share.parse().ok()).collect();
    if shares.len() != 2 || shares.iter().any(|&share| share < PLACED) {
        return Err(format!(
            "too few frames have a line: {shares:?} percent, expected two values of at least {PLACED}"
        ));
    }
    Ok(Some("the planted leaks were found".to_owned()))
}

/// Passes if the checker rejects the planted fault and names it: the control of a check. A checker
/// that cannot start also fails, but without naming the fault.
pub fn refuses(ended: &Ended) -> Judgement {
    match (ended.success, ended.output.contains(PLANTED)) {
        (false, true) => Ok(Some("the planted fault was found".to_owned())),
        (true, _) => Err("the planted fault was not found, so the check proves nothing".to_owned()),
        (false, false) => Err(format!(
            "the checker failed without naming the planted fault: {}",
            ended.status
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(success: bool, output: &str) -> Ended {
        Ended {
            success,
            status: "exit status: 1".to_owned(),
            output: output.to_owned(),
        }
    }

    #[test]
    fn a_run_without_a_test_fails_although_it_exits_with_zero() {
        let none = "test result: ok. 0 passed; 0 failed; 0 ignored; 9 filtered out";
        assert_eq!(tests_pass(&ended(true, none)), Err("no test ran".into()));
        let one = "test result: ok. 1 passed; 0 failed; 0 ignored";
        assert!(tests_pass(&ended(true, one)).is_ok());
    }

    #[test]
    fn a_test_run_that_cannot_build_fails_by_its_status() {
        let cut_short = ended(false, "test result: ok. 1 passed; 0 failed; 0 ignored");
        assert_eq!(tests_pass(&cut_short), Err("exit status: 1".into()));
    }

    #[test]
    fn failed_tests_are_counted_in_the_reason() {
        let output = "test result: FAILED. 3 passed; 1 failed; 0 ignored";
        let reason = tests_pass(&ended(false, output)).unwrap_err();
        assert_eq!(reason, "1 of 4 tests failed");
    }

    #[test]
    fn a_control_that_is_accepted_or_fails_for_another_reason_fails_the_check() {
        assert!(refuses(&ended(false, PLANTED)).is_ok());
        assert!(refuses(&ended(true, PLANTED)).is_err());
        assert!(refuses(&ended(false, "no module named check_jsonschema")).is_err());
    }

    #[test]
    fn planted_leaks_count_as_found_if_every_tool_finds_them_and_frames_have_lines() {
        let found = |share: &str| {
            let lines = format!("     lines  {share} % of 9 frames have a line number\n");
            ended(false, &format!("{lines}{lines}   {LEAKS}\n"))
        };
        assert!(finds_leaks(&found("95.0")).is_ok());
        assert!(finds_leaks(&found("94.9")).is_err());
        assert!(finds_leaks(&ended(false, LEAKS)).is_err(), "no shares");
        let clean = ended(true, &found("99.0").output);
        assert!(finds_leaks(&clean).is_err());
        let broken = finds_leaks(&ended(false, "error: no heaptrack")).unwrap_err();
        assert_eq!(broken, "the tools gave no verdict: exit status: 1");
    }
}
