//! The one big step that a caller may declare. It is a type parameter and not an `Option`, so that
//! a detector without a spike does not depend on the type of the state.

/// An optional big step.
pub trait BigStep<S> {
    /// Whether there is one.
    const DECLARED: bool;

    /// Runs it.
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
