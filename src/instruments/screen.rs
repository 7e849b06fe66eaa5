//! Times a routine with criterion, for the output of `cargo bench`.

use crate::alloc;
use crate::bencher::{Instrument, Routine};

/// Runs a routine in criterion's loops. Its results are printed, not stored.
pub struct Screen<'a, 'm> {
    criterion: &'a mut criterion::Bencher<'m>,
}

impl<'a, 'm> Screen<'a, 'm> {
    /// Creates an instrument that passes routines to `criterion`.
    pub fn new(criterion: &'a mut criterion::Bencher<'m>) -> Self {
        Self { criterion }
    }
}

impl Instrument for Screen<'_, '_> {
    /// # Panics
    ///
    /// If allocations are being counted at the same time, because the counters take time.
    fn measure(&mut self, routine: &mut dyn Routine) {
        assert!(
            alloc::is_closed(),
            "cannot time a routine while the allocation counters are on"
        );
        self.criterion
            .iter_custom(|iterations| routine.batch(iterations));
    }
}
