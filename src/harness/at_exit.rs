//! Calls a function when the process ends, also if the program has its own `main` function.

use std::sync::OnceLock;

static FUNCTION: OnceLock<fn() -> u8> = OnceLock::new();

/// Calls `function` when the process ends normally. If it returns an exit code other than 0, the
/// process ends with that. A second call has no effect.
pub(super) fn at_exit(function: fn() -> u8) {
    extern "C" fn call() {
        let code = FUNCTION.get().map_or(0, |function| function());
        if code != 0 {
            // SAFETY: the call ends the process and does not return.
            unsafe { libc::_exit(i32::from(code)) };
        }
    }
    if FUNCTION.set(function).is_ok() {
        // SAFETY: `call` can run at any time, takes no arguments and does not unwind: the program
        // aborts if it panics.
        unsafe { libc::atexit(call) };
    }
}
