//! Serves a rendered site to browsers on this machine.
//!
//! ```text
//!  browser ─▶ accept ─▶ one thread each:       head ─▶ answer(site, head) ─▶ bytes from memory
//!             127.0.0.1      bounded in number,           ▲
//!                            length and time              │
//!  publish ─▶ .heapmark-site ── changed? ─ load ──────────┘
//! ```
//!
//! A request never becomes a path on disk: it is looked up in a map of the published files, which
//! are loaded in advance. The server is not meant for a network. It binds only 127.0.0.1 and
//! accepts no other host name, so that a foreign page cannot read it through DNS rebinding.
//!
//! Any page in the user's browser can send requests to the server. Memory and time per client are
//! therefore limited. tiny_http only writes the responses. Its own server reads heads without a
//! limit, allocates the size that `Content-Length` states (which aborted the process in a test),
//! and stops at the first failure to accept a connection.

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

/// The longest time until the server notices the stop flag.
const PATIENCE: Duration = Duration::from_millis(100);

/// How long to wait for a closed connection to release its file descriptor.
const PAUSE: Duration = Duration::from_millis(10);

/// A site that is being served.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    shelf: Arc<Shelf>,
}

impl Server {
    /// Loads the site in `dir` and listens on `port` of 127.0.0.1. Port 0 selects a free port.
    ///
    /// # Errors
    ///
    /// If `dir` does not contain a site, or the server cannot listen on the port.
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

    /// The address of the server.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers requests until `stop` is set, which it notices within a tenth of a second.
    ///
    /// If a connection cannot be accepted, for example without a free file descriptor, the server
    /// continues.
    ///
    /// # Errors
    ///
    /// If the thread that waits for `stop` cannot be started.
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
                    // The client has closed the connection.
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

    /// Handles a connection on a separate thread, so that a client that hangs blocks only this
    /// thread. If no thread can be started, the oldest connection is closed.
    fn take(&self, stream: TcpStream, open: &Arc<Open>) {
        let connection = open.add(stream);
        let shelf = Arc::clone(&self.shelf);
        let talk = move || talk::talk(&connection.stream, &shelf);
        if thread::Builder::new().spawn(talk).is_err() {
            open.end_oldest();
        }
    }

    /// Once `stop` is set, connects to the server until it wakes up and sets `ended`.
    fn wake(&self, stop: &AtomicBool, ended: &AtomicBool) {
        while !ended.load(Ordering::Relaxed) {
            if stop.load(Ordering::Relaxed) {
                // If this fails, there are many other connections, which also wake the server.
                let _ = TcpStream::connect_timeout(&self.address, PATIENCE);
            }
            thread::sleep(PATIENCE / 2);
        }
    }
}
