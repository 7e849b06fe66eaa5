//! Tests of the verdicts on times, with paired rounds from a seeded PRNG.

use std::collections::BTreeMap;

use super::{PairedRound, PairedTimes, Prior, TimeVerdict, Times};

/// Thirty-two paired rounds. Link orders change times by up to `noise`, and the head is slower by
/// `effect`.
fn rounds(seed: u64, effect: f64, noise: f64) -> Vec<PairedRound> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut time = |scale: f64| {
        let moved = 1.0 + noise * (random.f64() + random.f64() - 1.0);
        (1e6 * scale * moved) as u64
    };
    (0..32)
        .map(|_| PairedRound {
            base: time(1.0),
            again: Some(time(1.0)),
            head: time(1.0 + effect),
        })
        .collect()
}

fn times(rounds: BTreeMap<String, Vec<PairedRound>>, prior: Prior) -> Times {
    let priors = rounds.keys().map(|id| (id.clone(), prior)).collect();
    let measured = PairedTimes {
        rounds,
        priors,
        most_rounds: 64,
    };
    super::times(&measured, 0.01)
}

fn judged(effect: f64) -> Vec<TimeVerdict> {
    let cases = (0..40).map(|case| (format!("a/{case}"), rounds(case, effect, 0.03)));
    let times = times(cases.collect(), Prior::Unknown);
    let changes = times.changes.values();
    changes.map(|change| change.verdict).collect()
}

#[test]
fn slower_is_worse_faster_is_better_and_no_difference_is_the_same() {
    let all = |verdicts: Vec<TimeVerdict>, verdict| verdicts.iter().all(|v| *v == verdict);
    assert!(all(judged(0.05), TimeVerdict::Worse));
    assert!(all(judged(-0.05), TimeVerdict::Better));
    assert!(all(judged(0.0), TimeVerdict::Same));
}

#[test]
fn a_base_that_differs_from_itself_withholds_every_verdict() {
    let mut cases = BTreeMap::new();
    for case in 0..40 {
        let mut rounds = rounds(case, 0.05, 0.01);
        if case < 5 {
            for round in &mut rounds {
                round.again = round.again.map(|again| again + again / 20);
            }
        }
        cases.insert(format!("a/{case}"), rounds);
    }
    let times = times(cases, Prior::Unchanged);
    assert_eq!(
        (times.false_cases, times.controls, times.cases),
        (5, 40, 40)
    );
    let withheld = |verdict| verdict == TimeVerdict::Withheld;
    let mut verdicts = times.changes.values().map(|change| change.verdict);
    assert!(verdicts.all(withheld));
    assert_eq!(times.power.cases, 0, "no change would have been found");
}

#[test]
fn few_rounds_are_the_same_only_if_instructions_are_and_times_show_no_sign_of_a_change() {
    let few = |effect| {
        let rounds = rounds(1, effect, 0.3)[..6].to_vec();
        BTreeMap::from([("a/x".to_owned(), rounds)])
    };
    let verdict = |effect, prior| {
        let change = times(few(effect), prior).changes["a/x"];
        (change.verdict, change.is_by_instructions)
    };
    use TimeVerdict::{Same, Undecided};
    assert_eq!(verdict(0.0, Prior::Unchanged), (Same, true));
    assert_eq!(verdict(0.0, Prior::Unknown), (Undecided, false));
    assert_eq!(verdict(0.0, Prior::Changed), (Undecided, false));
    assert_eq!(verdict(1.0, Prior::Unchanged), (Undecided, false));
}

#[test]
fn the_changes_that_would_be_found_are_those_that_are_found() {
    let (mut found, mut would) = (0, 0);
    for seed in 0..40 {
        for noise in [0.02, 0.05, 0.1, 0.2, 0.4] {
            let case = |effect| {
                // The first paired rounds decide whether there are further ones.
                let all = rounds(seed, effect, noise);
                BTreeMap::from([("a/x".to_owned(), all)])
            };
            let power = times(case(0.0), Prior::Unchanged).power.cases;
            would += power;
            let verdict = times(case(0.05), Prior::Unchanged).changes["a/x"].verdict;
            found += usize::from(power == 1 && verdict == TimeVerdict::Worse);
        }
    }
    assert!(would > 60, "{would}");
    assert!(found * 10 >= would * 9, "{found} of {would}");
}
