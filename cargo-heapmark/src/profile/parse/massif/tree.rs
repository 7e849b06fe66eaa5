//! Reads the tree of one detailed snapshot: the functions that allocated its bytes, and their
//! callers.
//!
//! ```text
//!  n2: 2500 (heap allocation functions) …          a node, and how many follow below it
//!   n1: 2000 0x402000: text_new (text.c:30)        one more space for each level
//!    n0: 2000 0x402100: read_key (read.c:40)       the end of a stack
//!   n0: 500 in 3 places, all below massif's …      callers that massif omits
//! ```

use super::super::frames::{Frames, split};
use super::super::limits::{DEPTH, is_at_most};
use crate::profile::{Callsite, Tally};
use heapmark_model::profile::BELOW;

/// The nodes that are being read, outermost first.
#[derive(Default)]
pub(super) struct Tree {
    open: Vec<Node>,
    /// The frames of the open nodes, innermost function first. The root has none.
    stack: Vec<u32>,
    stacks: Stacks,
}

/// The stacks of a snapshot.
#[derive(Default)]
pub(super) struct Stacks {
    pub(super) sites: Vec<Callsite>,
    /// The bytes whose callers massif omits, and the number of those callers.
    pub(super) below: (u64, usize),
}

struct Node {
    /// The number of its children that are still to be read.
    missing: u64,
    /// Its bytes that do not belong to the children read so far.
    left: u64,
    has_frame: bool,
}

impl Tree {
    /// Reads a line. Returns whether the tree is complete.
    pub(super) fn node(&mut self, line: &str, frames: &mut Frames) -> Result<bool, String> {
        let text = line.trim_start_matches(' ');
        let depth = line.len() - text.len();
        if depth != self.open.len() {
            return Err(format!(
                "a node is {depth} deep in the tree, expected {} deep",
                self.open.len()
            ));
        }
        is_at_most(depth, DEPTH, "levels of a tree")?;
        let (children, bytes, place) = parts(text).ok_or("a node of the tree is invalid")?;
        if let Some(parent) = self.open.last_mut() {
            parent.missing -= 1;
            let left = parent.left.checked_sub(bytes);
            parent.left = left.ok_or("the children of a node have more bytes than the node")?;
        }
        let frame = match place.split_once(" below massif's threshold") {
            Some((places, _)) => {
                let places = places
                    .strip_prefix("in ")
                    .and_then(|rest| rest.split(' ').next());
                let places = places.and_then(|number| number.parse().ok()).unwrap_or(1);
                let below = &mut self.stacks.below;
                *below = (
                    below.0.saturating_add(bytes),
                    below.1.saturating_add(places),
                );
                Some((BELOW, "", 0))
            }
            None if place.starts_with("0x") => Some(split(place)),
            // `(heap allocation functions) …`, the root.
            None => None,
        };
        if let Some((function, file, line)) = frame {
            self.stack.push(frames.number(function, file, line)?);
        }
        self.open.push(Node {
            missing: children,
            left: bytes,
            has_frame: frame.is_some(),
        });
        self.close(frames)?;
        Ok(self.open.is_empty())
    }

    /// Closes the complete nodes. The bytes that their callers do not account for are their own.
    fn close(&mut self, frames: &mut Frames) -> Result<(), String> {
        while let Some(node) = self.open.pop_if(|node| node.missing == 0) {
            if node.left > 0 {
                frames.stack(self.stack.len())?;
                self.stacks.sites.push(Callsite {
                    stack: self.stack.clone(),
                    peak: Tally::bytes(node.left),
                    ..Callsite::default()
                });
            }
            if node.has_frame {
                self.stack.pop();
            }
        }
        Ok(())
    }

    pub(super) fn into_stacks(self) -> Stacks {
        self.stacks
    }
}

/// Splits `nCHILDREN: BYTES LOCATION`.
fn parts(text: &str) -> Option<(u64, u64, &str)> {
    let (children, rest) = text.strip_prefix('n')?.split_once(": ")?;
    let (bytes, place) = rest.split_once(' ')?;
    Some((children.parse().ok()?, bytes.parse().ok()?, place))
}
