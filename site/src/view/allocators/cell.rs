//! One cell of a heat table: its text and its difference from the first allocator.

use crate::view::heat::{HeatCell, are_apart, factor, heat, with_range};
use heapmark_model::record::{AllocatorHeld, AllocatorResult, Sample};

/// A number of a result, and its format.
pub(super) struct Reading {
    of: fn(&AllocatorResult) -> Sample,
    write: fn(u64) -> String,
    as_ratio: bool,
}

impl Reading {
    pub(super) fn new(of: fn(&AllocatorResult) -> Sample, write: fn(u64) -> String) -> Self {
        Self {
            of,
            write,
            as_ratio: true,
        }
    }

    /// Shows the number instead of a ratio, because the number of the first allocator may be zero.
    pub(super) fn absolute(self) -> Self {
        Self {
            as_ratio: false,
            ..self
        }
    }
}

/// `again` is the second run of `base`. A difference from only one of the two runs is noise.
pub(super) fn ratio_cell(
    reading: &Reading,
    result: &AllocatorResult,
    base: &AllocatorResult,
    again: Option<&AllocatorResult>,
) -> HeatCell {
    let (own, other) = ((reading.of)(result), (reading.of)(base));
    let differs = again
        .into_iter()
        .chain([base])
        .all(|run| are_apart(own, (reading.of)(run)));
    let write = reading.write;
    let ratio = own.median as f64 / other.median.max(1) as f64;
    let is_first = std::ptr::eq(result, base);
    let text = if is_first || !reading.as_ratio {
        write(own.median)
    } else {
        factor(ratio)
    };
    HeatCell {
        text,
        title: with_range(own, write),
        heat: if differs { heat(ratio) } else { "" },
    }
}

type HeldRatio = fn(&AllocatorHeld) -> Option<(u64, u64)>;

/// The numbers about held memory.
pub(super) const HELD: [(&str, &str, HeldRatio); 3] = [
    (
        "Internal fragmentation",
        "usable size of the blocks divided by the requested size",
        |held| Some((held.usable?, held.requested)),
    ),
    (
        "Memory for held blocks",
        "growth of the resident memory of the process, divided by the requested size",
        |held| Some((held.resident, held.requested)),
    ),
    (
        "External fragmentation",
        "resident memory right after every second block was freed, divided by the size of the blocks that are still held. It stays near 2 if no whole page becomes free",
        |held| Some((held.resident_after, held.requested_after)),
    ),
];

pub(super) fn held_cell(
    of: HeldRatio,
    result: &AllocatorResult,
    base: &AllocatorResult,
) -> HeatCell {
    let ratio = |result: &AllocatorResult| {
        let (over, under) = of(result.held.as_ref()?)?;
        Some((over as f64 / under.max(1) as f64, over, under))
    };
    let Some((own, over, under)) = ratio(result) else {
        return HeatCell::unknown();
    };
    let against = ratio(base).map_or(1.0, |(base, ..)| own / base);
    // Every process requests exactly the same bytes, and pages change the ratio by less than 1 %.
    let told = (against - 1.0).abs() > 0.01;
    HeatCell {
        text: factor(own),
        title: format!("{} divided by {}", super::bytes(over), super::bytes(under)),
        heat: if told { heat(against) } else { "" },
    }
}
