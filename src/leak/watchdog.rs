//! Ends the process if a detection does not finish: a step cannot be interrupted in another way.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// The shortest limit. With a shorter one, a busy machine would end detections that do return.
const SHORTEST: Duration = Duration::from_secs(1);

/// Watches until it is dropped.
pub(super) struct Watchdog {
    done: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    /// Kept until the end, so that it is not freed while allocations are being counted.
    _started: Arc<Barrier>,
}

/// How long a watchdog waits: twice `max_time`, and at least one second.
pub(super) fn limit(max_time: Duration) -> Duration {
    max_time.saturating_mul(2).max(SHORTEST)
}

impl Watchdog {
    /// Starts a thread that waits for `limit`, then calls `last_words` and ends the process with
    /// the exit code that it returns. If no thread can be started, there is no limit.
    pub fn start(limit: Duration, last_words: impl FnOnce() -> i32 + Send + 'static) -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&done);
        // The thread finishes its start-up allocations before the counting begins.
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

    /// Stops the watchdog.
    pub fn stop(self) {}
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // The thread does not panic. Without it there is no limit, which is not a failure.
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
