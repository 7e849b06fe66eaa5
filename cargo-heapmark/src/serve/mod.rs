//! Serves a rendered site to browsers on this machine.
//!
//! ```text
//!  browser ─▶ accept ─▶ a thread a connection: head ─▶ answer(site, head) ─▶ bytes from memory
//!             127.0.0.1      bounded in number,           ▲
//!                            length and time              │
//!  publish ─▶ .heapmark-site ── changed? ─ load ──────────┘
//! ```
//!
//! A request never becomes a path on disk: it is looked up in a map of the files that a publish
//! wrote, loaded beforehand. It is no server for a network: it binds 127.0.0.1 alone, and answers
//! to no other name, so that a page elsewhere cannot read it through a name of its own.
//!
//! Any page in the user's browser can send requests here, so a client cannot make the server hold
//! much or wait long. tiny_http writes the answers and takes no connection: its own server reads
//! heads without a bound and allocates what `Content-Length` names (seen to abort the process), and
//! the first failure to accept a connection ends it.

mod answer;
mod error;
mod head;
mod open;
mod patient;
mod site;
mod talk;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

pub use error::ServeError;

use open::Open;
use site::Shelf;

/// How long a stop may go unnoticed.
const PATIENCE: Duration = Duration::from_millis(100);

/// How long an ended connection is given to let go of its file descriptor.
const PAUSE: Duration = Duration::from_millis(10);

/// A site that is being served.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    shelf: Arc<Shelf>,
}

impl Server {
    /// Loads the site in `dir` and listens on `port` of 127.0.0.1; port 0 takes a free one.
    ///
    /// # Errors
    ///
    /// Where `dir` holds no site, or the port cannot be had.
    pub fn bind(dir: impl Into<PathBuf>, port: u16) -> Result<Self, ServeError> {
        let shelf = Arc::new(Shelf::open(dir.into())?);
        let failed = |source| ServeError::bind(port, source);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self {
            listener,
            address,
            shelf,
        })
    }

    /// Where the site can be seen.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers requests until `stop` is set, which is noticed within a tenth of a second.
    ///
    /// A connection that cannot be taken, as without a free file descriptor, does not end it.
    ///
    /// # Errors
    ///
    /// Where not even the thread that notices the stop can be had.
    pub fn run(&self, stop: &AtomicBool) -> Result<(), ServeError> {
        let open = Arc::new(Open::default());
        let ended = AtomicBool::new(false);
        thread::scope(|scope| {
            let wake = || self.wake(stop, &ended);
            let waker = thread::Builder::new().spawn_scoped(scope, wake);
            waker.map_err(ServeError::Thread)?;
            while !stop.load(Ordering::Relaxed) {
                match self.listener.accept() {
                    Ok((stream, _)) => self.take(stream, &open),
                    // The client that was to be taken has gone.
                    Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                    Err(_) => {
                        open.end_oldest();
                        thread::sleep(PAUSE);
                    }
                }
            }
            ended.store(true, Ordering::Relaxed);
            Ok(())
        })?;
        open.end_all();
        Ok(())
    }

    /// Gives a connection a thread of its own: a client that hangs holds up that one alone. Where
    /// none can be had, the connection ends.
    fn take(&self, stream: TcpStream, open: &Arc<Open>) {
        let connection = open.add(stream);
        let shelf = Arc::clone(&self.shelf);
        let talk = move || talk::talk(&connection.stream, &shelf);
        if thread::Builder::new().spawn(talk).is_err() {
            open.end_oldest();
        }
    }

    /// Once `stop` is set, connects to the server until it has woken up and `ended`.
    fn wake(&self, stop: &AtomicBool, ended: &AtomicBool) {
        while !ended.load(Ordering::Relaxed) {
            if stop.load(Ordering::Relaxed) {
                // Where this fails, connections are plenty, and each of them does the same.
                let _ = TcpStream::connect_timeout(&self.address, PATIENCE);
            }
            thread::sleep(PATIENCE / 2);
        }
    }
}
