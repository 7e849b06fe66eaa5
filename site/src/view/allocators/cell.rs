//! One cell of a heat table: its text, and how it stands against the first allocator.

use crate::view::heat::{HeatCell, are_apart, factor, heat};
use heapmark_model::record::{AllocatorHeld, AllocatorResult, Sample};

/// A number of a result, and how it is written.
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

    /// Written as the number itself: where the first allocator has none, a ratio says nothing.
    pub(super) fn absolute(self) -> Self {
        Self {
            as_ratio: false,
            ..self
        }
    }
}

/// `again` is the second turn of `base`: what only the one of them differs from is noise.
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
        .all(|turn| are_apart(own, (reading.of)(turn)));
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
        title: format!(
            "{}, {} … {}",
            write(own.median),
            write(own.min),
            write(own.max)
        ),
        heat: if differs { heat(ratio) } else { "" },
    }
}

type HeldRatio = fn(&AllocatorHeld) -> Option<(u64, u64)>;

/// What is told of memory that is held.
pub(super) const HELD: [(&str, &str, HeldRatio); 3] = [
    (
        "Internal fragmentation",
        "bytes that the blocks may use, over those that were asked for",
        |held| Some((held.usable?, held.requested)),
    ),
    (
        "Memory for what is held",
        "by how much the process grew, over what was asked for",
        |held| Some((held.resident, held.requested)),
    ),
    (
        "External fragmentation",
        "memory of the process right after every second block was freed, over what is still held: near 2 nothing was given back yet, since no page was free as a whole",
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
    // The work is the same to the byte in every process; pages move it by less than a hundredth.
    let told = (against - 1.0).abs() > 0.01;
    HeatCell {
        text: format!("{own:.3}"),
        title: format!("{} over {}", super::bytes(over), super::bytes(under)),
        heat: if told { heat(against) } else { "" },
    }
}
