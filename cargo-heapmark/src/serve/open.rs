//! The open connections. Their number is limited. If there are too many, the oldest one is closed
//! for a new one, so that clients that hang do not block others.

use std::collections::BTreeMap;
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The highest number of open connections. Each needs a thread and a file descriptor; the usual
/// limit of a process is 1,024 descriptors.
pub(super) const MOST: usize = 128;

/// All open connections, by a number that increases with each.
#[derive(Debug, Default)]
pub(super) struct Open {
    connections: Mutex<BTreeMap<u64, Arc<TcpStream>>>,
    next: AtomicU64,
}

/// An open connection. It is removed when this value is dropped.
pub(super) struct Connection {
    pub stream: Arc<TcpStream>,
    number: u64,
    all: Arc<Open>,
}

impl Open {
    /// Adds a connection, and closes the oldest if there are too many.
    pub fn add(self: &Arc<Self>, stream: TcpStream) -> Connection {
        let stream = Arc::new(stream);
        let mut connections = self.lock();
        while connections.len() >= MOST {
            end_oldest(&mut connections);
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        connections.insert(number, Arc::clone(&stream));
        Connection {
            stream,
            number,
            all: Arc::clone(self),
        }
    }

    /// Closes the connection that was opened first.
    pub fn end_oldest(&self) {
        end_oldest(&mut self.lock());
    }

    /// Closes all connections.
    pub fn end_all(&self) {
        let mut connections = self.lock();
        while !connections.is_empty() {
            end_oldest(&mut connections);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<TcpStream>>> {
        let connections = self.connections.lock();
        connections.unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes the oldest connection. The thread that waits for its client wakes up and releases it.
fn end_oldest(connections: &mut BTreeMap<u64, Arc<TcpStream>>) {
    if let Some((_, stream)) = connections.pop_first() {
        // The client may have closed it already.
        let _ = stream.shutdown(Shutdown::Both);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.all.lock().remove(&self.number);
    }
}
