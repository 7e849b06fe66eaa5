//! A fake instrument for tests: returns fixed observations and never runs the routine.

use super::Observer;
use crate::bencher::{Instrument, Routine};
use heapmark_model::record::Observation;

/// Returns the same observations for every routine.
#[derive(Clone, Debug, Default)]
pub struct Scripted {
    script: Vec<Observation>,
    observations: Vec<Observation>,
}

impl Scripted {
    /// Returns `script` for each measurement.
    pub fn new(script: Vec<Observation>) -> Self {
        Self {
            script,
            observations: Vec::new(),
        }
    }
}

impl Instrument for Scripted {
    fn measure(&mut self, _: &mut dyn Routine) {
        self.observations.extend(self.script.iter().cloned());
    }
}

impl Observer for Scripted {
    fn take(&mut self) -> Vec<Observation> {
        std::mem::take(&mut self.observations)
    }

    fn as_instrument(&mut self) -> &mut dyn Instrument {
        self
    }
}
