//! Time on a developer's screen: hands the routine to criterion.

use crate::alloc;
use crate::bencher::{Instrument, Routine};

/// Lets criterion drive the loops. Its verdicts are for a screen; nothing of it is stored.
pub struct Screen<'a, 'm> {
    criterion: &'a mut criterion::Bencher<'m>,
}

impl<'a, 'm> Screen<'a, 'm> {
    /// Listens on behalf of `criterion`.
    pub fn new(criterion: &'a mut criterion::Bencher<'m>) -> Self {
        Self { criterion }
    }
}

impl Instrument for Screen<'_, '_> {
    /// # Panics
    ///
    /// Where somebody counts at the same time: a time taken through a counter is no time.
    fn measure(&mut self, routine: &mut dyn Routine) {
        assert!(alloc::is_closed(), "timed while the counters were on");
        self.criterion
            .iter_custom(|iterations| routine.batch(iterations));
    }
}
