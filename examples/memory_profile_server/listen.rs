//! Starts and stops a server: arguments, ready line, signals and shutdown. It knows no routes.
//!
//! ```text
//! bind ─▶ "ready pid=… address=…" ─▶ serve ─ SIGINT, SIGTERM ─▶ last requests ─▶ caller
//! ```

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// How long the last requests may take after a signal. A client that keeps its connection open must
/// not keep the process alive.
const LAST_REQUESTS: Duration = Duration::from_secs(3);

/// The arguments of the command line.
pub struct Arguments {
    pub port: u16,
    pub leaky: bool,
    /// Whether the server records the call stacks of its blocks.
    pub live: bool,
}

impl Arguments {
    /// Reads `--port PORT`, `--leaky` and `--live`. The error is a message for the user.
    pub fn read(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut read = Self {
            port: 3000,
            leaky: false,
            live: false,
        };
        let mut arguments = arguments.skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--leaky" => read.leaky = true,
                "--live" => read.live = true,
                "--port" => {
                    let port = arguments.next().unwrap_or_default();
                    read.port = port
                        .parse()
                        .map_err(|_| format!("--port takes 0 to 65535, not `{port}`"))?;
                }
                other => {
                    return Err(format!(
                        "unknown argument `{other}`; the arguments are --port PORT, --leaky and --live"
                    ));
                }
            }
        }
        Ok(read)
    }
}

/// The exit code of a server: 2 if it failed, with the reason on stderr.
pub fn exit(result: io::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::from(2)
        }
    }
}

/// The runtime of a server. It has two threads, so that tools see the thread-locals of more than
/// one.
pub fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
}

/// Serves until SIGINT or SIGTERM, and returns when the last requests have ended or timed out.
/// Values that `router` shares with its owner still exist then.
pub async fn serve(router: Router, port: u16) -> io::Result<()> {
    // The handlers come first: a signal between the ready line and the handlers would kill the
    // process.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    let listener = listener.await.map_err(|error| {
        let hint = "use --port 0 for a free port";
        io::Error::new(
            error.kind(),
            format!("cannot listen on 127.0.0.1:{port}: {error}; {hint}"),
        )
    })?;
    let address = listener.local_addr()?;
    let (stop, mut stopped) = watch::channel(false);
    let served = axum::serve(listener, router).with_graceful_shutdown(async move {
        // An error means that the sender was dropped, which is also a reason to stop.
        let _ = stopped.wait_for(|stop| *stop).await;
    });
    let served = tokio::spawn(async move { served.await });
    {
        let mut out = io::stdout().lock();
        writeln!(out, "ready pid={} address={address}", std::process::id())?;
        out.flush()?;
    }
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    let _ = stop.send(true);
    match tokio::time::timeout(LAST_REQUESTS, served).await {
        Ok(Ok(result)) => result,
        Ok(Err(failed)) => Err(io::Error::other(failed)),
        // Connections that do not end are closed with the runtime.
        Err(_) => Ok(()),
    }
}
