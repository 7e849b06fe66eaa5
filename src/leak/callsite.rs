//! A call stack that memory came from, as text, and the report as text. Not how stacks are
//! taken.

use std::fmt;

use super::report::{Report, Verdict};
use crate::stacks;
use heapmark_model::format::growth_rate;
use heapmark_model::record::Frame;

/// Frames that are printed where none is of the program itself.
const FOREIGN: usize = 3;

/// A call stack whose memory stays.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Callsite {
    /// Bytes a step that stay.
    pub bytes_per_step: f64,
    /// Blocks a step that stay.
    pub blocks_per_step: f64,
    /// Innermost first; frames of std, of dependencies and of heapmark are left out, unless
    /// nothing else is there.
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
                true => "lost: it outlives its owner",
                false => "held: it goes with its owner",
            };
            let growth = growth_rate(self.bytes_per_step, self.blocks_per_step, "a step");
            write!(out, "{growth}, {kind}; ")?;
        }
        writeln!(out, "{}; {} steps", self.reason, self.steps)?;
        if let Some(more) = self.more_steps {
            writeln!(
                out,
                "            {more} more steps would probably decide it"
            )?;
        }
        if self.verdict == Verdict::Steady {
            return Ok(());
        }
        if place.is_none() && first.is_some() {
            writeln!(
                out,
                "            no line of it is known: build with `debug = \"line-tables-only\"` and \
                 `strip = false` in the profile"
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
                true => " functions without a name",
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

/// Whether a frame is of the program itself.
fn is_own(frame: &Frame) -> bool {
    !stacks::is_std(frame) && !stacks::is_dependency(frame)
}

/// Whether a frame tells a reader anything: what starts a thread stands below every program, and
/// is all that is left where the program's own names were stripped.
fn is_telling(frame: &Frame) -> bool {
    frame.file.ends_with(".rs") || !stacks::is_std(frame)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leak::judge::Shape;
    use crate::leak::report::Stop;

    fn frame(file: &str, line: u32) -> Frame {
        Frame {
            function: "works".to_owned(),
            file: file.to_owned(),
            line,
        }
    }

    fn report(frames: Vec<Frame>) -> String {
        let shapes = [Shape::Flat, Shape::Rising(1.0, "its floor rises")];
        let mut report = Report::new(shapes, Stop::Steps, 1_000, 1_000);
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
