//! Allocations of a small HTTP message that is built from owned strings. It does not cover parsing,
//! or a server.

mod echo_a_body;
mod find_a_parameter;
mod parse_headers;
mod read_json;
mod write_json;

use std::hint::black_box;

use bumpalo::Bump;
use heapmark::Bencher;
use heapmark::arena::with_arena;
use serde::Serialize;

heapmark::group! {
    /// Building requests and JSON responses from owned strings. serde_json writes the JSON in the
    /// measured part, from existing values.
    request_response;

    /// The smallest request, `GET /`, takes two allocations. Empty headers and no body take none.
    request_minimal: allocs == 2, frees == 2, reallocs == 0, bytes == 4, peak == 4, retained == 0;

    /// Three headers lead to ten allocations: two strings each and their list, in addition to
    /// method, path and body.
    request_with_headers: allocs == 10, frees == 10, reallocs == 0, bytes == 3 * HEADER + 107,
        peak == 3 * HEADER + 107, retained == 0;

    /// A small body is one allocation, which serde_json makes larger than the 22 B that it needs.
    /// The one header takes three.
    response_json_small: allocs == 4, frees == 4, reallocs == 0, drop_frees == 4,
        bytes >= JSON_HEADER + SMALL, bytes <= JSON_HEADER + 128, peak >= JSON_HEADER + SMALL,
        peak <= JSON_HEADER + 128, retained == 0;

    /// A body of 100 users needs no further allocation: its buffer is reallocated to twice the
    /// size each time.
    response_json_large: allocs == 4, frees == 4, reallocs >= 1, reallocs <= 6, drop_frees == 4,
        bytes >= JSON_HEADER + LARGE, bytes <= JSON_HEADER + 2 * LARGE,
        peak >= JSON_HEADER + LARGE, peak <= JSON_HEADER + 2 * LARGE, retained == 0;

    question "keep a request with 3 headers" {
        /// Method, path, headers and body are in separate blocks.
        none: allocs == 10, frees == 10, reallocs == 0, retained == 0;

        /// The same request in its own arena is one block.
        bumpalo: allocs == 1, frees == 1, reallocs == 0, retained == 0;

        /// An arena that is reset and kept for the next request allocates nothing.
        heapmark_arena as "heapmark::arena": allocs == 0, frees == 0, reallocs == 0, bytes == 0,
            peak == 0, retained == 0;
    }

    question parse_headers;
    question find_a_parameter;
    question read_json;
    question write_json;
    question echo_a_body;
}

/// Size of a header in the list, without its strings.
const HEADER: usize = size_of::<Header>();

/// Bytes of the one header of a response: its entry in the list, name and value.
const JSON_HEADER: usize = HEADER + 12 + 16;

/// Length of the JSON of one member in bytes.
const SMALL: usize = 22;

/// Length of the JSON of 100 users in bytes.
const LARGE: usize = 5_581;

type Header = (String, String);

struct Request {
    _method: String,
    _path: String,
    _headers: Vec<Header>,
    _body: Option<Vec<u8>>,
}

/// A request whose parts are in an arena.
struct Borrowed<'arena> {
    method: &'arena str,
    path: &'arena str,
    headers: &'arena [(&'arena str, &'arena str)],
    body: Option<&'arena [u8]>,
}

/// The headers of the cases of a question, in addition to `POST /api/users`.
const HEADERS: [(&str, &str); 3] = [
    ("Content-Type", "application/json"),
    ("Authorization", "Bearer token123"),
    ("Accept", "application/json"),
];
const BODY: &[u8] = br#"{"name":"Niko"}"#;

struct Response {
    _status: u16,
    _headers: Vec<Header>,
    _body: Vec<u8>,
}

#[derive(Serialize)]
struct Member {
    id: u32,
    name: String,
}

#[derive(Serialize)]
struct Listing {
    users: Vec<User>,
}

#[derive(Serialize)]
struct User {
    id: u32,
    name: String,
    email: String,
}

fn request_minimal(b: &mut Bencher) {
    b.iter(|| Request {
        _method: black_box("GET").to_owned(),
        _path: black_box("/").to_owned(),
        _headers: Vec::new(),
        _body: None,
    });
}

fn request_with_headers(b: &mut Bencher) {
    b.iter(|| Request {
        _method: black_box("POST").to_owned(),
        _path: black_box("/api/users").to_owned(),
        _headers: vec![
            header("Content-Type", "application/json"),
            header("Authorization", "Bearer token123"),
            header("Accept", "application/json"),
        ],
        _body: Some(black_box(br#"{"name":"Niko"}"#).to_vec()),
    });
}

fn none(b: &mut Bencher) {
    b.iter(owned);
}

fn bumpalo(b: &mut Bencher) {
    assert!(borrowed(&Bump::new()).is(&owned()));
    b.iter(|| {
        let bump = Bump::new();
        black_box(&borrowed(&bump));
    });
}

fn heapmark_arena(b: &mut Bencher) {
    with_arena(|arena| assert!(borrowed(arena.as_bump()).is(&owned())));
    b.iter(|| {
        with_arena(|arena| {
            black_box(&borrowed(arena.as_bump()));
        });
    });
}

fn owned() -> Request {
    Request {
        _method: black_box("POST").to_owned(),
        _path: black_box("/api/users").to_owned(),
        _headers: HEADERS.map(|(name, value)| header(name, value)).into(),
        _body: Some(black_box(BODY).to_vec()),
    }
}

fn borrowed(bump: &Bump) -> Borrowed<'_> {
    let copied = |text: &str| -> &str { bump.alloc_str(black_box(text)) };
    Borrowed {
        method: copied("POST"),
        path: copied("/api/users"),
        headers: bump.alloc_slice_copy(&HEADERS.map(|(name, value)| (copied(name), copied(value)))),
        body: Some(bump.alloc_slice_copy(black_box(BODY))),
    }
}

impl Borrowed<'_> {
    /// Whether both have the same content.
    fn is(&self, owned: &Request) -> bool {
        let headers = owned._headers.iter();
        let headers = headers.map(|(name, value)| (name.as_str(), value.as_str()));
        (self.method, self.path, self.body)
            == (&owned._method, &owned._path, owned._body.as_deref())
            && self.headers.iter().copied().eq(headers)
    }
}

fn response_json_small(b: &mut Bencher) {
    let member = Member {
        id: 1,
        name: "Niko".to_owned(),
    };
    b.iter(|| ok_json(&member));
}

fn response_json_large(b: &mut Bencher) {
    let users = (0..100)
        .map(|id| User {
            id,
            name: format!("User {id}"),
            email: format!("user{id}@example.com"),
        })
        .collect();
    let listing = Listing { users };
    b.iter(|| ok_json(&listing));
}

fn ok_json(content: &impl Serialize) -> Response {
    Response {
        _status: 200,
        _headers: vec![header("Content-Type", "application/json")],
        _body: serde_json::to_vec(black_box(content)).expect("plain structs are valid JSON"),
    }
}

fn header(name: &str, value: &str) -> Header {
    (black_box(name).to_owned(), black_box(value).to_owned())
}
