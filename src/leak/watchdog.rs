//! Ends the process when a detection does not come to an end: nothing else can stop a step.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// The shortest limit: with less, a machine that is busy would end what does return.
const SHORTEST: Duration = Duration::from_secs(1);

/// Watches until it is dropped.
pub(super) struct Watchdog {
    done: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    /// Kept to the end, so that it is not freed while somebody counts.
    _started: Arc<Barrier>,
}

/// How long a watchdog waits for what may take so long: twice the time, or a second.
pub(super) fn limit(max_time: Duration) -> Duration {
    max_time.saturating_mul(2).max(SHORTEST)
}

impl Watchdog {
    /// Starts to wait for [`limit`]; then `last_words` give the exit code. If no thread can be
    /// started nothing watches.
    pub fn start(limit: Duration, last_words: impl FnOnce() -> i32 + Send + 'static) -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&done);
        // What a thread allocates and frees while it starts is over before anybody counts.
        let started = Arc::new(Barrier::new(2));
        let their_start = Arc::clone(&started);
        let thread = thread::Builder::new()
            .name("heapmark watchdog".into())
            .spawn(move || {
                their_start.wait();
                drop(their_start);
                wait(&theirs, limit, last_words);
            })
            .ok();
        if thread.is_some() {
            started.wait();
        }
        Self {
            done,
            thread,
            _started: started,
        }
    }

    /// No longer needed.
    pub fn stop(self) {}
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // It does not panic, and if it did nobody would be watching: no reason to fail.
            let _ = thread.join();
        }
    }
}

fn wait(done: &AtomicBool, limit: Duration, last_words: impl FnOnce() -> i32) {
    let start = Instant::now();
    while !done.load(Ordering::Acquire) {
        let Some(left) = limit.checked_sub(start.elapsed()) else {
            std::process::exit(last_words());
        };
        thread::park_timeout(left);
    }
}
