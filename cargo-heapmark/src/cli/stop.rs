//! Ctrl-c: a flag that commands poll.

use std::sync::atomic::{AtomicBool, Ordering};

static STOP: AtomicBool = AtomicBool::new(false);

/// A flag that the first interrupt or termination signal sets. A second signal ends the process at
/// once.
pub(super) fn flag() -> &'static AtomicBool {
    // If no handler can be installed, a signal ends the process at once. That damages no record,
    // because records are written completely or not at all.
    let _ = ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::SeqCst) {
            std::process::exit(2);
        }
    });
    &STOP
}
