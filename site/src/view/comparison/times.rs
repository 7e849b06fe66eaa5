//! Texts about changes of times.

use heapmark_model::analysis::change::Change;
use heapmark_model::analysis::{Comparison, TimeChange, TimeVerdict};
use heapmark_model::format::{plural, visible};

/// The change of a case's time, as in `time +5.2 %, 95 %: +4.1 … +6.3`; `None` if there is no
/// verdict of a change.
pub fn note(change: &Change) -> Option<String> {
    let time = change.time.as_ref().filter(|time| is_news(time))?;
    let mut note = format!("time {} %", percent(time.ratio));
    if let Some((low, high)) = time.interval {
        note += &format!(", 95 %: {} … {}", percent(low), percent(high));
    }
    Some(note)
}

/// Whether the time changed.
pub fn is_news(time: &TimeChange) -> bool {
    matches!(time.verdict, TimeVerdict::Worse | TimeVerdict::Better)
}

/// The verdict on time, for a case whose counts are the same.
pub fn word(change: &Change) -> Option<&'static str> {
    match change.time.as_ref()?.verdict {
        TimeVerdict::Worse => Some("WORSE"),
        TimeVerdict::Better => Some("BETTER"),
        _ => None,
    }
}

/// The number of verdicts on times, with power and controls; `None` if no times were measured.
pub fn summary(comparison: &Comparison) -> Option<String> {
    let times = comparison.times.as_ref()?;
    let words = [
        (TimeVerdict::Worse, "worse"),
        (TimeVerdict::Better, "better"),
        (TimeVerdict::Undecided, "undecided"),
        (TimeVerdict::Withheld, "withheld"),
        (TimeVerdict::Same, "the same"),
    ];
    let counted = words.map(|(verdict, word)| (comparison.count_times(verdict), word));
    let counted = counted.iter().filter(|(number, _)| *number > 0);
    let counted: Vec<String> = counted
        .map(|(number, word)| format!("{number} {word}{}", by_instructions(comparison, word)))
        .collect();
    let (wrong, controls, cases) = (times.false_cases, times.controls, times.cases);
    let link_orders = times.not_shuffled.as_deref().map(|reason| {
        let (minimum, reason) = (times.minimum * 100.0, visible(reason));
        format!(
            "; link order not randomised ({reason}), so only changes above {minimum:.0} % are judged"
        )
    });
    let link_orders = link_orders.unwrap_or_default();
    if cases == 0 {
        return Some(format!(
            "no case was timed: no case runs on both sides, or the time budget was used up{link_orders}"
        ));
    }
    let timed = comparison
        .changes
        .iter()
        .filter_map(|change| change.time.as_ref());
    let rounds = timed.map(|time| time.rounds).max().unwrap_or_default();
    let power = &times.power;
    Some(format!(
        "{}, in up to {}; a change of {:.0} % that counts and instructions do not show would have \
         been found in {} of {}; controls (base against itself): {wrong} of {controls} seem \
         changed{link_orders}",
        counted.join(", "),
        plural(rounds, "paired round"),
        power.change * 100.0,
        power.cases,
        plural(cases, "case"),
    ))
}

/// How many of the unchanged cases are decided by counts and instructions, as in
/// ` (201 by instructions)`.
fn by_instructions(comparison: &Comparison, word: &str) -> String {
    let changes = comparison.changes.iter();
    let times = changes.filter_map(|change| change.time.as_ref());
    match times.filter(|time| time.is_by_instructions).count() {
        number if number > 0 && word == "the same" => format!(" ({number} by instructions)"),
        _ => String::new(),
    }
}

fn percent(ratio: f64) -> String {
    format!("{:+.1}", (ratio - 1.0) * 100.0).replace('-', "−")
}
