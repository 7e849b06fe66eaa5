//! The one big step that a caller may declare. A type rather than an option, so that a detector
//! without one says nothing of the type of the state.

/// A big step, or none.
pub trait BigStep<S> {
    /// Whether there is one.
    const DECLARED: bool;

    /// Takes it.
    fn take(&mut self, state: &mut S);
}

/// No big step.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSpike;

/// A big step.
#[derive(Clone, Copy, Debug)]
pub struct Spike<F>(pub(super) F);

impl<S> BigStep<S> for NoSpike {
    const DECLARED: bool = false;

    fn take(&mut self, _: &mut S) {}
}

impl<S, F: FnMut(&mut S)> BigStep<S> for Spike<F> {
    const DECLARED: bool = true;

    fn take(&mut self, state: &mut S) {
        (self.0)(state);
    }
}
