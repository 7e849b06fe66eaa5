//! Waits until the test harness is idle. Its main thread starts a test and allocates two blocks
//! some time later, to wait for the end of the test. On a busy machine it does so late, and the two
//! blocks would be counted as memory of the test.

use std::thread;
use std::time::{Duration, Instant};

/// Time between two checks.
const PAUSE: Duration = Duration::from_millis(1);
/// Longest time to wait. A harness that is not idle by then does not wait for its only test.
const PATIENCE: Duration = Duration::from_secs(5);

/// Returns when the main thread sleeps, in a process whose harness waits for one test.
pub(super) fn wait_for_harness() {
    // A harness may run its tests on the main thread.
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
        // A single check may see the thread asleep on a lock.
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
    // The name before the state is in brackets and may contain brackets.
    stat.is_ok_and(|stat| {
        stat.rsplit_once(')')
            .is_some_and(|(_, rest)| rest.starts_with(" S "))
    })
}

/// Waits for a fixed time: no interface reports the state of the thread here.
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
