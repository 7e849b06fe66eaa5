//! Decides, from how a command ended and what it printed, whether a step held. Pure: starts
//! nothing, prints nothing.

use super::tally::Tally;

/// How a command ended.
pub struct Ended {
    /// It exited with 0.
    pub success: bool,
    /// How it ended, for people: `exit status: 101`.
    pub status: String,
    /// All that it printed.
    pub output: String,
}

/// What a judge says: a remark worth a line, or the reason of a failure.
pub type Judgement = Result<Option<String>, String>;

/// One way of judging a command.
pub type Judge = fn(&Ended) -> Judgement;

/// The key that makes the planted workflow wrong; see [`refuses`].
pub const PLANTED: &str = "no-such-key-of-a-job";

/// The last line of a check in which every tool found a leak; see [`finds_leaks`].
pub const LEAKS: &str = "Summary  live LEAKS, heaptrack LEAKS, memcheck LEAKS";

/// Percent of the frames of a profile that have a line at the least.
const PLACED: f64 = 95.0;

/// Holds where the command exited with 0.
pub fn succeeds(ended: &Ended) -> Judgement {
    match ended.success {
        true => Ok(None),
        false => Err(ended.status.clone()),
    }
}

/// Holds where tests ran and none failed. A filter that matches no test exits with 0, so the
/// status alone would be a false all-clear.
pub fn tests_pass(ended: &Ended) -> Judgement {
    let tally = Tally::of(&ended.output);
    if tally.failed > 0 {
        return Err(format!("{} of {} tests failed", tally.failed, tally.ran()));
    }
    succeeds(ended)?;
    match tally.passed {
        0 => Err("no test ran".to_owned()),
        passed => Ok(Some(format!("{passed} tests passed"))),
    }
}

/// Holds where every tool found the planted leaks of the example server, which is the control of a
/// clean one, and nearly all frames of both profiles have a line.
pub fn finds_leaks(ended: &Ended) -> Judgement {
    match (ended.success, ended.output.contains(LEAKS)) {
        (false, true) => {}
        (true, _) => {
            return Err("the planted leaks were not found, so the check proves nothing".to_owned());
        }
        (false, false) => return Err(format!("no verdict: {}", ended.status)),
    }
    let lines = ended.output.lines().map(str::trim_start);
    let shares = lines.filter_map(|line| line.strip_prefix("lines  ")?.split_once(" %"));
    let shares: Vec<f64> = shares.filter_map(|(share, _)| share.parse().ok()).collect();
    if shares.len() != 2 || shares.iter().any(|&share| share < PLACED) {
        return Err(format!("frames with a line, in percent: {shares:?}"));
    }
    Ok(Some("the planted leaks were found".to_owned()))
}

/// Holds where the checker refuses the planted fault and says so: the control of a check. A
/// checker that cannot start also fails, but without naming the fault.
pub fn refuses(ended: &Ended) -> Judgement {
    match (ended.success, ended.output.contains(PLANTED)) {
        (false, true) => Ok(Some("the planted fault was refused".to_owned())),
        (true, _) => Err("the planted fault was accepted, so the check proves nothing".to_owned()),
        (false, false) => Err(format!("the planted fault was not named: {}", ended.status)),
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
    fn planted_leaks_count_as_found_where_every_tool_found_them_and_names_their_lines() {
        let found = |share: &str| {
            let lines = format!("     lines  {share} % of 9 frames have one\n");
            ended(false, &format!("{lines}{lines}   {LEAKS}\n"))
        };
        assert!(finds_leaks(&found("95.0")).is_ok());
        assert!(finds_leaks(&found("94.9")).is_err());
        assert!(finds_leaks(&ended(false, LEAKS)).is_err(), "no shares");
        let clean = ended(true, &found("99.0").output);
        assert!(finds_leaks(&clean).is_err());
        let broken = finds_leaks(&ended(false, "error: no heaptrack")).unwrap_err();
        assert_eq!(broken, "no verdict: exit status: 1");
    }
}
