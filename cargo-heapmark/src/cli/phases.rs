//! Measures how long each phase of a command takes.

use std::time::Instant;

use crate::event::{Event, Listener};

/// The phases so far. Each ends when the next one begins.
pub(super) struct Phases {
    since: Instant,
    seconds: Vec<(&'static str, f64)>,
}

impl Phases {
    /// Starts the first phase.
    pub(super) fn begin() -> Self {
        Self {
            since: Instant::now(),
            seconds: Vec::new(),
        }
    }

    /// Ends the current phase, which is called `name`, and starts the next one.
    pub(super) fn end(&mut self, name: &'static str) {
        let now = Instant::now();
        let seconds = now.duration_since(self.since).as_secs_f64();
        self.seconds.push((name, seconds));
        self.since = now;
    }

    /// Sends the durations of all phases to `listener`.
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
