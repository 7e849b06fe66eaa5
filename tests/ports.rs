//! Refuses tests and tools that listen on a fixed port, because another program may already use
//! it. Port 0 takes a free port.
#![expect(clippy::unwrap_used, reason = "a panic of a test is its verdict")]

use std::fs;
use std::path::{Path, PathBuf};

use regex::bytes::{Regex, RegexBuilder};

/// The documented default of the example server. `serve` also has one, in a folder not read here.
const DEFAULTS: [&str; 1] = ["port: 3000,"];

fn pattern(text: &str) -> Regex {
    // The Unicode feature of regex is off, and no pattern here needs it.
    RegexBuilder::new(text).unicode(false).build().unwrap()
}

/// The lines of a source that appear to choose a port.
fn chosen(source: &str) -> Vec<String> {
    let address = r"(127\.0\.0\.1|localhost|0\.0\.0\.0|\[::1?\]):[1-9][0-9_]*";
    let tuple = r"(LOCALHOST|UNSPECIFIED|\[127, 0, 0, 1\]|\[0, 0, 0, 0\])\)?, [1-9][0-9_]*";
    let named = r"\b(port|PORT)\b(: u16 =|[^0-9a-z]{1,6})? ?[1-9][0-9_]+";
    let listen = r#"\b(listen|bind)\(([^)"]*, )?[1-9][0-9_]{2,}\b"#;
    // An ephemeral port as a number: on Linux, they begin at 32,768.
    let handed_out = r"\b(3[2-9]|[45][0-9]|6[0-5])_[0-9]{3}\b";
    let listens = pattern(r"TcpListener|ready-url|createServer");
    let mut patterns = vec![address, tuple, named, listen];
    patterns.extend(listens.is_match(source.as_bytes()).then_some(handed_out));
    let patterns = pattern(&patterns.join("|"));
    // Comments, requests to an address and the header `Host` do not open a port.
    let quiet = pattern(r"^\s*//|src=|[Hh]ost: ");
    let lines = source
        .lines()
        .filter(|line| !quiet.is_match(line.as_bytes()));
    let lines = lines.filter(|line| patterns.is_match(line.as_bytes()));
    let lines = lines.map(str::trim).filter(|line| !DEFAULTS.contains(line));
    lines.map(str::to_owned).collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let ends = ["rs", "mjs", "sh"];
        if path.is_dir() {
            sources(&path, found);
        } else if path
            .extension()
            .is_some_and(|end| ends.iter().any(|one| end == *one))
        {
            found.push(path);
        }
    }
}

#[test]
fn no_port_is_chosen_by_number() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    let folders = [
        "tests",
        "xtask",
        "benches",
        "examples",
        "scripts",
        "cargo-heapmark/tests",
        "cargo-heapmark/src/profile",
        "cargo-heapmark/src/runner",
    ];
    for folder in folders {
        sources(&root.join(folder), &mut files);
    }
    assert!(files.len() > 350, "{}", files.len());
    files.retain(|path| !path.ends_with(file!()));
    for path in files {
        let found = chosen(&fs::read_to_string(&path).unwrap());
        assert!(
            found.is_empty(),
            "{}: {found:?} chooses a port; use port 0",
            path.display()
        );
    }
}

#[test]
fn a_chosen_port_is_found_however_it_is_written() {
    for planted in [
        r#"TcpListener::bind("127.0.0.1:8080")"#,
        r#"let address = "localhost:38471";"#,
        "TcpListener::bind((Ipv4Addr::LOCALHOST, 8_080))",
        "SocketAddr::from(([127, 0, 0, 1], 8080))",
        r#"command.args(["--port", "8080"])"#,
        "const PORT: u16 = 8080;",
        "server.listen(8080, ready)",
        "Server::bind(dir, 8080)",
        "use std::net::TcpListener;\ntask(&MEMCHECK, \"crash\", 38_471, 1)",
    ] {
        assert_eq!(chosen(planted).len(), 1, "{planted}");
    }
    for fine in [
        r#"TcpListener::bind("127.0.0.1:0")"#,
        "Server::bind(dir, 0)",
        "/// As in <http://127.0.0.1:8080/health>.",
        "Duration::from_secs(60_000)",
        "let port = other.local_addr().unwrap().port();",
    ] {
        assert!(chosen(fine).is_empty(), "{fine}");
    }
}
