//! `cargo heapmark profile live` over a scripted server with known answers at `/live`.
//! `tests/watched.rs` checks the answers of the library; a stage of `cargo xtask test` profiles the
//! example server.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a panic of a test is its verdict")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// A server that reports two blocks per request for `/leak`, and prints its port.
const SERVER: &str = r###"
use std::io::{Read, Write};
use std::sync::atomic::{AtomicU64, Ordering};
static ASKED: AtomicU64 = AtomicU64::new(0);
fn answer(request: &str) -> String {
    let asked = ASKED.load(Ordering::SeqCst);
    match request.split(' ').nth(1).unwrap_or_default() {
        "/leak" => {
            ASKED.fetch_add(1, Ordering::SeqCst);
            "ok\n".to_owned()
        }
        "/live" if std::env::var("MODE").unwrap() == "silent" => "ok\n".to_owned(),
        "/live" => format!(
            r##"{{"walk":"unwinding","held":[{{"stack":1,"blocks":5,"bytes":9000}},{{"stack":7,"blocks":{},"bytes":{}}}]}}"##,
            asked * 2,
            asked * 464
        ),
        "/live/1" => r##"[{"function":"app::start","file":"src/start.rs","line":3}]"##.to_owned(),
        "/live/7" => r##"[{"function":"app::remember","file":"src/cache.rs","line":42}]"##.to_owned(),
        _ => "ok\n".to_owned(),
    }
}
fn main() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (pid, address) = (std::process::id(), listener.local_addr().unwrap());
    println!("ready pid={pid} address={address}");
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        std::thread::spawn(move || {
            let (mut part, mut text) = ([0; 4096], String::new());
            while let Ok(length @ 1..) = stream.read(&mut part) {
                text += &String::from_utf8_lossy(&part[..length]);
                if !text.ends_with("\r\n\r\n") {
                    continue;
                }
                let body = answer(&text);
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
                if stream.write_all((head + &body).as_bytes()).is_err() || text.contains("connection: close") {
                    break;
                }
                text.clear();
            }
        });
    }
}
"###;

/// The folder of the server, which is compiled once, and of the output of runs.
fn folder() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("telling");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("server.rs"), SERVER).unwrap();
        let rustc = Command::new("rustc")
            .args(["--edition", "2024", "server.rs"])
            .current_dir(&folder)
            .status();
        assert!(rustc.unwrap().success());
        folder
    })
}

/// Profiles these endpoints of the server, with a load file of this name.
fn live(paths: &[&str], name: &str, mode: &str) -> Output {
    let mix: String = paths
        .iter()
        .map(|path| format!("[[request]]\npath = \"{path}\"\n"))
        .collect();
    let load = folder().join(format!("load-{name}.toml"));
    fs::write(&load, mix).unwrap();
    Command::new(env!("CARGO_BIN_EXE_cargo-heapmark"))
        .args(["heapmark", "profile", "live", "--requests", "100"])
        .arg("--load")
        .arg(load)
        .arg("--ready-url")
        .arg("http://127.0.0.1:0/")
        .arg("--")
        .arg(folder().join("server"))
        .current_dir(folder())
        .env("MODE", mode)
        .output()
        .unwrap()
}

#[test]
fn an_endpoint_that_keeps_blocks_is_named_with_its_line_and_a_clean_one_is_not() {
    let output = live(&["/clean", "/leak"], "keeps", "tell");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let leak = "     LEAKS  GET /leak                +464 B +2 blocks a request\n\
                \x20    grows  +464 B +2 blocks a request  src/cache.rs:42 app::remember\n";
    assert!(said.contains("     CLEAN  GET /clean\n"), "{said}");
    assert!(said.contains(leak), "{said}");
    assert!(said.contains("1 of 2 endpoints grow"), "{said}");
    assert!(!said.contains("start.rs"), "{said}");
    let (_, path) = said.split_once("output in ").unwrap();
    let written = fs::read_to_string(path.trim()).unwrap();
    let written: serde_json::Value = serde_json::from_str(&written).unwrap();
    assert_eq!(written[1]["places"][0]["slope"]["blocks"], 2.0);
    assert_eq!(written[1]["places"][0]["frame"]["line"], 42);
}

#[test]
fn a_server_without_a_leak_is_clean() {
    let output = live(&["/clean", "/other"], "clean", "tell");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(said.contains("0 of 2 endpoints grow"), "{said}");
}

#[test]
fn arguments_that_have_no_effect_are_refused() {
    for (arguments, reason) in [
        (&["30"][..], "SECONDS has no effect"),
        (&["--allow-remote", "192.0.2.1"], "remove --allow-remote"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_cargo-heapmark"))
            .args(["heapmark", "profile", "live"])
            .args(arguments)
            .args(["--load", "load.toml", "--", "./server"])
            .current_dir(folder())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(reason), "{said}");
    }
}

#[test]
fn a_server_without_the_live_routes_is_not_a_measurement() {
    let output = live(&["/clean"], "silent", "silent");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("/live is not the JSON"), "{said}");
}
