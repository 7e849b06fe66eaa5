//! Waits for the test harness to be at rest. Its main thread starts a test and then, some time
//! later, takes the memory that it waits for the test's end with: two blocks, which would count as
//! the test's where it is late, as it is on a busy machine.

use std::thread;
use std::time::{Duration, Instant};

/// Time between two looks.
const PAUSE: Duration = Duration::from_millis(1);
/// A harness that is never at rest does something else than to wait for its only test.
const PATIENCE: Duration = Duration::from_secs(5);

/// Returns when the main thread sleeps, in a process whose harness has one test to wait for.
pub(super) fn wait_for_harness() {
    // A harness may have no threads for its tests.
    if thread::current().name() != Some("main") {
        wait(std::process::id());
    }
}

/// Returns when the thread `id` of this process sleeps.
#[cfg(target_os = "linux")]
fn wait(id: u32) {
    let start = Instant::now();
    let mut slept = false;
    while start.elapsed() < PATIENCE {
        let sleeps = sleeps(id);
        // A single look may meet it asleep on a lock.
        if sleeps && slept {
            break;
        }
        slept = sleeps;
        thread::sleep(PAUSE);
    }
}

#[cfg(target_os = "linux")]
fn sleeps(id: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/self/task/{id}/stat"));
    // The name before the state is in brackets, and may contain some.
    stat.is_ok_and(|stat| {
        stat.rsplit_once(')')
            .is_some_and(|(_, rest)| rest.starts_with(" S "))
    })
}

/// Returns when a harness should be at rest: nothing tells.
#[cfg(not(target_os = "linux"))]
fn wait(_: u32) {
    thread::sleep(20 * PAUSE);
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, mpsc};
    use std::thread;
    use std::time::{Duration, Instant};

    use super::wait;

    #[test]
    fn a_thread_is_waited_for_until_it_sleeps() {
        let (send, receive) = mpsc::channel();
        let is_asleep = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&is_asleep);
        let other = thread::spawn(move || {
            let link = std::fs::read_link("/proc/thread-self").unwrap();
            let id = link.file_name().unwrap().to_str().unwrap();
            send.send(id.parse().unwrap()).unwrap();
            let start = Instant::now();
            while start.elapsed() < Duration::from_millis(50) {}
            theirs.store(true, Ordering::Release);
            thread::park();
        });
        wait(receive.recv().unwrap());
        assert!(is_asleep.load(Ordering::Acquire));
        other.thread().unpark();
        other.join().unwrap();
    }
}
