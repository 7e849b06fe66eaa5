//! Call stacks as boxes below each other, with the outermost call on top. The width of a box is the
//! number of bytes that it and everything below it allocated.
//!
//! ```text
//!  stacks ─ frameworks folded, own code by name ─▶ tree ─ largest first, others summed ─▶ boxes
//! ```

use std::collections::BTreeMap;

use serde::Serialize;

use heapmark_model::format::{as_signed, bytes_exact, count, plural, visible};
use heapmark_model::profile::{self, Callsite, Layer, Profile};
use heapmark_model::record::Frame;

/// Maximum number of boxes with a name. Smaller boxes are summed.
const NAMED: usize = 100;
/// Maximum number of rows. Deeper calls are part of the box above them.
const ROWS: u32 = 30;
/// Boxes narrower than the whole divided by this number are unreadable.
const NARROWEST: u64 = 250;

/// One metric of a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Icicle {
    /// The metric, for links.
    pub key: &'static str,
    /// The metric, as displayed.
    pub name: &'static str,
    /// The drawing in a sentence, for screen readers.
    pub label: String,
    /// The bytes of the whole.
    pub total: u64,
    /// The number of rows.
    pub rows: u32,
    /// All boxes, each after the box above it.
    pub boxes: Vec<IcicleBox>,
}

/// The bytes of one function and everything that it calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IcicleBox {
    /// Its row, from 0.
    pub row: u32,
    /// Where it begins, in bytes from the left.
    pub start: u64,
    /// Its bytes.
    pub bytes: u64,
    /// Whose code it is.
    pub kind: BoxKind,
    /// Its text.
    pub name: String,
    /// Its tooltip.
    pub title: String,
}

/// Whose code a box is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BoxKind {
    /// The program's.
    Own,
    /// A library's.
    Library,
    /// Consecutive frames of runtimes, servers and std.
    Framework,
    /// The sum of boxes that are too small to be drawn.
    Smaller,
}

/// The bytes of a call site in a metric.
pub(super) type Weight<'a> = dyn Fn(&Callsite) -> u64 + 'a;

#[derive(Default)]
struct Node<'a> {
    bytes: u64,
    /// The crates of a framework box.
    crates: Vec<&'a str>,
    below: BTreeMap<(BoxKind, &'a str), Node<'a>>,
}

/// The label of each frame of a profile, computed once for all drawings.
pub(super) struct Names<'a> {
    profile: &'a Profile,
    places: Vec<FrameLabel>,
}

struct FrameLabel {
    kind: BoxKind,
    /// The same for every frame of a framework, so that they share one box.
    name: String,
    framework: Option<String>,
}

impl<'a> Names<'a> {
    pub(super) fn from_profile(profile: &'a Profile) -> Self {
        Self {
            profile,
            places: profile.frames.iter().map(FrameLabel::from_frame).collect(),
        }
    }
}

impl FrameLabel {
    fn from_frame(frame: &Frame) -> Self {
        let (kind, name, framework) = match profile::layer(frame) {
            Layer::Own => (BoxKind::Own, own(frame), None),
            Layer::Library(name) => (BoxKind::Library, library(&name, frame), None),
            Layer::Framework(name) => (BoxKind::Framework, String::new(), Some(name)),
        };
        Self {
            kind,
            name,
            framework,
        }
    }
}

impl Icicle {
    /// `None` if all call sites have zero bytes.
    pub(super) fn new(
        (key, name): (&'static str, &'static str),
        names: &Names<'_>,
        weight: &Weight<'_>,
    ) -> Option<Self> {
        let mut root = Node::default();
        for site in &names.profile.callsites {
            let bytes = weight(site);
            if bytes > 0 {
                root.add(bytes, &steps(names, site));
            }
        }
        let total = root.bytes;
        if total == 0 {
            return None;
        }
        let mut icicle = Self {
            key,
            name,
            label: String::new(),
            total,
            rows: 0,
            boxes: Vec::new(),
        };
        let least = root.least_named().max(total / NARROWEST).max(1);
        icicle.put(&root, (BoxKind::Framework, "all"), 0, 0, least);
        icicle.label = format!(
            "{name}: {} for {}, the outermost call on top.",
            plural(icicle.boxes.len() - 1, "box").replace("boxs", "boxes"),
            bytes_exact(as_signed(total))
        );
        Some(icicle)
    }

