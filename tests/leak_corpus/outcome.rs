//! What a program is: a name, and a function that draws its parameters, detects, and says the
//! truth beside what was found.

use heapmark::leak::Report;

use crate::beside::detect;

/// A source of parameters, and of the program's own randomness.
pub type Draw = fastrand::Rng;

/// One program, or a family of them when its seed is drawn.
pub type Program = (&'static str, fn(&mut Draw) -> Outcome);

/// What is so, and what was found.
pub struct Outcome {
    /// Bytes a step that leak; `None` of a clean program.
    pub truth: Option<f64>,
    /// Whether it still fills up after the last step, so that nobody has to know where it ends.
    pub fills: bool,
    pub report: Report,
}

/// Detects a leak of so many bytes a step.
pub fn leak<S: 'static, R>(
    bytes_per_step: f64,
    setup: impl FnMut() -> S + 'static,
    step: impl FnMut(&mut S) -> R + 'static,
) -> Outcome {
    Outcome {
        truth: Some(bytes_per_step),
        fills: false,
        report: detect(setup, step),
    }
}

/// Detects a clean program.
pub fn clean<S: 'static, R>(
    setup: impl FnMut() -> S + 'static,
    step: impl FnMut(&mut S) -> R + 'static,
) -> Outcome {
    Outcome {
        truth: None,
        fills: false,
        report: detect(setup, step),
    }
}

/// Detects a program that fills up and is not full when the steps are over.
pub fn filling<S: 'static, R>(
    setup: impl FnMut() -> S + 'static,
    step: impl FnMut(&mut S) -> R + 'static,
) -> Outcome {
    Outcome {
        fills: true,
        ..clean(setup, step)
    }
}

/// A parameter that is equally likely at every order of magnitude.
pub fn magnitude(draw: &mut Draw, from: u64, to: u64) -> u64 {
    let (low, high) = ((from as f64).ln(), (to as f64).ln());
    (low + (high - low) * draw.f64()).exp().round() as u64
}

/// A size with a heavy tail: half of them below `2 × least`, one in a thousand beyond a hundred
/// times that.
pub fn heavy(draw: &mut Draw, least: f64) -> usize {
    let size = least / draw.f64().max(1e-6).powf(0.9);
    size.min(least * 1e5) as usize
}

/// A block of so many bytes.
pub fn block(bytes: u64) -> Box<[u8]> {
    vec![0; bytes as usize].into_boxed_slice()
}
