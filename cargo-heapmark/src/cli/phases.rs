//! How long each phase of a command took.

use std::time::Instant;

use crate::event::{Event, Listener};

/// The phases so far, each ending where the next one begins.
pub(super) struct Phases {
    since: Instant,
    seconds: Vec<(&'static str, f64)>,
}

impl Phases {
    /// The first phase begins.
    pub(super) fn begin() -> Self {
        Self {
            since: Instant::now(),
            seconds: Vec::new(),
        }
    }

    /// What was done until now is called `name`.
    pub(super) fn end(&mut self, name: &'static str) {
        let now = Instant::now();
        let seconds = now.duration_since(self.since).as_secs_f64();
        self.seconds.push((name, seconds));
        self.since = now;
    }

    pub(super) fn tell(self, listener: &mut dyn Listener) {
        let phases = self.seconds.iter();
        let phases: Vec<String> = phases
            .map(|(name, seconds)| format!("{name} {seconds:.1} s"))
            .collect();
        listener.on(&Event::Took {
            phases: phases.join(", "),
        });
    }
}