    fn put(
        &mut self,
        node: &Node<'_>,
        (kind, name): (BoxKind, &str),
        row: u32,
        start: u64,
        least: u64,
    ) {
        let name = match kind {
            BoxKind::Framework if row > 0 => node.crates.join(" · "),
            _ => visible(name),
        };
        self.push(row, start, node.bytes, kind, name);
        if row + 1 == ROWS {
            return;
        }
        let mut below: Vec<_> = node.below.iter().collect();
        below.sort_by_key(|(key, node)| (std::cmp::Reverse(node.bytes), *key));
        let named = below.partition_point(|(_, node)| node.bytes >= least);
        let mut at = start;
        for ((kind, name), node) in &below[..named] {
            self.put(node, (*kind, name), row + 1, at, least);
            at += node.bytes;
        }
        let rest = &below[named..];
        let bytes: u64 = rest.iter().map(|(_, node)| node.bytes).sum();
        if bytes > 0 {
            let name = format!("{} smaller", count(as_signed(rest.len() as u64)));
            self.push(row + 1, at, bytes, BoxKind::Smaller, name);
        }
    }

    fn push(&mut self, row: u32, start: u64, bytes: u64, kind: BoxKind, name: String) {
        let share = bytes as f64 / self.total as f64 * 100.0;
        self.rows = self.rows.max(row + 1);
        self.boxes.push(IcicleBox {
            row,
            start,
            bytes,
            kind,
            title: format!("{name}: {}, {share:.1} %", bytes_exact(as_signed(bytes))),
            name,
        });
    }
}

impl<'a> Node<'a> {
    fn add(&mut self, bytes: u64, steps: &[Step<'a>]) {
        self.bytes = self.bytes.saturating_add(bytes);
        let Some((step, rest)) = steps.split_first() else {
            return;
        };
        let below = self.below.entry((step.kind, step.name)).or_default();
        for name in &step.crates {
            if !below.crates.contains(name) {
                below.crates.push(name);
            }
        }
        below.add(bytes, rest);
    }

    /// The bytes of the smallest box that gets a name.
    fn least_named(&self) -> u64 {
        let mut all = Vec::new();
        let mut open = vec![self];
        while let Some(node) = open.pop() {
            all.push(node.bytes);
            open.extend(node.below.values());
        }
        all.sort_unstable_by_key(|bytes| std::cmp::Reverse(*bytes));
        // Boxes as large as the first one that is omitted are omitted too.
        all.get(NAMED).map_or(0, |bytes| bytes + 1)
    }
}

/// One box of a stack.
struct Step<'a> {
    kind: BoxKind,
    name: &'a str,
    crates: Vec<&'a str>,
}

/// A stack from the outermost call. Consecutive frames of frameworks are one step, and so are the
/// closures of a function.
fn steps<'a>(names: &'a Names<'_>, site: &Callsite) -> Vec<Step<'a>> {
    let mut steps: Vec<Step<'a>> = Vec::new();
    let outermost_first = site.stack.iter().rev();
    let places =
        outermost_first.filter_map(|place| names.places.get(usize::try_from(*place).ok()?));
    for place in places {
        let of = place.framework.as_deref();
        match steps.last_mut() {
            Some(last) if (last.kind, last.name) == (place.kind, &*place.name) => {
                let new = of.filter(|of| !last.crates.contains(of));
                last.crates.extend(new);
            }
            _ => steps.push(Step {
                kind: place.kind,
                name: &place.name,
                crates: of.into_iter().collect(),
            }),
        }
    }
    // Frames of std inside a call belong to that call.
    let is_inner = steps
        .last()
        .is_some_and(|last| last.kind == BoxKind::Framework);
    if is_inner && steps.len() > 1 {
        steps.pop();
    }
    steps
}

/// The path of a function; without a path, as in a closure, its name with file and line.
fn own(frame: &Frame) -> String {
    let name = profile::name(frame);
    if name.starts_with('{') || !name.contains("::") {
        let file = frame.file.rsplit('/').next().unwrap_or_default();
        return format!("{name} {file}:{}", frame.line);
    }
    name
}

fn library(of: &str, frame: &Frame) -> String {
    let name = profile::name(frame);
    match name.starts_with(of) {
        true => name,
        false => format!("{of}: {name}"),
    }
}
