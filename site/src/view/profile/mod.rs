//! What a tool says of a server's heap: a page for each profile, and one that lists them.

mod icicle;
mod list;
mod sites;
mod timeline;

use serde::{Deserialize, Serialize};

pub use icicle::{BoxKind, Icicle, IcicleBox};
pub use list::ProfilesPage;
pub use sites::{SiteCell, SiteRow, SiteTable};
pub use timeline::Timeline;

use super::page::{Link, Page, part};
use heapmark_model::format::{as_signed, bytes, count, date, visible};
use heapmark_model::profile::{Callsite, Kept, Profile};

/// The folder of the site that pages of profiles lie in.
pub const FOLDER: &str = "profile/";

/// The tool that knows the end of a program alone, and by that no growth.
const WITHOUT_RULE: &str = "valgrind-dhat";

/// The page of one profile.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProfilePage {
    /// The frame.
    pub page: Page,
    /// What the list of profiles says of it.
    pub entry: ProfileEntry,
    /// How it was made.
    pub facts: Vec<Fact>,
    /// The places that grow, a line each.
    pub growing: Vec<String>,
    /// Live memory over time; absent where the tool has no clock.
    pub timeline: Option<Timeline>,
    /// Where the bytes are, a drawing for each metric that the tool knows.
    pub icicles: Vec<Icicle>,
    /// The same as a table.
    pub sites: SiteTable,
    /// What a reader should know, a sentence each.
    pub warnings: Vec<String>,
}

/// A profile in a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileEntry {
    /// The address of its page.
    pub href: String,
    /// The tool.
    pub tool: String,
    /// The server.
    pub server: String,
    /// When it was measured, for people.
    pub measured: String,
    /// The same, so that it sorts.
    pub measured_at: String,
    /// Whether the tool's rule finds a leak.
    pub leaks: bool,
    /// Whether the tool has no rule, so that finding none says nothing.
    #[serde(default)]
    pub no_rule: bool,
    /// The verdict in a sentence.
    pub sentence: String,
}

/// One line of how a profile was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// What it is.
    pub name: &'static str,
    /// How it was.
    pub value: String,
}

/// How many requests lie between the first mark and the last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slope {
    requests: u64,
}

impl Slope {
    /// Blocks and bytes by which a callsite rises between the first mark and the last.
    fn risen(self, site: &Callsite) -> Option<(i64, i64)> {
        let (first, last) = (site.marks.first()?, site.marks.last()?);
        let risen =
            |first: Option<u64>, last: Option<u64>| Some(as_signed(last?) - as_signed(first?));
        Some((
            risen(first.blocks, last.blocks)?,
            risen(first.bytes, last.bytes)?,
        ))
    }
}

impl ProfilePage {
    /// The page of a profile.
    pub fn new(kept: &Kept) -> Self {
        let path = format!("{FOLDER}{}.html", part(&kept.id));
        let server = kept.server.rsplit('/').next().unwrap_or_default();
        let entry = ProfileEntry {
            href: path.clone(),
            tool: visible(&kept.tool),
            server: visible(server),
            measured: date(&kept.measured_at),
            measured_at: kept.measured_at.clone(),
            leaks: kept.leaks,
            no_rule: kept.no_rule || kept.tool == WITHOUT_RULE,
            sentence: visible(&kept.sentence),
        };
        let slope = kept.requests_between_marks();
        let slope = slope.map(|requests| Slope { requests });
        let footer = format!(
            "Measured {} under {}. Bytes are requested bytes.",
            entry.measured, entry.tool
        );
        let title = format!("{} of {}", entry.tool, entry.server);
        let trail = vec![Link::new("Profiles", "profiles.html")];
        let texts = |texts: &[String]| texts.iter().map(|text| visible(text)).collect();
        Self {
            page: Page::new(&path, &title, &footer).below(trail),
            facts: facts(kept),
            growing: texts(&kept.growing),
            timeline: Timeline::new(kept),
            icicles: icicles(kept, slope),
            sites: SiteTable::new(kept, slope),
            warnings: texts(&kept.profile.warnings),
            entry,
        }
    }
}

fn facts(kept: &Kept) -> Vec<Fact> {
    let fact = |name, value: String| Fact { name, value };
    let of = |value: u64| count(as_signed(value));
    let version = kept.version.as_deref().map(visible);
    let mut facts = vec![fact(
        "Tool",
        format!("{} {}", visible(&kept.tool), version.unwrap_or_default()),
    )];
    let what = match kept.requests {
        Some(_) => "Server",
        None => "Program",
    };
    facts.push(fact(what, visible(&kept.server)));
    if let Some(requests) = kept.requests {
        let rounds = kept.marks.len().saturating_sub(1) as u64;
        let all = kept
            .sent
            .map_or_else(String::new, |sent| format!("{} in all, ", of(sent)));
        let value = format!(
            "{all}{} rounds of {} after a warm-up",
            of(rounds),
            of(requests)
        );
        facts.push(fact("Requests", value));
    }
    for (name, tally) in [
        ("Asked for", kept.profile.sum(|site| site.total)),
        ("Live at the peak", kept.profile.peak()),
        ("Live at the end", kept.profile.sum(|site| site.end)),
    ] {
        // No stack at all is no zero.
        let is_known = !kept.profile.callsites.is_empty() || !kept.profile.timeline.is_empty();
        if let Some(words) = heapmark_model::profile::words(tally).filter(|_| is_known) {
            facts.push(fact(name, words));
        }
    }
    facts.extend(others(&kept.profile));
    facts
}

/// What some tools know beside the heap.
fn others(profile: &Profile) -> impl Iterator<Item = Fact> {
    let in_bytes = |number: u64| bytes(as_signed(number));
    let extra = profile.peak_moment().and_then(|moment| moment.extra);
    let facts = [
        ("Of the allocator at the peak", extra.map(in_bytes)),
        ("Thread stacks at most", profile.most_stacks().map(in_bytes)),
        ("Found", heapmark_model::profile::found(profile)),
        (
            "Other errors",
            heapmark_model::profile::other_errors(profile),
        ),
    ];
    facts.into_iter().filter_map(|(name, value)| {
        let value = visible(&value?);
        Some(Fact { name, value })
    })
}

/// A drawing for each metric that the tool knows, growth first, since it is what a leak is.
fn icicles(kept: &Kept, slope: Option<Slope>) -> Vec<Icicle> {
    let names = &icicle::Names::of(&kept.profile);
    let growth = slope.and_then(|slope| {
        let weight = |site: &Callsite| {
            let risen = slope.risen(site).map_or(0, |(_, bytes)| bytes.max(0));
            risen.unsigned_abs()
        };
        Icicle::new(("growth", "What grew between the marks"), names, &weight)
    });
    let end = |site: &Callsite| site.end.bytes.unwrap_or_default();
    let peak = |site: &Callsite| site.peak.bytes.unwrap_or_default();
    let total = |site: &Callsite| site.total.bytes.unwrap_or_default();
    let others = [
        Icicle::new(("total", "All that was asked for"), names, &total),
        Icicle::new(("peak", "What lived at the peak"), names, &peak),
        Icicle::new(("end", "What lived at the end"), names, &end),
    ];
    growth
        .into_iter()
        .chain(others.into_iter().flatten())
        .collect()
}
