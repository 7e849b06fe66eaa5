//! A request with eight headers is parsed, and the headers are stored in different ways.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::hint::black_box;

use heapmark::Bencher;
use http::{HeaderMap, HeaderName, HeaderValue};
use rustc_hash::FxHasher;

heapmark::question! {
    "keep eight headers of a request";

    /// httparse returns slices of its input.
    borrowed as "httparse": allocs == 0, bytes == 0, retained == 0;
    /// Known names are stored as numbers, and each value is one block. The map has two blocks and
    /// grows.
    header_map as "http::HeaderMap": allocs == 12, reallocs == 1, retained == 0;
    /// With a known number of headers, the map does not grow.
    header_map_reserved as "http::HeaderMap::with_capacity": allocs == 11, reallocs == 0, retained == 0;
    /// Owned pairs in a vector take two blocks each, and one for the vector.
    pairs as "Vec<(String, Vec<u8>)>": allocs == 17, retained == 0;
    /// Owned pairs in a map take two blocks each, and one for the table: `collect` knows the number
    /// of pairs.
    map as "HashMap<String, Vec<u8>>": allocs == 17, retained == 0;
    /// Borrowed pairs take only the block of the vector.
    slices as "Vec<(&str, &[u8])>": allocs == 1, retained == 0;
}

const REQUEST: &[u8] = b"GET /users/7 HTTP/1.1\r\n\
    host: example.org\r\n\
    user-agent: a browser\r\n\
    accept: text/html,application/json\r\n\
    accept-encoding: gzip, br\r\n\
    accept-language: en\r\n\
    connection: keep-alive\r\n\
    cookie: session=0123456789abcdef\r\n\
    x-request-id: 7f3a91c2\r\n\r\n";

/// Parses the request and passes its headers to `keep`.
fn parsed<T>(keep: impl FnOnce(&[httparse::Header<'static>]) -> T) -> T {
    let mut headers = [httparse::EMPTY_HEADER; 16];
    let mut request = httparse::Request::new(&mut headers);
    let status = request.parse(black_box(REQUEST));
    assert!(status.is_ok_and(|status| status.is_complete()));
    keep(request.headers)
}

/// Measures `keep`; `count` returns the number of headers in its result.
fn measure<T>(
    b: &mut Bencher,
    keep: impl Fn(&[httparse::Header<'static>]) -> T,
    count: impl Fn(&T) -> usize,
) {
    assert_eq!(count(&parsed(&keep)), 8);
    b.iter(|| parsed(&keep));
}

fn borrowed(b: &mut Bencher) {
    measure(b, |headers| headers.len(), |count| *count);
}

fn filled(headers: &[httparse::Header<'_>], mut map: HeaderMap) -> HeaderMap {
    for header in headers {
        let name = HeaderName::from_bytes(header.name.as_bytes());
        let value = HeaderValue::from_bytes(header.value);
        if let (Ok(name), Ok(value)) = (name, value) {
            map.append(name, value);
        }
    }
    map
}

fn header_map(b: &mut Bencher) {
    measure(
        b,
        |headers| filled(headers, HeaderMap::new()),
        HeaderMap::len,
    );
}

fn header_map_reserved(b: &mut Bencher) {
    let keep = |headers: &[httparse::Header<'static>]| {
        filled(headers, HeaderMap::with_capacity(black_box(8)))
    };
    measure(b, keep, HeaderMap::len);
}

fn owned(header: &httparse::Header<'_>) -> (String, Vec<u8>) {
    (header.name.to_owned(), header.value.to_vec())
}

fn pairs(b: &mut Bencher) {
    measure(
        b,
        |headers| headers.iter().map(owned).collect::<Vec<_>>(),
        Vec::len,
    );
}

fn map(b: &mut Bencher) {
    type Map = HashMap<String, Vec<u8>, BuildHasherDefault<FxHasher>>;
    measure(
        b,
        |headers| headers.iter().map(owned).collect::<Map>(),
        Map::len,
    );
}

fn slices(b: &mut Bencher) {
    let keep = |headers: &[httparse::Header<'static>]| -> Vec<(&'static str, &'static [u8])> {
        headers
            .iter()
            .map(|header| (header.name, header.value))
            .collect()
    };
    measure(b, keep, Vec::len);
}
