//! Ends the process when a detection does not come to an end: nothing else can stop a step.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Exit code of a process whose detection did not come to an end.
const EXIT: i32 = 2;
/// The shortest limit: with less, a machine that is busy would end what does return.
const SHORTEST: Duration = Duration::from_secs(1);

/// Watches until it is dropped.
pub(super) struct Watchdog {
    done: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    /// Kept to the end, so that it is not freed while somebody counts.
    _started: Arc<Barrier>,
}

impl Watchdog {
    /// Starts to wait for twice the time that all steps may take, or a second. Where no thread
    /// can be started nobody watches. To be called by the thread that detects, which it names.
    pub fn start(max_time: Duration) -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&done);
        let limit = max_time.saturating_mul(2).max(SHORTEST);
        let whose = thread::current().name().map(str::to_owned);
        // What a thread allocates and frees while it starts is over before anybody counts.
        let started = Arc::new(Barrier::new(2));
        let their_start = Arc::clone(&started);
        let thread = thread::Builder::new()
            .name("heapmark watchdog".into())
            .spawn(move || {
                their_start.wait();
                drop(their_start);
                wait(&theirs, limit, whose.as_deref());
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

fn wait(done: &AtomicBool, limit: Duration, whose: Option<&str>) {
    let start = Instant::now();
    while !done.load(Ordering::Acquire) {
        let Some(left) = limit.checked_sub(start.elapsed()) else {
            let whose = whose.unwrap_or("a thread without a name");
            let _ = writeln!(
                std::io::stderr(),
                " UNDECIDED  {whose}: the leak detection has not returned: setup, steps and drop \
                 together have not come to an end within {limit:?}, the one limit for all of it \
                 that max_time sets; nothing can stop a step, so heapmark ends the process"
            );
            std::process::exit(EXIT);
        };
        thread::park_timeout(left);
    }
}
