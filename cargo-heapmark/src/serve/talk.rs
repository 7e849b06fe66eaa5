//! Handles one connection from its first request to its end.

use std::io::{self, BufWriter, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use tiny_http::{HTTPVersion, Header, Response, StatusCode};

use super::answer::{Answer, answer, plain};
use super::head::{Head, Refusal, parse};
use super::patient::Patient;
use super::site::{Shelf, Site};

/// How long a request may take, including the idle time before it.
const ASK: Duration = Duration::from_secs(10);

/// How long the client may take to read a response.
const ANSWER: Duration = Duration::from_secs(30);

/// How long, and how many bytes, to read from the client before the connection is closed. If it
/// were closed with unread bytes, the client could lose the response.
const LAST: Duration = Duration::from_millis(500);
const LAST_BYTES: u64 = 256 * 1024;

/// The number of bytes per read.
const PART: usize = 4 * 1024;

/// Answers requests on `stream` until the client closes it, is too slow, or sends an invalid
/// request.
pub(super) fn talk(stream: &TcpStream, shelf: &Shelf) {
    let mut read = Vec::new();
    let mut stays = true;
    while stays {
        let asked = ask(stream, &mut read);
        let site = shelf.site();
        let (answer, with_body) = match asked {
            Ok(None) => return,
            Ok(Some(head)) => {
                stays = head.stays && !head.has_body;
                (reply(&site, &head), head.method != "HEAD")
            }
            Err((status, why)) => {
                stays = false;
                (plain(status, why), true)
            }
        };
        // If this fails, the client is gone.
        if send(stream, &answer, with_body, stays).is_err() {
            return;
        }
    }
    let _ = stream.shutdown(Shutdown::Write);
    let mut rest = Patient::new(stream, LAST).take(LAST_BYTES);
    let _ = io::copy(&mut rest, &mut io::sink());
}

/// The next request, which is removed from `read`; `None` if there is none.
fn ask(stream: &TcpStream, read: &mut Vec<u8>) -> Result<Option<Head>, Refusal> {
    let mut client = Patient::new(stream, ASK);
    loop {
        if let Some(head) = parse(read)? {
            read.drain(..head.length);
            return Ok(Some(head));
        }
        let mut part = [0; PART];
        match client.read(&mut part) {
            Ok(length @ 1..) => read.extend_from_slice(&part[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // A client that sent nothing gets no response.
            Err(error) if is_late(&error) && !read.is_empty() => {
                return Err((408, "the request took too long\n"));
            }
            Ok(_) | Err(_) => return Ok(None),
        }
    }
}

fn is_late(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock
    )
}

fn reply<'a>(site: &'a Site, head: &Head) -> Answer<'a> {
    let hosts = head.hosts.iter().map(String::as_str);
    let answer = answer(site, &head.method, hosts, &head.url);
    if head.has_body && matches!(answer.status, 200 | 404) {
        return plain(413, "a request for a page must not have a body\n");
    }
    answer
}

fn send(stream: &TcpStream, answer: &Answer<'_>, with_body: bool, stays: bool) -> io::Result<()> {
    let headers = [
        ("Content-Type", Some(answer.content_type)),
        ("X-Content-Type-Options", Some("nosniff")),
        // The browser must check for a newer version of a page each time.
        ("Cache-Control", Some("no-cache")),
        ("Allow", answer.allow),
    ];
    let headers = headers
        .into_iter()
        .filter_map(|(name, value)| Header::from_bytes(name, value?).ok());
    // The length is always sent, so that a client can detect a truncated file.
    let response = Response::new(
        StatusCode(answer.status),
        headers.collect(),
        &*answer.body,
        Some(answer.body.len()),
        None,
    )
    .with_chunked_threshold(usize::MAX);
    // tiny_http omits `Connection: close`. A response with HTTP/1.0 has the same effect.
    let version = HTTPVersion(1, u8::from(stays));
    let mut out = BufWriter::new(Patient::new(stream, ANSWER));
    response.raw_print(&mut out, version, &[], !with_body, None)?;
    out.flush()
}
