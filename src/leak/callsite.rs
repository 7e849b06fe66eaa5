//! A call site that leaks, and the text of the report. Does not take stacks itself.

use std::fmt;

use super::report::{Report, Verdict};
use crate::stacks;
use heapmark_model::format::{growth_rate, plural};
use heapmark_model::record::Frame;

/// Number of frames that are printed if no frame belongs to the program itself.
const FOREIGN: usize = 3;

/// A call site whose memory is not freed: the lines of the program's own code that lead to the
/// allocation.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Callsite {
    /// Bytes that are not freed, per step.
    pub bytes_per_step: f64,
    /// Blocks that are not freed, per step.
    pub blocks_per_step: f64,
    /// Innermost first. Frames of std, of dependencies and of heapmark are left out, unless there
    /// are no other frames.
    pub frames: Vec<Frame>,
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.callsites.first().and_then(|site| site.frames.first());
        let place = first.filter(|frame| frame.line > 0 && !stacks::is_std(frame));
        match (place, self.caller) {
            (Some(frame), _) => writeln!(out, "{}:{}", frame.file, frame.line)?,
            (None, Some(caller)) => writeln!(out, "{}:{}", caller.file(), caller.line())?,
            (None, None) => {}
        }
        write!(out, "{:>10}  ", self.verdict)?;
        if self.verdict == Verdict::Leak {
            let kind = match self.outlives_state() {
                true => "outlives the state",
                false => "freed with the state",
            };
            let growth = growth_rate(self.bytes_per_step, self.blocks_per_step, "a step");
            write!(out, "{growth}, {kind}; ")?;
        }
        writeln!(out, "{}; {}", self.reason, steps(self.steps, "step"))?;
        if let Some(more) = self.more_steps {
            let more = steps(more, "more step");
            writeln!(out, "            {more} would probably decide it")?;
        }
        if self.verdict == Verdict::Steady {
            return Ok(());
        }
        if place.is_none() && first.is_some() {
            writeln!(
                out,
                "            the source line is unknown: build with `debug = \"line-tables-only\"` \
                 and `strip = false` in the Cargo profile"
            )?;
        }
        for site in &self.callsites {
            let growth = growth_rate(site.bytes_per_step, site.blocks_per_step, "a step");
            let frames = site.frames.iter().filter(|frame| is_telling(frame));
            let most = if site.frames.iter().any(is_own) {
                usize::MAX
            } else {
                FOREIGN
            };
            let frames: Vec<&Frame> = frames.take(most).collect();
            let whom = match frames.is_empty() {
                true => " functions with unknown names",
                false => "",
            };
            writeln!(out, "            {growth} from{whom}")?;
            for Frame {
                function,
                file,
                line,
            } in frames
            {
                match line {
                    0 => writeln!(out, "              {function}")?,
                    _ => writeln!(out, "              {file}:{line}  {function}")?,
                }
            }
        }
        if self.unlisted > 0 {
            let more = plural(self.unlisted, "more call site");
            writeln!(out, "            {more} not listed")?;
        }
        let shown = self.windows.len().saturating_sub(6);
        for window in &self.windows[shown..] {
            let (from, to) = (window.from, window.to);
            let ((low, high), (few, many)) = (window.bytes, window.blocks);
            writeln!(
                out,
                "            steps {from:>7} to {to:>7}: {low} … {high} B, {few} … {many} blocks"
            )?;
        }
        Ok(())
    }
}

/// A number of steps with its noun, as in `1 step` and `175,000 steps`.
fn steps(number: u64, noun: &str) -> String {
    plural(usize::try_from(number).unwrap_or(usize::MAX), noun)
}

/// Whether a frame belongs to the program itself.
fn is_own(frame: &Frame) -> bool {
    !stacks::is_std(frame) && !stacks::is_dependency(frame)
}

/// Whether a frame is useful to a reader. The frames that start a thread are below every program,
/// and are the only ones left if the program's own names were stripped.
fn is_telling(frame: &Frame) -> bool {
    frame.file.ends_with(".rs") || !stacks::is_std(frame)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leak::judge::Trend;
    use crate::leak::report::Stop;

    fn frame(file: &str, line: u32) -> Frame {
        Frame {
            function: "works".to_owned(),
            file: file.to_owned(),
            line,
        }
    }

    fn report(frames: Vec<Frame>) -> String {
        let trends = [Trend::Flat, Trend::Rising(1.0, "steadily")];
        let mut report = Report::new(trends, Stop::Steps, 1_000, 1_000);
        report.callsites = vec![Callsite {
            bytes_per_step: 0.0,
            blocks_per_step: 1.0,
            frames,
        }];
        report.to_string()
    }

    #[test]
    fn of_frames_that_are_not_the_program_s_own_three_are_printed() {
        let pool =
            "/home/me/.cargo/registry/src/index.crates.io-1/rayon-core-1.13.0/src/registry.rs";
        let frames = || (1..=40).map(|line| frame(pool, line)).collect::<Vec<_>>();
        let foreign = report(frames());
        assert_eq!(foreign.matches("  works").count(), 3, "{foreign}");
        let mut frames = frames();
        frames.push(frame("src/main.rs", 7));
        assert_eq!(report(frames).matches("  works").count(), 41);
    }

    #[test]
    fn call_sites_that_are_not_listed_are_counted() {
        let trends = [Trend::Flat, Trend::Rising(1.0, "steadily")];
        let mut report = Report::new(trends, Stop::Steps, 1_000, 1_000);
        assert!(!report.to_string().contains("not listed"));
        report.unlisted = 3;
        let text = report.to_string();
        assert!(
            text.contains("\n            3 more call sites not listed\n"),
            "{text}"
        );
    }

    #[test]
    fn what_does_not_change_is_not_printed() {
        let report = report(Vec::new());
        assert!(report.contains("LEAKS  +1 block a step, "), "{report}");
        assert!(
            report.contains("  +1 block a step from functions"),
            "{report}"
        );
        assert!(!report.contains("0.000"), "{report}");
    }
}
