//! The response to a request: a pure function of the site and the request.

use std::borrow::Cow;

use super::site::Site;

/// A response that can be sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer<'a> {
    pub status: u16,
    pub content_type: &'static str,
    /// The supported methods, if the method is not supported.
    pub allow: Option<&'static str>,
    /// Files of the site are borrowed, because a client may read slowly.
    pub body: Cow<'a, [u8]>,
}

/// The page for paths that do not exist.
const NOT_FOUND: &str = "404.html";

const TEXT: &str = "text/plain; charset=utf-8";

pub(super) fn answer<'a, 'h>(
    site: &'a Site,
    method: &str,
    hosts: impl Iterator<Item = &'h str>,
    url: &str,
) -> Answer<'a> {
    let mut hosts = hosts.peekable();
    // DNS rebinding: if a foreign host name resolved to this machine, a browser would treat the
    // foreign page and this site as one origin.
    if hosts.peek().is_none() || !hosts.all(is_this_machine) {
        return plain(421, "the host must be 127.0.0.1 or localhost\n");
    }
    if !matches!(method, "GET" | "HEAD") {
        return Answer {
            allow: Some("GET, HEAD"),
            ..plain(405, "only GET and HEAD are supported\n")
        };
    }
    let found = path(url).and_then(|path| Some((content_type(&path), site.files.get(&path)?)));
    if let Some((content_type, body)) = found {
        return Answer {
            status: 200,
            content_type,
            allow: None,
            body: Cow::Borrowed(body),
        };
    }
    match site.files.get(NOT_FOUND) {
        Some(page) => Answer {
            status: 404,
            content_type: content_type(NOT_FOUND),
            allow: None,
            body: Cow::Owned(at_any_depth(page)),
        },
        None => plain(404, "no such page\n"),
    }
}

/// The page with its relative links resolved from the root, because it is sent for paths at any
/// depth.
fn at_any_depth(page: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(page)
        .replacen("<head>", "<head><base href=\"/\">", 1)
        .into_bytes()
}

/// A response with a sentence instead of a page.
pub(super) fn plain(status: u16, text: &'static str) -> Answer<'static> {
    Answer {
        status,
        content_type: TEXT,
        allow: None,
        body: Cow::Borrowed(text.as_bytes()),
    }
}

/// Whether a Host header names this machine, with or without a port.
fn is_this_machine(host: &str) -> bool {
    let (name, port) = host.split_once(':').unwrap_or((host, "0"));
    let known = name == "127.0.0.1" || name.eq_ignore_ascii_case("localhost");
    known && port.parse::<u16>().is_ok()
}

/// The key of `url` in the map of files, whether or not there is such a file.
fn path(url: &str) -> Option<String> {
    let path = url.split(['?', '#']).next()?.strip_prefix('/')?;
    let path = percent_decoded(path)?;
    Some(match path.as_str() {
        "" => "index.html".to_owned(),
        _ => path,
    })
}

/// `None` if an escape is malformed or the bytes are not UTF-8.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => hex_digit(bytes.next()?)? * 16 + hex_digit(bytes.next()?)?,
            _ => byte,
        });
    }
    String::from_utf8(decoded).ok()
}

fn hex_digit(byte: u8) -> Option<u8> {
    let digit = char::from(byte).to_digit(16)?;
    u8::try_from(digit).ok()
}

fn content_type(path: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json; charset=utf-8",
        Some("csv") => "text/csv; charset=utf-8",
        Some("svg") => "image/svg+xml; charset=utf-8",
        Some("xml") => "application/xml; charset=utf-8",
        Some("txt" | "md") => TEXT,
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::{content_type, is_this_machine, path};

    #[test]
    fn only_this_machine_is_a_host() {
        for host in ["127.0.0.1", "127.0.0.1:3030", "localhost", "LocalHost:80"] {
            assert!(is_this_machine(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example:3030",
            "127.0.0.1:",
            "localhost:x",
            "127.0.0.1:80@evil.example",
            "[::1]",
            "localhost:99999",
        ] {
            assert!(!is_this_machine(host), "{host}");
        }
    }

    #[test]
    fn a_url_is_a_key_without_its_query_and_escapes() {
        assert_eq!(path("/").as_deref(), Some("index.html"));
        assert_eq!(path("/?theme=dark").as_deref(), Some("index.html"));
        assert_eq!(
            path("/case/a%20b.html?x=/#y").as_deref(),
            Some("case/a b.html")
        );
        assert_eq!(path("/%c3%a4.svg").as_deref(), Some("ä.svg"));
        assert_eq!(path("/%2e%2e/x").as_deref(), Some("../x"));
    }

    #[test]
    fn a_malformed_url_has_no_key() {
        for url in [
            "",
            "*",
            "http://evil.example/",
            "/%",
            "/%2",
            "/%zz",
            "/%ff",
            "/%+1",
        ] {
            assert_eq!(path(url), None, "{url}");
        }
    }

    #[test]
    fn the_type_follows_the_last_extension_of_the_name() {
        assert_eq!(
            content_type("a.b/c.min.js"),
            "text/javascript; charset=utf-8"
        );
        assert_eq!(content_type("a.html/c"), "application/octet-stream");
    }
}
