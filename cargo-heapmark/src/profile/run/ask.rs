//! Sends a single request to a server over a separate connection, without the load client.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// The highest number of bytes of a status line.
const LONGEST: u64 = 1_000;

/// The status that `authority` returns for `path`; each read waits for at most `patience`.
///
/// It does not wait for the body, because a server may keep the connection open.
pub fn status(authority: impl ToSocketAddrs, path: &str, patience: Duration) -> Result<u16> {
    Ok(ask(authority, path, patience)?.0)
}

/// The whole body that `authority` returns for `path`; each read waits for at most `patience`. The
/// server must close the connection.
pub fn body(authority: impl ToSocketAddrs, path: &str, patience: Duration) -> Result<String> {
    let (_, mut answer) = ask(authority, path, patience)?;
    let mut text = String::new();
    answer.read_to_string(&mut text)?;
    let (_, body) = text
        .split_once("\r\n\r\n")
        .with_context(|| format!("the response to {path} has no body"))?;
    Ok(body.to_owned())
}

/// Whether a process listens at this address.
pub fn is_taken(authority: impl ToSocketAddrs) -> bool {
    connect(authority).is_ok()
}

fn connect(authority: impl ToSocketAddrs) -> Result<TcpStream> {
    let stream = TcpStream::connect(authority)?;
    if joined_to_itself(&stream)? {
        bail!("no process listens at this address");
    }
    Ok(stream)
}

/// The status, and a reader of the headers and the body.
fn ask(
    authority: impl ToSocketAddrs,
    path: &str,
    patience: Duration,
) -> Result<(u16, BufReader<TcpStream>)> {
    let mut stream = connect(authority)?;
    stream.set_read_timeout(Some(patience))?;
    // In one write: a server that answers after the first of several resets the connection.
    let question = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(question.as_bytes())?;
    let mut answer = BufReader::new(stream);
    let mut line = String::new();
    answer.by_ref().take(LONGEST).read_line(&mut line)?;
    let status = line
        .strip_prefix("HTTP/1.")
        .and_then(|rest| rest.split_ascii_whitespace().nth(1)?.parse().ok());
    let status = status.with_context(|| format!("the response is not HTTP: {line:?}"))?;
    Ok((status, answer))
}

/// Whether the connection is connected to itself. If no process listens at a port of the range for
/// outgoing connections, the kernel can choose this port as the source of a connection to it.
fn joined_to_itself(stream: &TcpStream) -> std::io::Result<bool> {
    Ok(stream.local_addr()? == stream.peer_addr()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::thread;

    fn answering(text: &'static str) -> std::net::SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 1024]);
            stream.write_all(text.as_bytes()).unwrap();
        });
        address
    }

    const PATIENCE: Duration = Duration::from_secs(5);

    #[test]
    fn an_answer_has_a_status_and_a_body() {
        let answer = "HTTP/1.1 503 Not yet\r\na: b\r\n\r\nwait";
        assert_eq!(status(answering(answer), "/", PATIENCE).unwrap(), 503);
        assert_eq!(body(answering(answer), "/", PATIENCE).unwrap(), "wait");
    }

    #[test]
    fn what_is_not_of_http_is_no_answer() {
        for text in ["", "hello\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 fine\r\n\r\n"] {
            assert!(status(answering(text), "/", PATIENCE).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_connection_to_itself_is_not_a_listener() {
        use rustix::net::{AddressFamily, SocketType, bind, connect, getsockname, socket};
        let own = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
        let any: std::net::SocketAddr = "127.0.0.1:0".parse().unwrap();
        bind(&own, &any).unwrap();
        connect(&own, &getsockname(&own).unwrap()).unwrap();
        assert!(joined_to_itself(&TcpStream::from(own)).unwrap());

        let listener = TcpListener::bind(any).unwrap();
        let other = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        assert!(!joined_to_itself(&other).unwrap());
    }
}
