//! Marks a thread so that the threads it starts, directly or indirectly, inherit the mark.
//!
//! ```text
//!  marked thread ── starts ──▶ marked thread ── starts ──▶ marked thread
//!  other thread ─── starts ──▶ other thread
//! ```
//!
//! On Linux every thread has a timer slack, the time by which its sleeps may be late, and a new
//! thread inherits the slack of the thread that started it. The mark is a slack that is some
//! nanoseconds longer than before. No program notices it, and nothing has to intercept the start of
//! threads. Other systems have nothing comparable: there, no thread is marked, and the threads that
//! a thread has started cannot be told apart from others.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The value if the inherited mark is not known.
pub(super) const UNKNOWN: u64 = 0;

/// Number of different marks; then the first is used again. The last one delays a sleep by 10
/// microseconds.
const MARKS: u64 = 10_000;

static MARKED: AtomicU64 = AtomicU64::new(0);
/// The newest mark.
static CURRENT: AtomicU64 = AtomicU64::new(UNKNOWN);

/// The calling thread is marked until this is dropped. Threads that it starts meanwhile inherit the
/// mark, and so do threads that those start at any time.
#[derive(Debug)]
pub(super) struct Marked {
    mark: u64,
    before: u64,
    stays: PhantomData<*const ()>,
}

impl Marked {
    /// Marks the calling thread. `None` if threads do not inherit a mark on this system or at this
    /// priority.
    pub(super) fn begin() -> Option<Self> {
        let before = of_this_thread();
        if before == UNKNOWN {
            return None;
        }
        let mark = before + 1 + MARKED.fetch_add(1, Relaxed) % MARKS;
        system::set(mark);
        // A thread with real-time priority keeps its slack.
        if of_this_thread() != mark {
            system::set(before);
            return None;
        }
        CURRENT.store(mark, Relaxed);
        Some(Self {
            mark,
            before,
            stays: PhantomData,
        })
    }

    /// The mark that the threads inherit.
    pub(super) fn mark(&self) -> u64 {
        self.mark
    }
}

impl Drop for Marked {
    fn drop(&mut self) {
        system::set(self.before);
    }
}

/// The mark that the calling thread has inherited.
pub(super) fn of_this_thread() -> u64 {
    system::get()
}

/// Whether `mark` is the newest mark.
pub(super) fn is_current(mark: u64) -> bool {
    mark != UNKNOWN && mark == CURRENT.load(Relaxed)
}

// Miri does not support timer slack.
#[cfg(all(target_os = "linux", not(miri)))]
mod system {
    use super::UNKNOWN;

    pub(super) fn get() -> u64 {
        // SAFETY: this option reads a number of the calling thread and takes no pointer.
        let slack = unsafe { libc::prctl(libc::PR_GET_TIMERSLACK) };
        u64::try_from(slack).unwrap_or(UNKNOWN)
    }

    pub(super) fn set(slack: u64) {
        // SAFETY: this option sets a number of the calling thread and takes no pointer. It cannot
        // fail; the caller reads the value back to see whether it had an effect.
        let _ = unsafe { libc::prctl(libc::PR_SET_TIMERSLACK, slack as libc::c_ulong) };
    }
}

#[cfg(not(all(target_os = "linux", not(miri))))]
mod system {
    use super::UNKNOWN;

    pub(super) fn get() -> u64 {
        UNKNOWN
    }

    pub(super) fn set(_: u64) {}
}

#[cfg(all(test, target_os = "linux", not(miri)))]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    /// The marks of a thread that the calling thread starts, and of a thread that this one starts.
    fn inherited() -> [u64; 2] {
        thread::scope(|scope| {
            let child = scope.spawn(|| {
                let own = of_this_thread();
                let grandchild = scope.spawn(of_this_thread);
                grandchild.join().map(|other| [own, other])
            });
            child.join().and_then(|both| both)
        })
        .unwrap_or([UNKNOWN; 2])
    }

    #[test]
    fn the_threads_of_a_marked_thread_are_marked_and_no_others() {
        let (ask, asked) = mpsc::channel();
        let earlier = thread::spawn(move || asked.recv().map(|()| inherited()).unwrap());
        let before = of_this_thread();
        let marked = Marked::begin().unwrap();
        assert_eq!(inherited(), [marked.mark(); 2]);
        ask.send(()).unwrap();
        assert!(!earlier.join().unwrap().contains(&marked.mark()));
        let mark = marked.mark();
        drop(marked);
        assert_eq!(of_this_thread(), before);
        assert!(!inherited().contains(&mark));
    }

    #[test]
    fn two_marks_after_each_other_are_different() {
        let first = Marked::begin().unwrap().mark();
        assert_ne!(first, Marked::begin().unwrap().mark());
    }
}
