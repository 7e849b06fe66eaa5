//! Defines a program: a name, and a function that draws its parameters, runs the detector, and
//! returns the truth together with the report.

use heapmark::leak::Report;

use crate::beside::detect;

/// A source of parameters, and of the randomness of the program.
pub type Draw = fastrand::Rng;

/// One program for each PRNG seed.
pub type Program = (&'static str, fn(&mut Draw) -> Outcome);

/// The truth about a program, and what the detector found.
pub struct Outcome {
    /// Leaked bytes per step; `None` for a clean program.
    pub truth: Option<f64>,
    /// Whether it is still filling up after the last step. UNDECIDED is then a right verdict.
    pub fills: bool,
    pub report: Report,
}

/// Runs the detector on a program that leaks `bytes_per_step`.
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

/// Runs the detector on a clean program.
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

/// Runs the detector on a clean program that is not full yet when the steps are over.
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

/// A size with a heavy tail: half of the sizes are below `2 × least`, and one in a thousand is
/// above a hundred times that.
pub fn heavy(draw: &mut Draw, least: f64) -> usize {
    let size = least / draw.f64().max(1e-6).powf(0.9);
    size.min(least * 1e5) as usize
}

/// A block of `bytes` bytes.
pub fn block(bytes: u64) -> Box<[u8]> {
    vec![0; bytes as usize].into_boxed_slice()
}
