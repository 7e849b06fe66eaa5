//! The table of call sites that allocate, those with the most memory first.

use std::collections::BTreeMap;

use serde::Serialize;

use super::SampledRequests;
use heapmark_model::format::{as_signed, bytes, bytes_exact, count};
use heapmark_model::profile::{self, Kept, Kind, Tally};

/// Maximum number of call sites.
const SHOWN: usize = 50;

/// Call sites by their memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SiteTable {
    /// The headings of the columns.
    pub columns: Vec<&'static str>,
    /// The call sites.
    pub rows: Vec<SiteRow>,
    /// How many more there are; 0 if all are shown.
    pub more: usize,
}

/// One call site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SiteRow {
    /// File, line and function of the innermost own frame, and its caller.
    pub place: String,
    /// How the tool classifies the remaining memory.
    pub kind: Option<&'static str>,
    /// A cell for each column.
    pub cells: Vec<SiteCell>,
}

/// A number of a call site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SiteCell {
    /// The number as displayed; a dash if the tool does not report it.
    pub text: String,
    /// The exact number.
    pub title: String,
}

/// The sum over all call stacks of a call site.
#[derive(Default)]
struct Sum {
    stacks: u32,
    total: Tally,
    peak: Tally,
    end: Tally,
    growth: Option<(i64, i64)>,
    kind: Option<Kind>,
}

impl SiteTable {
    pub(super) fn new(kept: &Kept, slope: Option<SampledRequests>) -> Self {
        let mut places: BTreeMap<String, Sum> = BTreeMap::new();
        for site in &kept.profile.callsites {
            let place = profile::place_of(kept.profile.stack(site));
            let sum = places.entry(place).or_default();
            let is_first = sum.stacks == 0;
            sum.stacks += 1;
            for (sum, one) in [
                (&mut sum.total, site.total),
                (&mut sum.peak, site.peak),
                (&mut sum.end, site.end),
            ] {
                *sum = if is_first { one } else { added(*sum, one) };
            }
            sum.kind = site.kind.or(sum.kind);
            if let Some((blocks, bytes)) = slope.and_then(|slope| slope.risen(site)) {
                let before = sum.growth.unwrap_or_default();
                sum.growth = Some((before.0 + blocks, before.1 + bytes));
            }
        }
        let mut places: Vec<(String, Sum)> = places.into_iter().collect();
        places.sort_by_key(|(_, sum)| std::cmp::Reverse(sum.weight()));
        let more = places.len().saturating_sub(SHOWN);
        let rows = places.into_iter().take(SHOWN);
        Self {
            columns: COLUMNS.to_vec(),
            rows: rows.map(|(place, sum)| sum.row(place, slope)).collect(),
            more,
        }
    }
}

const COLUMNS: [&str; 8] = [
    "Bytes",
    "Blocks",
    "Bytes at peak",
    "Blocks at peak",
    "Bytes at end",
    "Blocks at end",
    "Growth per request, bytes",
    "Growth per request, blocks",
];

impl Sum {
    /// The sort key: growth, then bytes at the end, at the peak, and in total.
    fn weight(&self) -> (i64, u64, u64, u64) {
        let known = |tally: Tally| tally.bytes.unwrap_or_default();
        let growth = self.growth.map_or(0, |(_, bytes)| bytes.max(0));
        (growth, known(self.end), known(self.peak), known(self.total))
    }

    fn row(&self, place: String, slope: Option<SampledRequests>) -> SiteRow {
        let tallies = [self.total, self.peak, self.end];
        let known = tallies.iter().flat_map(|tally| {
            [
                SiteCell::new(tally.bytes, bytes, bytes_exact),
                SiteCell::new(tally.blocks, count, count),
            ]
        });
        let rates = self.growth.zip(slope).map(|((blocks, bytes), slope)| {
            [
                SiteCell::rate(bytes, 1, slope),
                SiteCell::rate(blocks, 3, slope),
            ]
        });
        let rates = rates.unwrap_or_else(|| [SiteCell::unknown(), SiteCell::unknown()]);
        SiteRow {
            place,
            kind: self.kind.map(profile::said),
            cells: known.chain(rates).collect(),
        }
    }
}

impl SiteCell {
    fn new(value: Option<u64>, short: fn(i64) -> String, exact: fn(i64) -> String) -> Self {
        let value = value.map(as_signed);
        value.map_or_else(Self::unknown, |value| Self {
            text: short(value),
            title: exact(value),
        })
    }

    fn rate(risen: i64, decimals: usize, slope: SampledRequests) -> Self {
        let rate = risen as f64 / slope.requests as f64;
        let text = format!("{:+.decimals$}", rate).replace('-', "\u{2212}");
        let text = text.trim_end_matches('0').trim_end_matches('.').to_owned();
        let is_zero = risen == 0;
        Self {
            text: if is_zero { "0".to_owned() } else { text },
            title: format!("{} in {} requests", count(risen), count_of(slope.requests)),
        }
    }

    fn unknown() -> Self {
        Self {
            text: "—".to_owned(),
            title: "not reported by the tool".to_owned(),
        }
    }
}

fn count_of(value: u64) -> String {
    count(as_signed(value))
}

/// Unknown if either is unknown.
fn added(left: Tally, right: Tally) -> Tally {
    let sum = |left: Option<u64>, right: Option<u64>| left?.checked_add(right?);
    Tally {
        blocks: sum(left.blocks, right.blocks),
        bytes: sum(left.bytes, right.bytes),
    }
}
