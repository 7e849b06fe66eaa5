//! One round of requests: a number of requests or a duration, with an upper limit on its time.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::mix::{Kind, Mix};
use super::outcome::Outcome;

/// The number of connections of a round.
const CONNECTIONS: usize = 8;
/// How often the stop flag is polled.
const GLANCE: Duration = Duration::from_millis(50);

/// The server that receives the requests.
#[derive(Clone, Copy, Debug)]
pub struct Target(SocketAddr);

impl Target {
    /// Resolves `host:port`. The host is this machine, or the one that the user allowed.
    ///
    /// # Errors
    ///
    /// If the name has no address, or belongs to another machine that is not `allowed`.
    pub fn new(authority: &str, allowed: Option<&str>) -> Result<Self, LoadError> {
        let unknown = |error: std::io::Error| LoadError::Connect(format!("{authority}: {error}"));
        let addresses: Vec<_> = authority.to_socket_addrs().map_err(unknown)?.collect();
        let host = authority
            .rsplit_once(':')
            .map_or(authority, |(host, _)| host);
        let loopback = addresses.iter().find(|address| is_loopback(address.ip()));
        let chosen = match loopback {
            None if allowed == Some(host) => addresses.first(),
            loopback => loopback,
        };
        let remote = || LoadError::Remote(host.to_owned());
        chosen.copied().map(Self).ok_or_else(remote)
    }
}

impl Target {
    /// The address that requests are sent to.
    pub fn address(self) -> SocketAddr {
        self.0
    }
}

fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// How many requests a round sends.
#[derive(Clone, Copy, Debug)]
pub enum Amount {
    /// This number of requests.
    Requests(u64),
    /// As many requests as fit in this time.
    Lasting(Duration),
}

/// Why a round could not be completed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The server runs on another machine.
    #[error(
        "{0} is another machine; heapmark sends load only to this machine, unless --allow-remote {0} allows it"
    )]
    Remote(String),
    /// The server does not accept a connection.
    #[error("the server accepts no connection: {0}; check its address and its log")]
    Connect(String),
    /// A connection was closed early.
    #[error("the server closed a connection before its response was complete: {0}")]
    Broken(String),
    /// The round took too long.
    #[error("the server did not answer all requests within {0:.0?}; send fewer with --requests")]
    TooLong(Duration),
    /// The user interrupted the run.
    #[error("interrupted")]
    Interrupted,
}

/// Sends requests `first`, `first + 1`, … of the mix until the amount is reached. Blocks. A
/// response with an unexpected status is not an error; the outcome counts it.
///
/// # Errors
///
/// If the server does not accept a connection or closes one early, if the round takes longer than
/// `cap`, or if `stop` is set.
pub fn round(
    target: Target,
    mix: &Mix,
    first: u64,
    amount: Amount,
    cap: Duration,
    stop: &AtomicBool,
) -> Result<Outcome, LoadError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| LoadError::Connect(error.to_string()))?;
    runtime.block_on(async {
        tokio::select! {
            outcome = send(target, mix, first, amount) => outcome,
            () = tokio::time::sleep(cap) => Err(LoadError::TooLong(cap)),
            () = raised(stop) => Err(LoadError::Interrupted),
        }
    })
}

async fn raised(stop: &AtomicBool) {
    while !stop.load(Ordering::SeqCst) {
        tokio::time::sleep(GLANCE).await;
    }
}

/// State that the connections of a round share.
struct Plan {
    mix: Mix,
    next: AtomicU64,
    end: u64,
    until: Option<Instant>,
}

async fn send(target: Target, mix: &Mix, first: u64, amount: Amount) -> Result<Outcome, LoadError> {
    let began = Instant::now();
    let (end, until) = match amount {
        Amount::Requests(count) => (first.saturating_add(count), None),
        Amount::Lasting(time) => (u64::MAX, Some(began + time)),
    };
    let plan = Arc::new(Plan {
        mix: mix.clone(),
        next: AtomicU64::new(first),
        end,
        until,
    });
    let mut connections = JoinSet::new();
    for _ in 0..CONNECTIONS {
        connections.spawn(connection(target, Arc::clone(&plan)));
    }
    let mut outcome = Outcome::default();
    while let Some(joined) = connections.join_next().await {
        let part = joined.map_err(|error| LoadError::Broken(error.to_string()))??;
        outcome.absorb(part);
    }
    outcome.elapsed = began.elapsed();
    outcome.latencies.sort_unstable();
    Ok(outcome)
}

async fn connection(Target(address): Target, plan: Arc<Plan>) -> Result<Outcome, LoadError> {
    let stream = TcpStream::connect(address)
        .await
        .map_err(|error| LoadError::Connect(format!("{address}: {error}")))?;
    // With Nagle's algorithm, small requests would wait in the kernel.
    let _ = stream.set_nodelay(true);
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await.map_err(broken)?;
    let driver = tokio::spawn(connection);
    let host = address.to_string();
    let mut outcome = Outcome::default();
    loop {
        if plan.until.is_some_and(|until| Instant::now() >= until) {
            break;
        }
        let number = plan.next.fetch_add(1, Ordering::Relaxed);
        if number >= plan.end {
            break;
        }
        let kind = plan.mix.kind(number);
        let began = Instant::now();
        let status = exchange(&mut sender, kind, number, &host).await?;
        outcome.latencies.push(began.elapsed().as_nanos() as u64);
        *outcome.statuses.entry(status).or_default() += 1;
        if status != kind.status {
            outcome.unexpected += 1;
            outcome.first_unexpected.get_or_insert_with(|| {
                let Kind {
                    method,
                    path,
                    status: wanted,
                    ..
                } = kind;
                format!("{method} {path} returned status {status}, expected {wanted}")
            });
        }
    }
    drop(sender);
    // The connection closes with its sender. Waiting for it leaves no connection open when live
    // memory is sampled.
    let _ = driver.await;
    Ok(outcome)
}

async fn exchange(
    sender: &mut SendRequest<Full<Bytes>>,
    kind: &Kind,
    number: u64,
    host: &str,
) -> Result<u16, LoadError> {
    let numbered = |text: &str| text.replace("{i}", &number.to_string());
    let mut request = Request::builder()
        .method(kind.method.as_str())
        .uri(numbered(&kind.path))
        .header("host", host);
    if kind.body.is_some() {
        request = request.header("content-type", "application/json");
    }
    let body = kind.body.as_deref().map(numbered).unwrap_or_default();
    let request = request
        .body(Full::new(Bytes::from(body)))
        .map_err(|error| LoadError::Broken(error.to_string()))?;
    sender.ready().await.map_err(broken)?;
    let response = sender.send_request(request).await.map_err(broken)?;
    let status = response.status().as_u16();
    let mut body = response.into_body();
    while let Some(frame) = body.frame().await {
        frame.map_err(broken)?;
    }
    Ok(status)
}

fn broken(error: hyper::Error) -> LoadError {
    LoadError::Broken(error.to_string())
}
