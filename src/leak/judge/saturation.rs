//! Saturation: does growth continue, end or slow down?

use super::chunk::{kept, split};
use crate::leak::series::Bucket;

/// Minimum growth of the last half, divided by the growth of the quarter before it. A constant rate
/// gives 2, a square root 1.4, a logarithm 1, and a table that fills up less than 1.
pub(super) const LASTING: f64 = 1.5;

/// Whether growth continues. The last eighth must have at least half of the rate of the last half,
/// and the last half must grow at least `saturation` times as much as the quarter before it.
/// `values` are equally spaced.
pub(super) fn goes_on(values: &[f64], saturation: f64) -> bool {
    let count = values.len();
    let at = |part: usize| values[count * part / 8 - 1];
    let (half, quarter) = (at(8) - at(4), at(4) - at(2));
    half > 0.0 && at(8) - at(7) >= half / 8.0 && half >= saturation * quarter
}

/// Minimum growth of the last quarter, divided by the growth of the third quarter. An even rate
/// gives 1, a square root 0.84, and a table that fills to a fifth during all steps 0.95.
const EVENLY: f64 = 0.92;

/// Whether the last half rises evenly. What happened before is ignored: the rate may have dropped.
pub(super) fn is_even(values: &[f64]) -> bool {
    let late = &values[values.len() / 2 - 1..];
    let middle = late.len() / 2;
    let third = late[middle] - late[0];
    let last = late[late.len() - 1] - late[middle];
    let rises: Vec<f64> = late.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let error = (variance(&rises) * rises.len() as f64).sqrt();
    third > 0.0 && last - EVENLY * third > 2.0 * error
}

/// Whether the last eighth of the steps has less than a twelfth of the growth of the last half. At
/// a constant rate it has a quarter.
pub(super) fn has_stopped(values: &[f64]) -> bool {
    let count = values.len();
    let at = |part: usize| values[count * part / 8 - 1];
    at(8) - at(7) < (at(8) - at(4)) / 12.0
}

/// Minimum number of rises in a quarter of the steps. They are even if none is less than half of
/// their median.
const EVEN: usize = 7;

/// Whether even growth has ended in the last half, as when a bound is reached. Growth that is
/// uneven by chance or by period is uneven before as well, so no end is seen. If an event occurs
/// about once per part, one rise may miss it, but not two rises in a row.
pub(super) fn has_ended(buckets: &[Bucket]) -> bool {
    let chunks = split(buckets, PARTS / 2);
    let levels = kept(&chunks.iter().map(|chunk| chunk.floor).collect::<Vec<_>>());
    [1, 2, 4, 8].iter().any(|length| {
        let late: Vec<f64> = levels.iter().copied().rev().step_by(*length).collect();
        let even = (levels.len() / 4 / length).max(EVEN);
        // The newest first.
        let rises: Vec<f64> = late.windows(2).map(|pair| pair[0] - pair[1]).collect();
        (2..=rises.len() / 2).any(|end| {
            let since = rises[..end].iter().copied().fold(0.0, f64::max);
            let mut before = rises[end..end + even].to_vec();
            before.sort_by(f64::total_cmp);
            let (least, usual) = (before[0], before[even / 2]);
            least > usual / 2.0 && since < least / 4.0
        })
    })
}

/// A rise more than this many times as large as the median of its neighbours is a jump.
const JUMP: f64 = 2.0;
/// Number of neighbours on either side.
const NEIGHBOURS: usize = 8;
/// Maximum number of jumps that belong to a table. Each of its eight doublings may fall into two
/// parts. If there are more jumps, the jumps are the growth.
const JUMPS: usize = 16;
/// Number of parts whose means are compared.
const PARTS: usize = 256;

/// The means of the parts without jumps: each jump is replaced by the median of the rises around
/// it. If there are many jumps, they stay.
pub(super) fn without_jumps(buckets: &[Bucket]) -> Vec<f64> {
    let chunks = split(buckets, PARTS);
    let values: Vec<f64> = chunks.iter().map(|chunk| chunk.mean).collect();
    let rises: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let usual = |at: usize| {
        let beside = &rises[at.saturating_sub(NEIGHBOURS)..rises.len().min(at + NEIGHBOURS + 1)];
        let mut sorted = beside.to_vec();
        sorted.sort_by(f64::total_cmp);
        sorted[sorted.len() / 2]
    };
    let mut jumps = 0;
    let mut level = values.first().copied().unwrap_or_default();
    let mut course = vec![level];
    for (at, rise) in rises.iter().enumerate() {
        let usual = usual(at);
        let is_jump = *rise > JUMP * usual.max(0.0);
        jumps += usize::from(is_jump);
        level += if is_jump { usual } else { *rise };
        course.push(level);
    }
    if jumps > JUMPS {
        values.to_vec()
    } else {
        course
    }
}

