//! A call stack that memory came from, as text, and the report as text. Not how stacks are
//! taken.

use std::fmt;

use super::report::{Report, Verdict};
use crate::record::Frame;
use crate::stacks;

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
            let kind = match self.is_lost() {
                true => "lost: it outlives its owner",
                false => "held: it goes with its owner",
            };
            let (bytes, blocks) = (self.bytes_per_step, self.blocks_per_step);
            write!(
                out,
                "{bytes:+.3} B and {blocks:+.5} blocks a step, {kind}; "
            )?;
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
            let (bytes, blocks) = (site.bytes_per_step, site.blocks_per_step);
            let frames = site.frames.iter().filter(|frame| is_telling(frame));
            let frames: Vec<&Frame> = frames.collect();
            let whom = match frames.is_empty() {
                true => " functions without a name",
                false => "",
            };
            writeln!(
                out,
                "            {bytes:+.3} B {blocks:+.5} blocks a step from{whom}"
            )?;
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

/// Whether a frame tells a reader anything: what starts a thread stands below every program, and
/// is all that is left where the program's own names were stripped.
fn is_telling(frame: &Frame) -> bool {
    frame.file.ends_with(".rs") || !stacks::is_std(frame)
}
