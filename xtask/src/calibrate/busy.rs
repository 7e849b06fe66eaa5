//! Keeps processors busy while times are measured. It measures nothing itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

/// Threads that run without a pause until this value is dropped.
pub(super) struct Busy {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Busy {
    pub(super) fn on(processors: u32) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let spin = |_| {
            let stop = Arc::clone(&stop);
            // It also reads and writes memory, because other programs use the caches too.
            std::thread::spawn(move || {
                let mut memory = vec![1_u64; 1 << 18];
                while !stop.load(Ordering::Relaxed) {
                    for index in 1..memory.len() {
                        memory[index] ^= memory[index - 1].wrapping_mul(0x9e37_79b9);
                    }
                    std::hint::black_box(&mut memory);
                }
            })
        };
        let threads = (0..processors).map(spin).collect();
        Self { stop, threads }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            // The thread cannot panic, and a panic would lose nothing.
            let _ = thread.join();
        }
    }
}
