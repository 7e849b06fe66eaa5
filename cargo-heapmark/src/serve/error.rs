//! Errors of serving a site.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;

/// Why a site cannot be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The folder contains no site.
    #[error("no site in {}; run `cargo xtask report` or `cargo heapmark report` first", path.display())]
    NoSite {
        /// The folder.
        path: PathBuf,
    },
    /// The site's list of files cannot be read.
    #[error("cannot read {}: {source}; make it readable", path.display())]
    Read {
        /// The list.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// Another program listens on the port.
    #[error("port {port} is in use; try --port {free}")]
    Taken {
        /// The requested port.
        port: u16,
        /// A port that was just free; 0, which selects a free port, if none was found.
        free: u16,
    },
    /// The server cannot listen on the port for another reason.
    #[error("cannot listen on 127.0.0.1:{port}: {source}; try --port 0, which selects a free port")]
    Bind {
        /// The requested port.
        port: u16,
        /// The system's error.
        source: io::Error,
    },
    /// The thread that waits for the stop flag cannot be started.
    #[error("cannot start a thread: {0}; stop other programs and start the server again")]
    Thread(io::Error),
}

impl ServeError {
    /// The error for `port`, with a free port if it is in use.
    pub(super) fn bind(port: u16, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::AddrInUse => Self::Taken {
                port,
                free: free_port().unwrap_or(0),
            },
            _ => Self::Bind { port, source },
        }
    }
}

fn free_port() -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}
