//! A profile in the formats of other tools.

mod dhat;
mod folded;
mod speedscope;

pub use dhat::dhat;
pub use folded::folded;
pub use speedscope::speedscope;

use super::{Callsite, Tally};

/// What a stack weighs in formats that know one number: what is left, else the peak, else all of
/// it, as far as the tool knows it.
fn weight(callsite: &Callsite, of: Weight) -> u64 {
    let tally: Tally = match of {
        Weight::Total => callsite.total,
        Weight::Peak => callsite.peak,
        Weight::End => callsite.end,
    };
    tally.bytes.unwrap_or_default()
}

/// Which bytes a stack weighs.
#[derive(Clone, Copy)]
enum Weight {
    Total,
    Peak,
    End,
}

/// The bytes that the tool knows best: all of them, or those of the peak, or what is left.
fn known(callsites: &[Callsite]) -> Weight {
    let knows = |of: fn(&Callsite) -> Tally| callsites.iter().any(|site| of(site).bytes.is_some());
    if knows(|site| site.total) {
        Weight::Total
    } else if knows(|site| site.peak) {
        Weight::Peak
    } else {
        Weight::End
    }
}
