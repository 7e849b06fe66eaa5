//! Runs something in a forked child of the worker, so that a case that dies takes nobody with it.
//! Only for a worker under valgrind, whose start takes a second: elsewhere the parent starts a
//! fresh process for each case.

use std::fs;
use std::io;
use std::os::unix::process::{ExitStatusExt, parent_id};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitStatus;

/// What a child exits with after its last word; nothing that a case would exit with by itself.
const ANSWERED: i32 = 113;
/// There was nothing to answer.
const AT_END: i32 = 112;
/// The child could not say what it wanted to say.
const SPEECHLESS: i32 = 114;

/// How a child ended.
#[derive(Debug)]
pub(super) enum Child {
    /// It has said all that there is to say.
    Answered,
    /// It was asked nothing.
    AtEnd,
    /// It said less than it should have.
    Died(ExitStatus),
}

/// Threads of this process; `None` where that cannot be read.
pub(super) fn threads() -> Option<usize> {
    fs::read_dir("/proc/self/task").ok().map(Iterator::count)
}

/// Runs `answer`, which tells whether there was a question, in a forked child and waits for its
/// end. A child that outlives this process is killed by the system.
///
/// # Errors
///
/// Where there is more than one thread, whose locks a child would inherit for ever, and where the
/// system cannot fork.
pub(super) fn in_child(answer: impl FnOnce() -> io::Result<bool>) -> io::Result<Child> {
    if threads() != Some(1) {
        return Err(io::Error::other("a worker with other threads cannot fork"));
    }
    let parent = std::process::id();
    // SAFETY: no other thread is there to hold a lock or to be half-way through anything.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            follow(parent);
            let answered = catch_unwind(AssertUnwindSafe(answer));
            let code = match answered {
                Ok(Ok(true)) => ANSWERED,
                Ok(Ok(false)) => AT_END,
                _ => SPEECHLESS,
            };
            exit(code)
        }
        child => {
            let status = wait(child)?;
            Ok(match status.code() {
                Some(ANSWERED) => Child::Answered,
                Some(AT_END) => Child::AtEnd,
                _ => Child::Died(status),
            })
        }
    }
}

/// Has the system kill this process when `parent` is gone: a killed worker leaves nothing behind.
fn follow(parent: u32) {
    // SAFETY: sets a number in this process and touches no memory.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
    if parent_id() != parent {
        exit(SPEECHLESS);
    }
}

/// Ends the child without what the parent has registered to run at its own end.
fn exit(code: i32) -> ! {
    // SAFETY: ends the process; nothing comes after it.
    unsafe { libc::_exit(code) }
}

fn wait(child: libc::pid_t) -> io::Result<ExitStatus> {
    loop {
        let mut status = 0;
        // SAFETY: the status is ours to write.
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
