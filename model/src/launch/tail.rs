//! Keeps the end of what a child prints to stderr, for the error message if it dies.

use std::collections::VecDeque;
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::printed::Printed;

/// The number of bytes that are kept.
const KEPT: usize = 4096;

/// How long to wait for the rest of a dead child's output: a grandchild may hold the pipe open.
const PATIENCE: Duration = Duration::from_millis(200);

pub(super) struct Tail {
    bytes: Arc<Mutex<VecDeque<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl Tail {
    pub(super) fn empty() -> Self {
        Self {
            bytes: Arc::default(),
            reader: None,
        }
    }

    /// Reads `stream` in the background until its end, so that the child never blocks on it, or
    /// until the child has printed too much.
    pub(super) fn follow(mut stream: impl Read + Send + 'static, printed: Printed) -> Self {
        let bytes: Arc<Mutex<VecDeque<u8>>> = Arc::default();
        let shared = Arc::clone(&bytes);
        let reader = std::thread::spawn(move || {
            let mut chunk = [0; 16 * 1024];
            while let Ok(count @ 1..) = stream.read(&mut chunk) {
                if !printed.beside(count) {
                    break;
                }
                let mut kept = shared.lock().unwrap_or_else(PoisonError::into_inner);
                kept.extend(&chunk[..count]);
                let surplus = kept.len().saturating_sub(KEPT);
                kept.drain(..surplus);
            }
        });
        Self {
            bytes,
            reader: Some(reader),
        }
    }

    /// The kept text, after the stream has ended or a short wait.
    pub(super) fn text(&self) -> String {
        let until = Instant::now() + PATIENCE;
        while let Some(reader) = &self.reader {
            if reader.is_finished() || Instant::now() > until {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        let mut kept = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(kept.make_contiguous()).into_owned()
    }
}
