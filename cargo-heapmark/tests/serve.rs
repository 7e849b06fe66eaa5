//! The server serves the files of the site to this machine, and nothing else.
#![expect(clippy::unwrap_used, reason = "a panic of a test is its verdict")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use cargo_heapmark::publish;
use cargo_heapmark::serve::{ServeError, Server};

/// A running server, which stops when it goes out of scope.
struct Served {
    outer: tempfile::TempDir,
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Served {
    fn new(files: &[(&str, &str)]) -> Self {
        let outer = tempfile::tempdir().unwrap();
        publish(&dir(&outer), files);
        Self::over(outer)
    }

    fn over(outer: tempfile::TempDir) -> Self {
        let server = Server::bind(dir(&outer), 0).unwrap();
        let address = server.address();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = Some(thread::spawn(move || server.run(&stopped).unwrap()));
        Self {
            outer,
            address,
            stop,
            thread,
        }
    }

    /// The response of the server to a request line and headers.
    fn raw(&self, request: &str) -> Response {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Response {
            status,
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream
    }

    fn request(&self, method: &str, url: &str) -> Response {
        self.raw(&format!(
            "{method} {url} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.address
        ))
    }

    fn get(&self, url: &str) -> Response {
        self.request("GET", url)
    }

    fn addressed_as(&self, host: &str) -> Response {
        self.raw(&format!(
            "GET / HTTP/1.1\r\n{host}Connection: close\r\n\r\n"
        ))
    }

    /// Stops the server and returns how long that takes.
    fn end(&mut self) -> Duration {
        let start = Instant::now();
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
        start.elapsed()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.end();
    }
}

struct Response {
    status: u16,
    head: String,
    body: String,
}

impl Response {
    fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut named = headers.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        named.next().map(|(_, value)| value)
    }
}

fn dir(outer: &tempfile::TempDir) -> PathBuf {
    outer.path().join("site")
}

fn publish(dir: &Path, files: &[(&str, &str)]) {
    let owned = |&(path, text): &(&str, &str)| (path.to_owned(), text.as_bytes().to_vec());
    let files: BTreeMap<_, _> = files.iter().map(owned).collect();
    publish::write(dir, &files).unwrap();
}

#[test]
fn a_page_is_served_with_its_type_and_length() {
    let served = Served::new(&[("index.html", "hello"), ("data/a.json", "{}")]);
    let index = served.get("/");
    assert_eq!((index.status, index.body.as_str()), (200, "hello"));
    assert_eq!(
        index.header("Content-Type"),
        Some("text/html; charset=utf-8")
    );
    assert_eq!(index.header("Content-Length"), Some("5"));
    assert_eq!(index.header("X-Content-Type-Options"), Some("nosniff"));
    assert_eq!(index.header("Cache-Control"), Some("no-cache"));
    let data = served.get("/data/a.json?version=1");
    assert_eq!((data.status, data.body.as_str()), (200, "{}"));
    assert_eq!(
        data.header("Content-Type"),
        Some("application/json; charset=utf-8")
    );
}

#[test]
fn a_large_page_is_sent_whole_with_its_length() {
    let large = "x".repeat(300_000);
    let served = Served::new(&[("large.txt", &large)]);
    let page = served.get("/large.txt");
    assert_eq!(page.header("Content-Length"), Some("300000"));
    assert!(page.body == large);
}

#[test]
fn head_returns_only_the_headers() {
    let served = Served::new(&[("index.html", "hello")]);
    let index = served.request("HEAD", "/");
    assert_eq!((index.status, index.body.as_str()), (200, ""));
    assert_eq!(index.header("Content-Length"), Some("5"));
}

#[test]
fn other_methods_are_refused_with_a_list_of_the_allowed_ones() {
    let served = Served::new(&[("index.html", "hello")]);
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "BREW"] {
        let response = served.request(method, "/");
        assert_eq!(response.status, 405, "{method}");
        assert_eq!(response.header("Allow"), Some("GET, HEAD"), "{method}");
    }
}

