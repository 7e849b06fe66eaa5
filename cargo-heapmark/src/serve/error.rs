use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;

/// Why a site cannot be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// No publish has written into the folder.
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
        /// What the system says.
        source: io::Error,
    },
    /// Another program listens on the port.
    #[error("port {port} is taken; try --port {free}")]
    Taken {
        /// The port that was asked for.
        port: u16,
        /// One that was free a moment ago; 0, which picks one, where none was found.
        free: u16,
    },
    /// The port cannot be had for another reason.
    #[error("cannot listen on 127.0.0.1:{port}: {source}; try --port 0, which picks a free one")]
    Bind {
        /// The port that was asked for.
        port: u16,
        /// What the system says.
        source: io::Error,
    },
    /// No thread can be had that notices a stop.
    #[error("cannot start a thread: {0}; end other programs and start the server again")]
    Thread(io::Error),
}

impl ServeError {
    /// Why `port` could not be had, with a free one where it is taken.
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
