//! Reads massif's snapshots. massif records only bytes, and call stacks only of some snapshots.

mod tree;

use std::io::BufRead;

use super::frames::Frames;
use super::limits::{MOST, MOST_LINES, is_at_most};
use super::lines::Lines;
use crate::profile::{Moment, ParseError, Profile, Tally, Tool};
use heapmark_model::format::{as_signed, bytes_exact, plural};
use tree::{Stacks, Tree};

#[derive(Default)]
struct Massif {
    frames: Frames,
    snapshots: Vec<Snapshot>,
    /// The tree that is being read.
    tree: Option<Tree>,
    /// The detailed snapshot with most heap, and its stacks.
    stacks: Option<(usize, Stacks)>,
    /// The snapshot that massif marks as its peak.
    marked: Option<usize>,
}

#[derive(Default)]
struct Snapshot {
    number: u64,
    moment: Moment,
    /// Whether its last line was read.
    is_whole: bool,
}

pub(super) fn parse(input: impl BufRead) -> Result<Profile, ParseError> {
    let mut profile = Profile::new(Tool::Massif);
    let mut massif = Massif::default();
    let mut lines = Lines::new(input, MOST_LINES);
    while let Some((line, _)) = lines.next()? {
        let text = String::from_utf8_lossy(line);
        let read = massif.line(text.trim_end_matches('\r'), &mut profile);
        read.map_err(|reason| lines.failed(reason))?;
    }
    massif.finish(profile).map_err(ParseError::Content)
}

impl Massif {
    fn line(&mut self, line: &str, profile: &mut Profile) -> Result<(), String> {
        if let Some(tree) = &mut self.tree {
            if tree.node(line, &mut self.frames)? {
                self.finish_tree()?;
            }
            return Ok(());
        }
        let (key, value) = match line.split_once(": ").or_else(|| line.split_once('=')) {
            Some(pair) => pair,
            None => return Ok(()),
        };
        match key {
            "cmd" => profile.command = Some(value.to_owned()),
            "time_unit" => profile.clock = Some(value.to_owned()),
            "snapshot" => {
                if self.snapshots.last().is_some_and(|last| !last.is_whole) {
                    return Err("a snapshot begins before the one above it is complete".to_owned());
                }
                self.snapshots.push(Snapshot {
                    number: number(value)?,
                    ..Snapshot::default()
                });
                is_at_most(self.snapshots.len(), MOST, "snapshots")?;
            }
            "time" => self.moment()?.at = number(value)?,
            "mem_heap_B" => self.moment()?.live = Tally::bytes(number(value)?),
            "mem_heap_extra_B" => self.moment()?.extra = Some(number(value)?),
            "mem_stacks_B" => self.moment()?.stacks = Some(number(value)?),
            "heap_tree" => self.begin_tree(value)?,
            _ => {}
        }
        Ok(())
    }

    fn moment(&mut self) -> Result<&mut Moment, String> {
        let last = self.snapshots.last_mut();
        let last = last.ok_or("a number before the first snapshot")?;
        Ok(&mut last.moment)
    }

    fn begin_tree(&mut self, kind: &str) -> Result<(), String> {
        let index = self.snapshots.len().checked_sub(1);
        let index = index.ok_or("a tree before the first snapshot")?;
        match kind {
            "empty" => self.snapshots[index].is_whole = true,
            "peak" => {
                self.marked = Some(index);
                self.tree = Some(Tree::default());
            }
            "detailed" => self.tree = Some(Tree::default()),
            _ => return Err(format!("`{kind}` is not a known kind of heap tree")),
        }
        Ok(())
    }