/// The growth of each doubling of the steps, divided by that of the doubling before. An even rate
/// gives a factor of 2, a power of the steps a constant factor, and a table that fills up a factor
/// that decreases. The last factor must be lower than 2 and than the one before by at least this
/// much.
const SLOWER: f64 = 0.1;

/// Whether growth slows down like that of a table that fills up, by more than the noise of its
/// rises. Jumps are ignored.
pub(super) fn fills_up(buckets: &[Bucket]) -> bool {
    let values = without_jumps(buckets);
    let count = values.len();
    let at = |part: usize| values[count / part - 1];
    let (first, second, third) = (at(4) - at(8), at(2) - at(4), at(1) - at(2));
    if first <= 0.0 || second <= 0.0 || third <= 0.0 {
        return false;
    }
    let (before, last) = (second / first, third / second);
    let late = &values[count / 8 - 1..];
    let rises: Vec<f64> = late.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let variance = variance(&rises);
    let relative = |growth: f64, part: usize| variance * (count / part) as f64 / growth.powi(2);
    let error = (last.powi(2) * (relative(third, 2) + relative(second, 4))
        + before.powi(2) * (relative(second, 4) + relative(first, 8)))
    .sqrt();
    // Growth that starts late, or that accelerates to its rate, has such factors too, but its last
    // half is even.
    let least = SLOWER.max(4.0 * error);
    before - last > least && 2.0 - last > least && !is_even(&values)
}

/// Variance around a slow trend. It is computed from neighbours, so the trend does not contribute.
fn variance(rises: &[f64]) -> f64 {
    let squares = rises.windows(2).map(|pair| (pair[1] - pair[0]).powi(2));
    squares.sum::<f64>() / (2 * rises.len()) as f64
}

#[cfg(test)]
mod tests {
    use super::{fills_up, has_ended, is_even};
    use crate::leak::series::Series;

    const STEPS: u32 = 125_000;

    fn series(live: impl Fn(f64) -> f64) -> Series {
        let mut series = Series::new();
        for step in 0..STEPS {
            series.push(live(f64::from(step)) as i64);
        }
        series
    }

    fn course(live: impl Fn(f64) -> f64) -> bool {
        fills_up(series(live).buckets())
    }

    #[test]
    fn what_rose_evenly_ends_wherever_its_bound_is_and_goes_on_without_one() {
        for bound in (65..123).map(|thousands| f64::from(thousands) * 1_000.0) {
            let filled = series(|step| 64.0 * step.min(bound));
            assert!(has_ended(filled.buckets()), "{bound}");
        }
        assert!(!has_ended(series(|step| 64.0 * step).buckets()));
        let list = series(|step| 8.0 * f64::from((step as u32).next_power_of_two()));
        assert!(!has_ended(list.buckets()));
    }

    #[test]
    fn what_comes_by_chance_or_by_period_does_not_end_where_it_rests() {
        for seed in 0..200 {
            let mut dice = fastrand::Rng::with_seed(seed);
            let mut level = 0;
            let chance = 10_f64.powi(-1 - (seed % 3) as i32);
            let mut by_chance = Series::new();
            for _ in 0..STEPS {
                level += i64::from(dice.f64() < chance);
                by_chance.push(level);
            }
            assert!(!has_ended(by_chance.buckets()), "seed {seed}");
        }
        for period in [900.0, 5_000.0, 11_000.0, 19_000.0] {
            let steps = series(|step| (step / period).floor());
            assert!(!has_ended(steps.buckets()), "{period}");
        }
    }

    #[test]
    fn a_half_is_even_after_a_change_of_rate_and_not_where_it_slows_down() {
        let values =
            |live: &dyn Fn(f64) -> f64| (0..64).map(|part| live(f64::from(part))).collect();
        let even: Vec<f64> = values(&|part| part + part.min(30.0));
        assert!(is_even(&even));
        let root: Vec<f64> = values(&|part| part.sqrt());
        assert!(!is_even(&root));
        let fills: Vec<f64> = values(&|part| 1.0 - (-part / 128.0).exp());
        assert!(!is_even(&fills));
    }

    #[test]
    fn places_that_run_out_fill_up() {
        for places in [60_000.0, 150_000.0, 300_000.0] {
            assert!(course(|step| 64.0
                * places
                * (1.0 - (-step / places).exp())));
        }
    }

    #[test]
    fn an_even_rate_fills_nothing_up_wherever_it_begins() {
        for start in (0..60).map(|thousands| f64::from(thousands) * 1_000.0) {
            assert!(!course(|step| 64.0 * (step - start).max(0.0)), "{start}");
        }
    }

    #[test]
    fn a_rate_that_rises_to_its_level_fills_nothing_up() {
        for length in [20_000.0, 40_000.0, 60_000.0, 80_000.0] {
            let ramp = |step: f64| match step < length {
                true => step * step / length / 2.0,
                false => step - length / 2.0,
            };
            assert!(!course(|step| 64.0 * ramp(step)), "{length}");
        }
    }
}
