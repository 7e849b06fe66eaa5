//! The connections that are open. Their number is bounded, and a new one has room because the one
//! that was opened first is ended for it: clients that hang never keep others out.

use std::collections::BTreeMap;
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Connections that are open at once. Each is a thread and a file descriptor, of which a process
/// has 1,024 as a rule.
pub(super) const MOST: usize = 128;

/// Every open connection, by a number that rises with each.
#[derive(Debug, Default)]
pub(super) struct Open {
    connections: Mutex<BTreeMap<u64, Arc<TcpStream>>>,
    next: AtomicU64,
}

/// One of them; it is open until this value goes.
pub(super) struct Connection {
    pub stream: Arc<TcpStream>,
    number: u64,
    all: Arc<Open>,
}

impl Open {
    /// Adds a connection, and ends the oldest where there are too many.
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

    /// Ends the connection that was opened first.
    pub fn end_oldest(&self) {
        end_oldest(&mut self.lock());
    }

    /// Ends every connection.
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

/// Whoever waits for the client wakes up and lets go of the connection.
fn end_oldest(connections: &mut BTreeMap<u64, Arc<TcpStream>>) {
    if let Some((_, stream)) = connections.pop_first() {
        // The client may have ended it already.
        let _ = stream.shutdown(Shutdown::Both);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.all.lock().remove(&self.number);
    }
}