    /// Keeps the stacks of a snapshot if no other snapshot with stacks has more heap. Of several
    /// with equal heap, keeps those of massif's own peak.
    fn finish_tree(&mut self) -> Result<(), String> {
        let stacks = self.tree.take().unwrap_or_default().into_stacks();
        let index = self.snapshots.len() - 1;
        self.snapshots[index].is_whole = true;
        let heap = |index: usize| self.snapshots[index].moment.live.bytes;
        let is_more = self.stacks.as_ref().is_none_or(|(before, _)| {
            (heap(*before), self.marked == Some(*before))
                < (heap(index), self.marked == Some(index))
        });
        let (drop, kept) = match is_more {
            true => (self.stacks.take().map(|(_, stacks)| stacks), Some(stacks)),
            false => (Some(stacks), None),
        };
        if let Some(drop) = drop {
            let frames = drop.sites.iter().map(|site| site.stack.len()).sum();
            self.frames.drop_stacks(drop.sites.len(), frames);
        }
        if let Some(kept) = kept {
            self.stacks = Some((index, kept));
        }
        Ok(())
    }

    fn finish(mut self, mut profile: Profile) -> Result<Profile, String> {
        if self.snapshots.is_empty() {
            return Err("it contains no snapshot".to_owned());
        }
        if self.snapshots.last().is_some_and(|last| !last.is_whole) {
            return Err("it is truncated within a snapshot".to_owned());
        }
        // Without `--stacks=yes`, massif writes zeros; a real program always has a stack.
        if self
            .snapshots
            .iter()
            .all(|one| one.moment.stacks == Some(0))
        {
            self.snapshots
                .iter_mut()
                .for_each(|one| one.moment.stacks = None);
        }
        profile.timeline = self.snapshots.iter().map(|one| one.moment).collect();
        let peak = profile.peak_moment().copied().unwrap_or_default();
        profile.peak_at = Some(peak.at);
        profile.warnings = self.remarks(peak.live.bytes);
        if let Some((_, stacks)) = self.stacks {
            profile.callsites = stacks.sites;
        }
        profile.frames = self.frames.into_inner();
        Ok(profile)
    }

    /// Notes on massif's own peak and on the call stacks, if they differ from what a reader
    /// expects.
    fn remarks(&self, highest: Option<u64>) -> Vec<String> {
        let mut remarks = Vec::new();
        let heap = |one: &Snapshot| one.moment.live.bytes;
        let in_bytes = |number: u64| bytes_exact(as_signed(number));
        let of = |number: Option<u64>| in_bytes(number.unwrap_or_default());
        let marked = self.marked.map(|index| &self.snapshots[index]);
        if let Some(marked) = marked.filter(|marked| heap(marked) != highest) {
            let stacks = marked.moment.stacks;
            let stacks = stacks.map_or_else(String::new, |stacks| {
                format!(" and {} of stacks", in_bytes(stacks))
            });
            // If the call stacks are those of massif's own peak, one note states both.
            let has_stacks = self.marked == self.stacks.as_ref().map(|(index, _)| *index);
            let whose = match has_stacks {
                true => ", but the call stacks are those of massif's peak",
                false => "",
            };
            remarks.push(format!(
                "massif's own peak is snapshot {}: {} of heap, {} extra{stacks}; another snapshot has more heap{whose}",
                marked.number,
                of(heap(marked)),
                of(marked.moment.extra),
            ));
        }
        match &self.stacks {
            None => remarks.push("no snapshot has call stacks".to_owned()),
            Some((index, stacks)) => {
                let snapshot = &self.snapshots[*index];
                let is_noted = self.marked == Some(*index);
                if heap(snapshot) != highest && !is_noted {
                    remarks.push(format!(
                        "the call stacks are those of snapshot {} with {} of heap, not those of the peak",
                        snapshot.number,
                        of(heap(snapshot)),
                    ));
                }
                if stacks.below.0 > 0 {
                    remarks.push(format!(
                        "massif lists no stack for {} at {}, each below its threshold",
                        in_bytes(stacks.below.0),
                        plural(stacks.below.1, "call site"),
                    ));
                }
            }
        }
        remarks
    }
}

fn number(text: &str) -> Result<u64, String> {
    let parsed = text.trim().parse::<u64>();
    parsed.map_err(|_| format!("`{text}` is not a number"))
}
