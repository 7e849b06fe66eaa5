//! Profiles of servers: a page for each profile, and one that lists them.

mod icicle;
mod list;
mod live_over_time;
mod sites;

use serde::{Deserialize, Serialize};

pub use icicle::{BoxKind, Icicle, IcicleBox};
pub use list::ProfilesPage;
pub use live_over_time::LiveOverTime;
pub use sites::{SiteCell, SiteRow, SiteTable};

use super::page::{Link, Page, part};
use heapmark_model::format::{as_signed, bytes, count, date, plural, visible};
use heapmark_model::profile::{Callsite, Kept, Profile};

/// The folder of the site with the pages of profiles.
pub const FOLDER: &str = "profile/";

/// The tool that reports only the end of a program, and therefore no growth.
const WITHOUT_RULE: &str = "valgrind-dhat";

/// The page of one profile.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProfilePage {
    /// The frame.
    pub page: Page,
    /// The profile in the list of profiles.
    pub entry: ProfileEntry,
    /// How it was measured.
    pub facts: Vec<Fact>,
    /// The call sites that grow, a line each.
    pub growing: Vec<String>,
    /// Live memory over time; absent if the tool has no clock.
    pub timeline: Option<LiveOverTime>,
    /// The bytes by call stack, one drawing per metric that the tool reports.
    pub icicles: Vec<Icicle>,
    /// The same as a table.
    pub sites: SiteTable,
    /// Warnings, a sentence each.
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
    /// When it was measured, as displayed.
    pub measured: String,
    /// The same in RFC 3339, for sorting.
    pub measured_at: String,
    /// Whether the tool's rule finds a leak.
    pub leaks: bool,
    /// Whether the tool has no rule for leaks, so that finding none means nothing.
    #[serde(default)]
    pub no_rule: bool,
    /// The verdict in a sentence.
    pub sentence: String,
}

/// A property of a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: String,
}

/// The number of requests between the first and the last sample.
#[derive(Clone, Copy, Debug)]
pub(super) struct SampledRequests {
    requests: u64,
}

impl SampledRequests {
    /// The growth of a call site in blocks and bytes between the first and the last sample.
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
        let slope = slope.map(|requests| SampledRequests { requests });
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
            timeline: LiveOverTime::new(kept),
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
            .map_or_else(String::new, |sent| format!("{} in total, ", of(sent)));
        let value = format!(
            "{all}{} of {} after a warm-up",
            plural(usize::try_from(rounds).unwrap_or(usize::MAX), "round"),
            of(requests)
        );
        facts.push(fact("Requests", value));
    }
    for (name, tally) in [
        ("Allocated", kept.profile.sum(|site| site.total)),
        ("Live at the peak", kept.profile.peak()),
        ("Live at the end", kept.profile.sum(|site| site.end)),
    ] {
        // Without any stack or moment, the numbers are unknown and not zero.
        let is_known = !kept.profile.callsites.is_empty() || !kept.profile.timeline.is_empty();
        if let Some(words) = heapmark_model::profile::words(tally).filter(|_| is_known) {
            facts.push(fact(name, words));
        }
    }
    facts.extend(others(&kept.profile));
    facts
}

/// Numbers that some tools report in addition to the heap.
fn others(profile: &Profile) -> impl Iterator<Item = Fact> {
    let in_bytes = |number: u64| bytes(as_signed(number));
    let extra = profile.peak_moment().and_then(|moment| moment.extra);
    let facts = [
        ("Allocator overhead at the peak", extra.map(in_bytes)),
        (
            "Thread stacks, maximum",
            profile.most_stacks().map(in_bytes),
        ),
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

/// A drawing for each metric that the tool reports. Growth comes first, because it shows leaks.
fn icicles(kept: &Kept, slope: Option<SampledRequests>) -> Vec<Icicle> {
    let names = &icicle::Names::from_profile(&kept.profile);
    let growth = slope.and_then(|slope| {
        let weight = |site: &Callsite| {
            let risen = slope.risen(site).map_or(0, |(_, bytes)| bytes.max(0));
            risen.unsigned_abs()
        };
        Icicle::new(
            ("growth", "Growth between first and last sample"),
            names,
            &weight,
        )
    });
    let end = |site: &Callsite| site.end.bytes.unwrap_or_default();
    let peak = |site: &Callsite| site.peak.bytes.unwrap_or_default();
    let total = |site: &Callsite| site.total.bytes.unwrap_or_default();
    let others = [
        Icicle::new(("total", "All allocations"), names, &total),
        Icicle::new(("peak", "Live at the peak"), names, &peak),
        Icicle::new(("end", "Live at the end"), names, &end),
    ];
    growth
        .into_iter()
        .chain(others.into_iter().flatten())
        .collect()
}
