//! One connection, from its first request to its end.

use std::io::{self, BufWriter, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use tiny_http::{HTTPVersion, Header, Response, StatusCode};

use super::answer::{Answer, answer, plain};
use super::head::{Head, Refusal, parse};
use super::patient::Patient;
use super::site::{Shelf, Site};

/// How long a request may take to come, and how long a connection may be silent before it.
const ASK: Duration = Duration::from_secs(10);

/// How long an answer may take to be read.
const ANSWER: Duration = Duration::from_secs(30);

/// How long, and how many bytes of, what a client still sends is taken before its connection ends:
/// one that ends while bytes are unread takes the answer away from the client.
const LAST: Duration = Duration::from_millis(500);
const LAST_BYTES: u64 = 256 * 1024;

/// Bytes that are read at once.
const PART: usize = 4 * 1024;

/// Answers requests on `stream` until its client ends it, asks too slowly, or is refused.
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
        // The client is gone where this fails; no one is left to answer.
        if send(stream, &answer, with_body, stays).is_err() {
            return;
        }
    }
    let _ = stream.shutdown(Shutdown::Write);
    let mut rest = Patient::new(stream, LAST).take(LAST_BYTES);
    let _ = io::copy(&mut rest, &mut io::sink());
}

/// The next request, which is taken out of what was `read`; `None` where none comes.
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
            // A silent client has asked nothing, so that nothing is there to answer.
            Err(error) if is_late(&error) && !read.is_empty() => {
                return Err((408, "the request did not come in time\n"));
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
        return plain(413, "a request for a page has no body\n");
    }
    answer
}

fn send(stream: &TcpStream, answer: &Answer<'_>, with_body: bool, stays: bool) -> io::Result<()> {
    let headers = [
        ("Content-Type", Some(answer.content_type)),
        ("X-Content-Type-Options", Some("nosniff")),
        // A page that was rendered anew must not wait for the browser's old copy to expire.
        ("Cache-Control", Some("no-cache")),
        ("Allow", answer.allow),
    ];
    let headers = headers
        .into_iter()
        .filter_map(|(name, value)| Header::from_bytes(name, value?).ok());
    // A length is always sent: without one a client cannot see that a file was cut off.
    let response = Response::new(
        StatusCode(answer.status),
        headers.collect(),
        &*answer.body,
        Some(answer.body.len()),
        None,
    )
    .with_chunked_threshold(usize::MAX);
    // tiny_http leaves out `Connection: close`. An answer of HTTP/1.0 says the same.
    let version = HTTPVersion(1, u8::from(stays));
    let mut out = BufWriter::new(Patient::new(stream, ANSWER));
    response.raw_print(&mut out, version, &[], !with_body, None)?;
    out.flush()
}
