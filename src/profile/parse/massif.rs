//! massif's snapshots. It knows bytes alone, and call stacks only of some snapshots.

use std::io::BufRead;

use super::frames::{Frames, split};
use crate::profile::{Callsite, Moment, ParseError, Profile, Tally, Tool};

#[derive(Default)]
struct Massif {
    frames: Frames,
    /// The stacks of the detailed snapshot that is being read, and the nodes above the line.
    tree: Vec<(Vec<u32>, u64)>,
    above: Vec<(u32, u64)>,
    is_peak: bool,
    /// The stacks of the peak, and else those of the last detailed snapshot.
    peak: Option<Vec<Callsite>>,
    last: Vec<Callsite>,
}

pub(super) fn parse(input: impl BufRead) -> Result<Profile, ParseError> {
    let mut profile = Profile::new(Tool::Massif);
    let mut massif = Massif::default();
    for (index, line) in input.split(b'\n').enumerate() {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        let failed = |reason: String| ParseError::line(index as u64 + 1, reason);
        let number = |text: &str| {
            let parsed = text.parse::<u64>();
            parsed.map_err(|_| failed(format!("`{text}` is no number")))
        };
        if let Some(command) = line.strip_prefix("cmd: ") {
            profile.command = Some(command.to_owned());
        } else if let Some(unit) = line.strip_prefix("time_unit: ") {
            profile.clock = Some(unit.to_owned());
        } else if let Some(at) = line.strip_prefix("time=") {
            let at = number(at)?;
            profile.timeline.push(Moment {
                at,
                ..Moment::default()
            });
        } else if let Some(bytes) = line.strip_prefix("mem_heap_B=") {
            let bytes = number(bytes)?;
            let moment = profile.timeline.last_mut();
            let moment = moment.ok_or_else(|| failed("a size before any time".to_owned()))?;
            moment.live.bytes = Some(bytes);
        } else if let Some(tree) = line.strip_prefix("heap_tree=") {
            massif.finish_tree();
            massif.is_peak = tree == "peak";
        } else if line.trim_start().starts_with('n') && line.contains(": ") {
            massif.node(&line).map_err(failed)?;
        }
    }
    massif.finish_tree();
    if profile.timeline.is_empty() {
        return Err(ParseError::Content("there is no snapshot".to_owned()));
    }
    profile.callsites = massif.peak.take().unwrap_or_else(|| {
        let warning = "no snapshot of the peak: stacks are those of the last detailed one";
        profile.warnings.push(warning.to_owned());
        massif.last
    });
    profile.frames = massif.frames.into_inner();
    Ok(profile)
}

impl Massif {
    /// A line of the tree: as many blanks as nodes above it, `nCHILDREN: BYTES PLACE`.
    fn node(&mut self, line: &str) -> Result<(), String> {
        let depth = line.len() - line.trim_start().len();
        let (children, rest) = line.trim_start()[1..]
            .split_once(": ")
            .ok_or("a node without bytes")?;
        let (bytes, place) = rest
            .trim_start()
            .split_once(' ')
            .ok_or("a node without a place")?;
        let children: u64 = children.parse().map_err(|_| "a node without children")?;
        let bytes: u64 = bytes
            .parse()
            .map_err(|_| format!("`{bytes}` is no number"))?;
        self.above.truncate(depth);
        let (function, file, line) = split(place);
        // What is below the threshold has no place of its own.
        let is_place = place.starts_with("0x");
        if is_place {
            let frame = self.frames.number(function, file, line);
            self.above.push((frame, bytes));
        }
        if children == 0 {
            let stack = self.above.iter().map(|(frame, _)| *frame).collect();
            self.tree.push((stack, bytes));
        } else if !is_place {
            self.above.clear();
        }
        Ok(())
    }

    /// Keeps what was read of a detailed snapshot.
    fn finish_tree(&mut self) {
        self.above.clear();
        if self.tree.is_empty() {
            return;
        }
        let sites = self.tree.drain(..).map(|(stack, bytes)| Callsite {
            stack,
            peak: Tally {
                blocks: None,
                bytes: Some(bytes),
            },
            ..Callsite::default()
        });
        let sites = sites.collect();
        match self.is_peak {
            true => self.peak = Some(sites),
            false => self.last = sites,
        }
    }
}
