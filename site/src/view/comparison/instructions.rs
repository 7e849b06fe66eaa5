//! Texts about changes of instructions.

use heapmark_model::analysis::change::Change;
use heapmark_model::analysis::{Comparison, InstructionChange, InstructionVerdict};
use heapmark_model::format::count;

/// The change of a case's instructions, as in `instructions 1,204 → 1,310 (+8.8 %)`; `None` if they
/// did not change.
pub fn note(change: &Change) -> Option<String> {
    let found = change.instructions.filter(is_news)?;
    let by = found.after as f64 / found.before.max(1) as f64 - 1.0;
    let by = format!("{:+.1}", by * 100.0).replace('-', "−");
    let (before, after) = (count(found.before), count(found.after));
    Some(format!("instructions {before} → {after} ({by} %)"))
}

/// Whether the instructions changed.
pub fn is_news(found: &InstructionChange) -> bool {
    found.verdict != InstructionVerdict::Same
}

/// The verdict on instructions, for a case whose counts are the same.
pub fn word(change: &Change) -> Option<&'static str> {
    match change.instructions?.verdict {
        InstructionVerdict::Worse => Some("WORSE"),
        InstructionVerdict::Better => Some("BETTER"),
        InstructionVerdict::Same => None,
    }
}

/// The number of verdicts on instructions; `None` if they were not counted.
pub fn summary(comparison: &Comparison) -> Option<String> {
    let words = [
        (InstructionVerdict::Worse, "worse"),
        (InstructionVerdict::Better, "better"),
        (InstructionVerdict::Same, "the same"),
    ];
    let counted = words.map(|(verdict, word)| (comparison.count_instructions(verdict), word));
    let counted = counted.iter().filter(|(number, _)| *number > 0);
    let counted: Vec<String> = counted
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    (!counted.is_empty()).then(|| counted.join(", "))
}
