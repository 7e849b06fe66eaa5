//! Parses the head of a request. It does no I/O: bytes in, a value out.

/// The highest number of bytes of a head. A browser's head is shorter than 1 KiB.
pub(super) const LONGEST: usize = 16 * 1024;

/// The highest number of headers of a head.
const MOST_HEADERS: usize = 100;

/// The head of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub method: String,
    pub url: String,
    /// The value of each Host header.
    pub hosts: Vec<String>,
    /// Whether a body follows. It is never read.
    pub has_body: bool,
    /// Whether the client keeps the connection open for more requests.
    pub stays: bool,
    /// The length of the head in bytes. The next request follows it.
    pub length: usize,
}

/// The response to an invalid head: a status and a sentence.
pub(super) type Refusal = (u16, &'static str);

/// The head at the beginning of `bytes`; `None` if it is not complete yet.
pub(super) fn parse(bytes: &[u8]) -> Result<Option<Head>, Refusal> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let length = match request.parse(bytes) {
        Ok(httparse::Status::Complete(length)) if length <= LONGEST => length,
        Ok(httparse::Status::Partial) if bytes.len() < LONGEST => return Ok(None),
        Ok(_) if !bytes.contains(&b'\n') => return Err((414, "the URL is too long\n")),
        Ok(_) | Err(httparse::Error::TooManyHeaders) => {
            return Err((431, "the headers are too long\n"));
        }
        Err(_) => return Err((400, "this is not an HTTP/1.1 request\n")),
    };
    let named = |name: &str| {
        let named = request.headers.iter();
        let named = named.filter(|header| header.name.eq_ignore_ascii_case(name));
        let values = named.map(|header| String::from_utf8_lossy(header.value).into_owned());
        values.collect::<Vec<String>>()
    };
    let lengths = named("Content-Length");
    let is_empty = |length: &String| length.bytes().all(|digit| digit == b'0');
    let closes = |value: &String| value.to_ascii_lowercase().contains("close");
    Ok(Some(Head {
        method: request.method.unwrap_or_default().to_owned(),
        url: request.path.unwrap_or_default().to_owned(),
        hosts: named("Host"),
        has_body: !named("Transfer-Encoding").is_empty() || !lengths.iter().all(is_empty),
        stays: request.version == Some(1) && !named("Connection").iter().any(closes),
        length,
    }))
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, MOST_HEADERS, parse};

    #[test]
    fn a_head_ends_with_an_empty_line_and_the_next_one_follows() {
        let text = b"GET /a HTTP/1.1\r\nhost: x\r\nHOST: y\r\n\r\nGET";
        let head = parse(text).unwrap().unwrap();
        assert_eq!((&*head.method, &*head.url), ("GET", "/a"));
        assert_eq!(head.hosts, ["x", "y"]);
        assert_eq!(&text[head.length..], b"GET");
        assert!(head.stays && !head.has_body);
        for end in 0..head.length {
            assert_eq!(
                parse(&text[..end]),
                Ok(None),
                "{end} bytes are not a complete head"
            );
        }
    }

    #[test]
    fn a_body_is_seen_however_it_is_announced() {
        for (header, has_body) in [
            ("Content-Length: 0", false),
            ("Content-Length: 1", true),
            ("content-length: 99999999999999999999999999", true),
            ("Content-Length: -1", true),
            ("Content-Length: x", true),
            ("Content-Length: 0\r\nContent-Length: 5", true),
            ("Transfer-Encoding: chunked", true),
            ("TRANSFER-ENCODING: identity", true),
        ] {
            let text = format!("GET / HTTP/1.1\r\n{header}\r\n\r\n");
            let head = parse(text.as_bytes()).unwrap().unwrap();
            assert_eq!(head.has_body, has_body, "{header}");
        }
    }

    #[test]
    fn a_connection_ends_if_the_client_requests_it_or_cannot_keep_it() {
        for (line, stays) in [
            ("HTTP/1.1\r\n", true),
            ("HTTP/1.1\r\nConnection: Close\r\n", false),
            ("HTTP/1.0\r\n", false),
        ] {
            let text = format!("GET / {line}\r\n");
            assert_eq!(parse(text.as_bytes()).unwrap().unwrap().stays, stays);
        }
    }

    #[test]
    fn input_that_is_too_long_or_not_a_request_is_refused_with_its_status() {
        let refused = |text: String| parse(text.as_bytes()).unwrap_err().0;
        assert_eq!(refused("GET /".to_owned() + &"a".repeat(LONGEST)), 414);
        let endless = format!("GET / HTTP/1.1\r\nA: {}", "a".repeat(LONGEST));
        assert_eq!(refused(endless.clone()), 431);
        assert_eq!(refused(endless + "\r\n\r\n"), 431);
        let many = "a: b\r\n".repeat(MOST_HEADERS + 1);
        assert_eq!(refused(format!("GET / HTTP/1.1\r\n{many}\r\n")), 431);
        for text in [
            "\x16\x03\x01",
            "PRI * HTTP/2.0\r\n\r\n",
            "GET / HTTP/1.1\r\n: x\r\n\r\n",
        ] {
            assert_eq!(refused(text.to_owned()), 400, "{text:?}");
        }
    }
}
