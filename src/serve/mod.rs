//! Serves a rendered site to browsers on this machine.
//!
//! ```text
//!  browser ─▶ tiny_http ─▶ a thread a request ─▶ answer(site, request) ─▶ bytes from memory
//!             127.0.0.1                            ▲
//!  publish ─▶ .heapmark-site ── changed? ─ load ───┘
//! ```
//!
//! A request never becomes a path on disk: it is looked up in a map of the files that a publish
//! wrote, loaded beforehand. It is no server for a network: it binds 127.0.0.1 alone, and answers
//! to no other name, so that a page elsewhere cannot read it through a name of its own.

mod answer;
mod error;
mod site;

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

pub use error::ServeError;

use answer::{Answer, answer};
use site::Shelf;

/// How long a stop may go unnoticed.
const PATIENCE: Duration = Duration::from_millis(100);

/// How often the server connects to itself.
///
/// tiny_http's pool can hand a burst of connections to fewer idle threads than it holds. The rest
/// then waits until one of the others ends, which a client that hangs, or a browser that keeps
/// a spare connection, never does. Each new connection gets a thread that looks at what waits.
const NUDGE: Duration = Duration::from_millis(250);

/// Connections of one nudge; each frees one that waits.
const NUDGES: usize = 4;

/// A site that is being served.
pub struct Server {
    http: tiny_http::Server,
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
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .map_err(|source| ServeError::bind(port, source))?;
        let failed = |source| ServeError::bind(port, source);
        let address = listener.local_addr().map_err(failed)?;
        let http = tiny_http::Server::from_listener(listener, None)
            .map_err(|error| failed(std::io::Error::other(error)))?;
        Ok(Self {
            http,
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
    /// # Errors
    ///
    /// Where the system takes no more connections.
    pub fn run(&self, stop: &AtomicBool) -> Result<(), ServeError> {
        let mut nudged = Instant::now();
        while !stop.load(Ordering::Relaxed) {
            if nudged.elapsed() >= NUDGE {
                self.nudge();
                nudged = Instant::now();
            }
            let request = self.http.recv_timeout(PATIENCE);
            let Some(request) = request.map_err(ServeError::Stopped)? else {
                continue;
            };
            let shelf = Arc::clone(&self.shelf);
            // A client that stops reading holds up whoever answers it, for as long as it likes:
            // each request has a thread of its own, which nobody waits for. Where no thread can
            // be had the request is dropped, which answers it with status 500.
            let _ = thread::Builder::new().spawn(move || respond(request, &shelf));
        }
        Ok(())
    }

    fn nudge(&self) {
        for _ in 0..NUDGES {
            // Where this fails, connections are plenty, and each of them does the same.
            let _ = TcpStream::connect_timeout(&self.address, PATIENCE);
        }
    }
}

fn respond(request: tiny_http::Request, shelf: &Shelf) {
    let header = |name: &'static str| {
        let named = request
            .headers()
            .iter()
            .filter(move |h| h.field.equiv(name));
        named.map(|header| header.value.as_str())
    };
    let method = request.method().as_str();
    let site = shelf.site();
    let Answer {
        status,
        content_type,
        allow,
        body,
    } = answer(&site, method, header("Host"), request.url());
    // A length is always told: without one a client cannot see that a file was cut off.
    let mut response = tiny_http::Response::from_data(body)
        .with_status_code(status)
        .with_chunked_threshold(usize::MAX);
    for (name, value) in [
        ("Content-Type", Some(content_type)),
        ("X-Content-Type-Options", Some("nosniff")),
        // A page that was rendered anew must not wait for the browser's old copy to expire.
        ("Cache-Control", Some("no-cache")),
        ("Allow", allow),
    ] {
        let header = value.map(|value| tiny_http::Header::from_bytes(name, value));
        if let Some(Ok(header)) = header {
            response.add_header(header);
        }
    }
    // The client is gone where this fails; nobody is left to tell.
    let _ = request.respond(response);
}
