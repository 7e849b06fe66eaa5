//! Runs a closure in a forked child of the worker, so that a case that crashes does not end the
//! worker. Only for a worker that takes long to start: under valgrind, or because of the set-up of
//! criterion's groups. Otherwise the parent starts a fresh process for each case.

use std::fs;
use std::io;
use std::os::unix::process::{ExitStatusExt, parent_id};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitStatus;

/// Exit code of a child that has answered; unlikely to be the exit code of a case.
const ANSWERED: i32 = 113;
/// Exit code of a child that found no request.
const AT_END: i32 = 112;
/// Exit code of a child that could not write its answer.
const SPEECHLESS: i32 = 114;

/// How a child ended.
#[derive(Debug)]
pub(super) enum Child {
    /// It has written its whole answer.
    Answered,
    /// There was no request.
    AtEnd,
    /// It ended before its answer was complete.
    Died(ExitStatus),
}

/// Number of threads of this process; `None` if it cannot be read.
pub(super) fn threads() -> Option<usize> {
    fs::read_dir("/proc/self/task").ok().map(Iterator::count)
}

/// Which of the two processes returns from [`fork()`].
#[derive(Debug)]
pub(super) enum Side {
    /// The child. It must end with [`end`].
    Child,
    /// The parent, after the child has ended.
    Parent(Child),
}

/// Forks a child, and waits in the parent for it to end. The system kills a child that outlives
/// this process.
///
/// # Errors
///
/// If there is more than one thread, because a child would inherit their locks and never release
/// them; or if the system cannot fork.
pub(super) fn fork() -> io::Result<Side> {
    if threads() != Some(1) {
        return Err(io::Error::other(
            "cannot fork the worker: it has more than one thread",
        ));
    }
    let parent = std::process::id();
    // SAFETY: there is no other thread that could hold a lock or be inside a critical section.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            follow(parent);
            Ok(Side::Child)
        }
        child => {
            let status = wait(child)?;
            Ok(Side::Parent(match status.code() {
                Some(ANSWERED) => Child::Answered,
                Some(AT_END) => Child::AtEnd,
                _ => Child::Died(status),
            }))
        }
    }
}

/// Ends a child. `answered` is `Ok(true)` after an answer, `Ok(false)` if there was no request, and
/// an error if the answer could not be written.
pub(super) fn end(answered: &io::Result<bool>) -> ! {
    exit(match answered {
        Ok(true) => ANSWERED,
        Ok(false) => AT_END,
        Err(_) => SPEECHLESS,
    })
}

/// Runs `answer` in a forked child and waits for it to end. `answer` returns whether there was a
/// request.
///
/// # Errors
///
/// Those of [`fork()`].
pub(super) fn in_child(answer: impl FnOnce() -> io::Result<bool>) -> io::Result<Child> {
    match fork()? {
        Side::Parent(child) => Ok(child),
        Side::Child => {
            let answered = catch_unwind(AssertUnwindSafe(answer));
            end(&answered.unwrap_or_else(|_| Err(io::Error::other("panicked"))))
        }
    }
}

/// Makes the system kill this process when `parent` ends, so that a killed worker leaves no
/// processes behind.
fn follow(parent: u32) {
    // SAFETY: the call sets an attribute of this process and does not access memory.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
    if parent_id() != parent {
        exit(SPEECHLESS);
    }
}

/// Ends the child without running the exit handlers of the parent.
fn exit(code: i32) -> ! {
    // SAFETY: the call ends the process and does not return.
    unsafe { libc::_exit(code) }
}

fn wait(child: libc::pid_t) -> io::Result<ExitStatus> {
    loop {
        let mut status = 0;
        // SAFETY: `status` is a local variable that can be written.
        let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
        if waited == child {
            return Ok(ExitStatus::from_raw(status));
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}
