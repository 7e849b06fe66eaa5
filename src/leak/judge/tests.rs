//! Tests with synthetic series: each judge must find its kind of growth, and must not find growth
//! in series that only look similar.

use super::*;

const STEPS: u64 = 200_000;

/// Judges `STEPS` values.
fn judge(mut value: impl FnMut(u64) -> f64) -> Trend {
    let mut series = Series::new();
    for step in 0..STEPS {
        series.push(value(step) as i64);
    }
    trend(&series, Strictness::Final)
}

fn rate(trend: Trend) -> f64 {
    match trend {
        Trend::Rising(rate, _) => rate,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_straight_line_rises_at_its_slope_and_a_level_does_not() {
    assert_eq!(rate(judge(|step| 3.0 * step as f64)), 3.0);
    assert_eq!(judge(|_| 1e9), Trend::Flat);
    assert_eq!(judge(|step| 1e9 - step as f64), Trend::Flat);
}

#[test]
fn growth_that_slows_down_is_not_a_leak() {
    let logarithm = judge(|step| 1e6 * (step as f64 + 1.0).ln());
    assert!(matches!(logarithm, Trend::Unclear(_)), "{logarithm:?}");
    let root = judge(|step| 1e4 * (step as f64).sqrt());
    assert!(matches!(root, Trend::Unclear(_)), "{root:?}");
    assert_eq!(judge(|step| 64.0 * step.min(120_000) as f64), Trend::Flat);
    let filling = judge(|step| 1e7 * (1.0 - (-(step as f64) / 20_000.0).exp()));
    assert_eq!(filling, Trend::Flat);
}

#[test]
fn doublings_rise_until_one_is_overdue() {
    let capacity = |length: u64| (length.max(4).next_power_of_two() * 8) as f64;
    let rate = rate(judge(capacity));
    assert!((8.0..13.0).contains(&rate), "{rate}");
    assert_eq!(judge(|step| capacity(step.min(60_000))), Trend::Flat);
}

/// Bytes of `count` containers after `length` items each; the later containers get more items.
fn containers(count: u64, length: u64) -> f64 {
    let one = |number: u64| (length * (7 + number) / 10).max(4).next_power_of_two() * 8;
    (0..count).map(one).sum::<u64>() as f64
}

#[test]
fn many_containers_rise_together_and_those_that_are_full_do_not() {
    for count in [2, 3, 16] {
        let rate = rate(judge(|step| containers(count, step)));
        let most = 8.0 * 2.0 * 2.5 * count as f64;
        assert!((0.0..most).contains(&rate), "{rate} of {count}");
        assert_eq!(
            judge(|step| containers(count, step.min(60_000))),
            Trend::Flat
        );
    }
}

#[test]
fn lists_that_begin_late_or_become_faster_rise() {
    for start in (5_000..90_000).step_by(5_000) {
        let late = |step: u64| containers(7, step.saturating_sub(start));
        assert!(rate(judge(late)) > 0.0, "{start}");
        let full = |step: u64| containers(7, step.saturating_sub(start).min(50_000));
        assert_eq!(judge(full), Trend::Flat, "{start}");
    }
    for change in (5_000..90_000).step_by(5_000) {
        let items = |step: u64| step + 2 * step.saturating_sub(change);
        assert!(
            rate(judge(|step| containers(1, items(step)))) > 0.0,
            "{change}"
        );
        if change <= 30_000 {
            assert!(
                rate(judge(|step| containers(7, items(step)))) > 0.0,
                "{change}"
            );
        }
        let full = |step: u64| containers(7, items(step.min(change + 20_000)));
        assert_eq!(judge(full), Trend::Flat, "{change}");
    }
}

#[test]
fn containers_that_began_with_much_rise() {
    let started = |step: u64| containers(7, 20_000 + step) - containers(7, 0);
    assert!(rate(judge(|step| if step < 50 { 0.0 } else { started(step) })) > 0.0);
    let full = judge(|step| {
        if step < 50 {
            0.0
        } else {
            started(step.min(60_000))
        }
    });
    assert_eq!(full, Trend::Flat);
}

#[test]
fn a_leak_beside_a_table_that_jumps_once_rises_and_a_jump_alone_does_not() {
    for at in (10_000..190_000).step_by(10_000) {
        let mut dice = fastrand::Rng::with_seed(at);
        let mut beside = |leaks: f64| {
            judge(|step| {
                let noise = 300.0 * dice.f64();
                noise + leaks * step as f64 + if step < at { 0.0 } else { 2e5 }
            })
        };
        assert!(matches!(beside(0.2), Trend::Rising(..)), "{at}");
        assert_eq!(beside(0.0), Trend::Flat, "{at}");
    }
}

#[test]
fn a_saw_tooth_that_is_cleared_once_late_begins_nothing() {
    for clear in (60_000..150_000).step_by(5_000) {
        let tooth = judge(|step| 16.0 * (step % clear) as f64);
        assert!(!matches!(tooth, Trend::Rising(..)), "{clear}: {tooth:?}");
    }
}

#[test]
fn a_list_that_grows_by_four_rises() {
    let capacity = |length: u64| (1_u64 << (2 * (length.max(1).ilog2() / 2 + 1))) as f64;
    assert!(rate(judge(capacity)) > 0.0);
    assert_eq!(judge(|step| capacity(step.min(20_000))), Trend::Flat);
}

#[test]
fn few_periodic_rises_are_growth_until_one_is_overdue() {
    let chunks = |step: u64| (step / 20_000 * 160_000) as f64;
    assert!((7.0..9.0).contains(&rate(judge(chunks))));
    assert!(!matches!(
        judge(|step| chunks(step.min(150_000))),
        Trend::Rising(..)
    ));
}

#[test]
fn a_doubling_that_is_due_is_decided_at_the_end() {
    let mut series = Series::new();
    for step in 0..STEPS {
        series.push(step.max(4).next_power_of_two() as i64);
    }
    assert!(matches!(
        trend(&series, Strictness::Early),
        Trend::Unclear(_)
    ));
    assert!(matches!(
        trend(&series, Strictness::Final),
        Trend::Rising(..)
    ));
}

#[test]
fn jumps_without_order_are_plateaus() {
    for at in (9_000..190_000).step_by(9_000) {
        assert_eq!(
            judge(|step| if step < at { 3e4 } else { 6e4 }),
            Trend::Flat,
            "{at}"
        );
        let second = |step| f64::from(step >= at) + f64::from(step >= at / 2 + 60_000);
        assert_eq!(judge(|step| 1e5 * second(step)), Trend::Flat, "{at}");
    }
}

#[test]
fn a_saw_tooth_of_any_period_is_flat_and_its_rising_floor_is_not() {
    let mut period = 3.0_f64;
    while period < 90_000.0 {
        let tooth = |step: u64| 40.0 * (step as f64 % period);
        // Includes periods that are not whole steps, whose floor drifts by less than a step.
        assert_eq!(judge(tooth), Trend::Flat, "period {period}");
        if period < 20_000.0 {
            let rate = rate(judge(|step| {
                tooth(step) + (step as f64 / period).floor() * period
            }));
            assert!((0.4..2.0).contains(&rate), "period {period}: {rate}");
        }
        period *= 1.13;
    }
}

#[test]
fn a_block_in_thousands_of_steps_rises_and_ever_rarer_ones_do_not() {
    assert!(rate(judge(|step| (step / 9_000 * 450) as f64)) > 0.03);
    // New maxima of an unbounded demand are as frequent in [N, 2N) as in [2N, 4N).
    let records = judge(|step| ((step as f64 + 1.0).log2() * 4.0).floor() * 100.0);
    assert!(!matches!(records, Trend::Rising(..)), "{records:?}");
}

#[test]
fn drift_is_seen_under_noise_that_dwarfs_it_and_noise_alone_is_not() {
    for seed in 0..20 {
        let mut dice = fastrand::Rng::with_seed(seed);
        let mut heavy = || 200.0 / dice.f64().max(1e-9);
        assert_eq!(judge(|_| heavy()), Trend::Flat, "seed {seed}");
        let rate = rate(judge(|step| heavy() + 0.5 * step as f64));
        assert!((0.45..0.55).contains(&rate), "seed {seed}: {rate}");
    }
}

#[test]
fn a_walk_without_drift_is_not_a_leak() {
    for seed in 0..200 {
        let mut dice = fastrand::Rng::with_seed(seed);
        let mut level = 0.0;
        let trend = judge(|_| {
            level += if dice.bool() { 16.0 } else { -16.0 };
            level
        });
        assert!(
            !matches!(trend, Trend::Rising(..)),
            "seed {seed}: {trend:?}"
        );
    }
}

#[test]
fn too_few_steps_are_unclear() {
    let mut series = Series::new();
    for step in 0..FEWEST as i64 - 1 {
        series.push(step);
    }
    assert!(matches!(
        trend(&series, Strictness::Final),
        Trend::Unclear(_)
    ));
    assert!(!is_quiet(&series));
}

#[test]
fn a_pile_that_was_cleared_halfway_is_not_a_leak() {
    let mut series = Series::new();
    for mark in 1..=390 {
        series.push(mark * 512 % 100_922);
    }
    let trend = trend(&series, Strictness::Final);
    assert!(!matches!(trend, Trend::Rising(..)), "{trend:?}");
}

#[test]
fn a_full_table_that_is_rebuilt_once_more_is_not_a_leak() {
    for rebuilt in (60_000..190_000).step_by(10_000) {
        let table = |step: u64| {
            let entries = step.clamp(4, 20_000).next_power_of_two();
            (entries << u64::from(step > rebuilt)) as f64 * 17.0
        };
        assert_eq!(judge(table), Trend::Flat, "{rebuilt}");
    }
}