#[test]
fn no_url_leads_out_of_the_site() {
    let served = Served::new(&[("index.html", "hello"), ("a/b.html", "")]);
    fs::write(served.outer.path().join("secret.txt"), "secret").unwrap();
    // This file is in the folder of the site, but was not published.
    fs::write(dir(&served.outer).join("private.txt"), "secret").unwrap();
    for url in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2E%2E%2fsecret.txt",
        "/a/../../secret.txt",
        "/..%5csecret.txt",
        "//secret.txt",
        "/private.txt",
        "/.heapmark-site",
        "/a",
        "/a/",
        "/%00",
        "/%",
        "/etc/passwd",
        "//etc/passwd",
        "file:///etc/passwd",
        "../secret.txt",
        "*",
    ] {
        let response = served.get(url);
        assert_eq!(response.status, 404, "{url}");
        assert_eq!(response.body, "no such page\n", "{url}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_site_is_not_followed() {
    let outer = tempfile::tempdir().unwrap();
    let site = dir(&outer);
    publish(
        &site,
        &[("index.html", "hello"), ("link.txt", ""), ("inner.txt", "")],
    );
    fs::write(outer.path().join("secret.txt"), "secret").unwrap();
    for (link, target) in [
        ("link.txt", outer.path().join("secret.txt")),
        ("inner.txt", site.join("index.html")),
    ] {
        fs::remove_file(site.join(link)).unwrap();
        std::os::unix::fs::symlink(target, site.join(link)).unwrap();
    }
    let served = Served::over(outer);
    assert_eq!(served.get("/link.txt").status, 404);
    assert_eq!(served.get("/inner.txt").body, "hello");
}

#[test]
fn the_404_page_finds_its_style_at_any_depth() {
    let served = Served::new(&[("404.html", "<head><link href=\"style.css\"></head>")]);
    let response = served.get("/case/of/nothing.html");
    assert_eq!(response.status, 404);
    assert!(
        response.body.contains("<base href=\"/\">"),
        "{}",
        response.body
    );
}

#[test]
fn an_unknown_page_shows_the_404_page_of_the_site() {
    let served = Served::new(&[("404.html", "lost?")]);
    let response = served.get("/nowhere");
    assert_eq!((response.status, response.body.as_str()), (404, "lost?"));
    assert_eq!(
        response.header("Content-Type"),
        Some("text/html; charset=utf-8")
    );
}

#[test]
fn a_new_publish_is_seen_at_once() {
    let served = Served::new(&[("index.html", "old"), ("gone.html", "")]);
    assert_eq!(served.get("/").body, "old");
    // A file of the same length, written within one tick of a coarse clock.
    publish(
        &dir(&served.outer),
        &[("index.html", "new"), ("more.html", "more")],
    );
    assert_eq!(served.get("/").body, "new");
    assert_eq!(served.get("/more.html").body, "more");
    assert_eq!(served.get("/gone.html").status, 404);
}

#[test]
fn half_a_publish_is_not_shown() {
    let served = Served::new(&[("index.html", "old")]);
    fs::write(dir(&served.outer).join("index.html"), "half").unwrap();
    assert_eq!(served.get("/").body, "old");
    fs::remove_dir_all(dir(&served.outer)).unwrap();
    assert_eq!(served.get("/").body, "old");
}

#[test]
fn a_name_that_is_not_this_machine_is_refused() {
    let served = Served::new(&[("index.html", "hello")]);
    for host in [
        "Host: evil.example\r\n",
        "Host: evil.example:3030\r\n",
        "Host: localhost.evil.example\r\n",
        "Host: localhost\r\nHost: evil.example\r\n",
        "Host: \r\n",
        "",
    ] {
        let response = served.addressed_as(host);
        assert_eq!(response.status, 421, "{host:?}");
        assert!(!response.body.contains("hello"), "{host:?}");
    }
    for host in [
        "Host: localhost\r\n",
        "host: LOCALHOST:3030\r\n",
        "Host: 127.0.0.1\r\n",
    ] {
        assert_eq!(served.addressed_as(host).status, 200, "{host:?}");
    }
}

#[test]
fn it_listens_on_this_machine_only() {
    let served = Served::new(&[("index.html", "")]);
    assert!(served.address.ip().is_loopback(), "{}", served.address);
}

#[test]
fn clients_that_hang_delay_neither_others_nor_the_end() {
    let large = "x".repeat(16_000_000);
    let mut served = Served::new(&[("index.html", "hello"), ("large.txt", &large)]);
    let mut hanging = Vec::new();
    for _ in 0..8 {
        for begun in [
            // One never ends its request, one never sends its body, one never reads its response.
            "GET / HTTP/1.1\r\nHost: localh",
            "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n",
            "GET /large.txt HTTP/1.1\r\nHost: localhost\r\n\r\n",
        ] {
            let mut stream = served.connect();
            stream.write_all(begun.as_bytes()).unwrap();
            hanging.push(stream);
        }
    }
    let start = Instant::now();
    for _ in 0..10 {
        assert_eq!(served.get("/").body, "hello");
    }
    let waited = start.elapsed();
    assert!(waited < Duration::from_secs(5), "others waited {waited:?}");
    let ended = served.end();
    assert!(ended < Duration::from_secs(2), "the end took {ended:?}");
    drop(hanging);
}

#[test]
fn a_stopped_server_frees_its_port() {
    let mut served = Served::new(&[("index.html", "")]);
    served.end();
    let site = dir(&served.outer);
    let port = served.address.port();
    // A connection that has just ended can keep the port in use for a moment.
    assert_eq!(bind_patiently(&site, port).address(), served.address);
}

/// Listens on `port` as soon as it is free. Another test may use it for a moment.
fn bind_patiently(site: &Path, port: u16) -> Server {
    let mut tries = (0..100).map(|_| {
        thread::sleep(Duration::from_millis(20));
        Server::bind(site, port).ok()
    });
    tries.find_map(|server| server).unwrap()
}

#[test]
fn a_taken_port_is_named_with_one_that_is_free() {
    let outer = tempfile::tempdir().unwrap();
    publish(&dir(&outer), &[("index.html", "")]);
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port();
    let Err(error) = Server::bind(dir(&outer), port) else {
        panic!("the port was bound twice");
    };
    let ServeError::Taken { free, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(
        error.to_string(),
        format!("port {port} is in use; try --port {free}")
    );
    assert_ne!(free, port);
    assert_eq!(
        Server::bind(dir(&outer), free).unwrap().address().port(),
        free
    );
}

#[test]
fn a_folder_without_a_site_is_named_with_the_next_step() {
    let outer = tempfile::tempdir().unwrap();
    // A folder without a list of published files is not a site: none of its files may be served.
    fs::write(outer.path().join("index.html"), "").unwrap();
    for path in [outer.path().to_owned(), outer.path().join("none")] {
        let Err(error) = Server::bind(&path, 0) else {
            panic!("{} was served", path.display());
        };
        let text = format!(
            "no site in {}; run `cargo xtask report` or `cargo heapmark report` first",
            path.display()
        );
        assert_eq!(error.to_string(), text);
    }
}

/// Sends `first`, and then repeats `more` until the server ends the connection. Returns the
/// response.
fn flooded(served: &Served, first: &str, more: &str) -> String {
    let mut stream = served.connect();
    stream
        .set_write_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let more = more.repeat(1 << 16);
    let mut left = 64_usize << 20;
    let mut sent = stream.write_all(first.as_bytes());
    while sent.is_ok() {
        left = left
            .checked_sub(more.len())
            .expect("the server ends the connection before it has read 64 MiB");
        sent = stream.write_all(more.as_bytes());
    }
    let mut answer = Vec::new();
    // Reading may fail if the connection was reset before all bytes arrived.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_body_is_never_read_however_it_is_announced() {
    let served = Served::new(&[("index.html", "hello")]);
    let host = format!("Host: {}", served.address);
    for body in [
        "Content-Length: 99999999999999",
        "Content-Length: 18446744073709551615",
        "Content-Length: 184467440737095516150",
        "Content-Length: -1",
        "Content-Length: 5000\r\nExpect: 100-continue",
        "Transfer-Encoding: chunked\r\nContent-Length: 99999999999999",
        "Content-Length: 99999999999999\r\nConnection: upgrade\r\nUpgrade: x",
    ] {
        let get = served.raw(&format!("GET / HTTP/1.1\r\n{host}\r\n{body}\r\n\r\n"));
        assert_eq!(get.status, 413, "{body}");
        let post = served.raw(&format!("POST / HTTP/1.1\r\n{host}\r\n{body}\r\n\r\n"));
        assert_eq!(post.status, 405, "{body}");
        let evil = served.raw(&format!("GET / HTTP/1.1\r\nHost: evil\r\n{body}\r\n\r\n"));
        assert_eq!(evil.status, 421, "{body}");
        assert_eq!(served.get("/").body, "hello", "{body}");
    }
}

#[test]
fn a_request_without_an_end_is_cut_off() {
    let served = Served::new(&[("index.html", "hello")]);
    let get = format!("GET / HTTP/1.1\r\nHost: {}\r\n", served.address);
    for (first, more) in [
        ("GET /".to_owned(), "a"),
        (get.clone(), "A: b\r\n"),
        (format!("{get}A: "), "b"),
        (
            format!("{get}Transfer-Encoding: chunked\r\n\r\n"),
            "1\r\nx\r\n",
        ),
        (format!("{get}Content-Length: 99999999999999\r\n\r\n"), "x"),
        (String::new(), "\0"),
        (String::new(), "\r\n"),
    ] {
        let answer = flooded(&served, &first, more);
        assert!(!answer.contains("hello"), "{first}{more}: {answer}");
        assert_eq!(served.get("/").body, "hello", "{first}{more}");
    }
}

#[test]
fn a_head_that_is_too_long_or_broken_has_its_own_status() {
    let served = Served::new(&[("index.html", "hello")]);
    let long = "a".repeat(20_000);
    for (request, status) in [
        (format!("GET /{long}"), 414),
        (format!("GET / HTTP/1.1\r\nA: {long}"), 431),
        (format!("GET / HTTP/1.1\r\n{}", "A: b\r\n".repeat(200)), 431),
        ("GET / HTTP/2.0\r\n\r\n".to_owned(), 400),
        ("\x16\x03\x01\0\r\n\r\n".to_owned(), 400),
    ] {
        assert_eq!(served.raw(&request).status, status, "{status}");
    }
    assert_eq!(served.get("/").body, "hello");
}

#[test]
fn requests_share_a_connection_and_each_has_its_answer() {
    let served = Served::new(&[("index.html", "hello"), ("a.txt", "a")]);
    let request = |url: &str, more: &str| {
        format!(
            "GET {url} HTTP/1.1\r\nHost: {}\r\n{more}\r\n",
            served.address
        )
    };
    let mut stream = served.connect();
    let all = request("/", "") + &request("/a.txt", "") + &request("/no", "Connection: close\r\n");
    stream.write_all(all.as_bytes()).unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    let bodies: Vec<&str> = answers.split("HTTP/1.").skip(1).collect();
    for (answer, (status, body)) in bodies.iter().zip([
        ("1 200", "hello"),
        ("1 200", "a"),
        ("0 404", "no such page\n"),
    ]) {
        assert!(
            answer.starts_with(status) && answer.ends_with(body),
            "{answers}"
        );
    }
    assert_eq!(bodies.len(), 3, "{answers}");
}

#[test]
fn idle_connections_do_not_keep_others_out() {
    let served = Served::new(&[("index.html", "hello")]);
    let idle = |begun: &str| {
        let mut stream = served.connect();
        stream.write_all(begun.as_bytes()).unwrap();
        stream
    };
    let idle: Vec<TcpStream> = (0..150)
        .flat_map(|_| [idle(""), idle("GET / HT")])
        .collect();
    for _ in 0..5 {
        assert_eq!(served.get("/").body, "hello");
    }
    // The server ended the oldest connections to accept later ones.
    let ended = |stream: &&TcpStream| {
        stream
            .set_read_timeout(Some(Duration::from_millis(1)))
            .unwrap();
        let mut stream: &TcpStream = stream;
        stream.read(&mut [0; 64]).is_ok()
    };
    let ended = idle.iter().filter(ended).count();
    assert!(ended > 100, "{ended} of {} were ended", idle.len());
}

/// `serve` from the command line, with so few file descriptors that idle connections use them all.
#[cfg(target_os = "linux")]
#[test]
fn a_server_without_a_free_file_descriptor_waits_and_goes_on() {
    let outer = tempfile::tempdir().unwrap();
    publish(&dir(&outer), &[("index.html", "hello")]);
    let mut child = Command::new("sh")
        .args(["-c", "ulimit -n 32; exec \"$@\"", "sh"])
        .arg(env!("CARGO_BIN_EXE_cargo-heapmark"))
        .args(["heapmark", "serve", "--port", "0", "--out"])
        .arg(dir(&outer))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    let (_, rest) = line.split_once("http://").unwrap();
    let address: SocketAddr = rest.split('/').next().unwrap().parse().unwrap();
    let get = || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let request = format!("GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.ends_with("hello"), "{answer}");
    };
    for _ in 0..3 {
        let idle: Vec<TcpStream> = (0..100)
            .map(|_| TcpStream::connect(address).unwrap())
            .collect();
        // While no file can be opened, a new site cannot be loaded either.
        publish(&dir(&outer), &[("index.html", "hello"), ("new.html", "")]);
        get();
        drop(idle);
        get();
    }
    assert!(child.try_wait().unwrap().is_none(), "the server has ended");
    child.kill().unwrap();
    child.wait().unwrap();
}
