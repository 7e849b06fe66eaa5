//! The buffer that a measured thread writes its events into. It is taken before measuring and
//! never grows: recording must not allocate.

/// One thread's allocation events in order, as changes of its live bytes.
#[derive(Debug)]
pub struct RawTape {
    deltas: Vec<i64>,
    events: u64,
}

impl RawTape {
    /// Takes a buffer for `capacity` events.
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            deltas: Vec::with_capacity(capacity),
            events: 0,
        }
    }

    /// Adds an event; once the buffer is full it is only counted.
    pub(super) fn push(&mut self, delta: i64) {
        self.events += 1;
        if self.deltas.len() < self.deltas.capacity() {
            self.deltas.push(delta);
        }
    }

    /// Forgets what was written and keeps the buffer.
    pub(super) fn clear(&mut self) {
        self.deltas.clear();
        self.events = 0;
    }

    /// Events since the tape was cleared, those included that did not fit.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Changes of live bytes in bytes, one an event, as far as the buffer reached.
    pub fn deltas(&self) -> &[i64] {
        &self.deltas
    }
}
