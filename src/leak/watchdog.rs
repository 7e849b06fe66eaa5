//! Ends the process when a step does not return: nothing else can stop a step.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Exit code of a process whose step did not return.
const EXIT: i32 = 2;

/// Watches until it is dropped.
pub(super) struct Watchdog {
    done: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    /// Kept to the end, so that it is not freed while somebody counts.
    _started: Arc<Barrier>,
}

impl Watchdog {
    /// Starts to wait for twice the time that all steps may take. Where no thread can be
    /// started nobody watches.
    pub fn start(max_time: Duration) -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&done);
        let limit = max_time.saturating_mul(2);
        // What a thread allocates and frees while it starts is over before anybody counts.
        let started = Arc::new(Barrier::new(2));
        let their_start = Arc::clone(&started);
        let thread = thread::Builder::new()
            .name("heapmark watchdog".into())
            .spawn(move || {
                their_start.wait();
                drop(their_start);
                wait(&theirs, limit);
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

fn wait(done: &AtomicBool, limit: Duration) {
    let start = Instant::now();
    while !done.load(Ordering::Acquire) {
        let Some(left) = limit.checked_sub(start.elapsed()) else {
            let _ = writeln!(
                std::io::stderr(),
                " UNDECIDED  a setup or step has not returned for {limit:?}, twice the time that \
                 all steps may take; heapmark ends the process"
            );
            std::process::exit(EXIT);
        };
        thread::park_timeout(left);
    }
}
