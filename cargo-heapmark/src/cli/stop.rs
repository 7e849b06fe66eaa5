use std::sync::atomic::{AtomicBool, Ordering};

static STOP: AtomicBool = AtomicBool::new(false);

/// Is raised by the first interrupt or termination signal; a second one ends the process at once.
pub(super) fn flag() -> &'static AtomicBool {
    // Where no handler can be installed the default stays: the process ends at once, which
    // loses nothing, since records are written whole or not at all.
    let _ = ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::SeqCst) {
            std::process::exit(2);
        }
    });
    &STOP
}
