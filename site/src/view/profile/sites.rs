//! The table of places that ask for memory, those that hold most first.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Slope;
use heapmark_model::format::{as_signed, bytes, bytes_exact, count};
use heapmark_model::profile::{self, Kept, Kind, Tally};

/// Places that are shown.
const SHOWN: usize = 50;

/// Places by what they hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SiteTable {
    /// What each column says.
    pub columns: Vec<&'static str>,
    /// The places.
    pub rows: Vec<SiteRow>,
    /// How many more there are; 0 where all are shown.
    pub more: usize,
}

/// One place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SiteRow {
    /// File, line and function of the innermost own frame, and its caller.
    pub place: String,
    /// How the tool calls what is left.
    pub kind: Option<&'static str>,
    /// A cell for each column.
    pub cells: Vec<SiteCell>,
}

/// A number of a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SiteCell {
    /// For people; a dash where the tool does not know it.
    pub text: String,
    /// The exact number.
    pub title: String,
}

/// What stacks at one place have together.
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
    pub(super) fn new(kept: &Kept, slope: Option<Slope>) -> Self {
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
    "B a request",
    "Blocks a request",
];

impl Sum {
    /// Growth first, then what it holds at the end, at the peak, and all it asked for.
    fn weight(&self) -> (i64, u64, u64, u64) {
        let known = |tally: Tally| tally.bytes.unwrap_or_default();
        let growth = self.growth.map_or(0, |(_, bytes)| bytes.max(0));
        (growth, known(self.end), known(self.peak), known(self.total))
    }

    fn row(&self, place: String, slope: Option<Slope>) -> SiteRow {
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

    fn rate(risen: i64, decimals: usize, slope: Slope) -> Self {
        let rate = risen as f64 / slope.requests as f64;
        let text = format!("{:+.decimals$}", rate).replace('-', "\u{2212}");
        let is_zero = risen == 0;
        Self {
            text: if is_zero { "0".to_owned() } else { text },
            title: format!(
                "{} over {} requests",
                count(risen),
                count_of(slope.requests)
            ),
        }
    }

    fn unknown() -> Self {
        Self {
            text: "—".to_owned(),
            title: "the tool does not know".to_owned(),
        }
    }
}

fn count_of(value: u64) -> String {
    count(as_signed(value))
}

/// Unknown where one of both is.
fn added(left: Tally, right: Tally) -> Tally {
    let sum = |left: Option<u64>, right: Option<u64>| left?.checked_add(right?);
    Tally {
        blocks: sum(left.blocks, right.blocks),
        bytes: sum(left.bytes, right.bytes),
    }
}
