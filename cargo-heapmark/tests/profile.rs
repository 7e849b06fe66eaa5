//! `cargo heapmark profile` and `soak` over servers that leak, crash, hang or are interrupted: they
//! end, state why, and leave no process behind. Also over programs that run to their end.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a panic of a test is its verdict")]

use std::fs;
use std::io::Read;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use rustix::net::{AddressFamily, SocketType, bind, getsockname, socket, sockopt};

/// A server whose behaviour depends on `MODE`. It treats all requests alike. Without `ADDRESS`, it
/// takes a free port and prints it.
const SERVER: &str = r#"
use std::io::{Read, Write};
#[cfg(named)]
#[unsafe(no_mangle)]
pub extern "C" fn mi_malloc() {}
/// An allocator without a known name. It returns the next bytes and frees nothing.
#[cfg(nameless)]
mod bump {
    use std::alloc::{GlobalAlloc, Layout};
    use std::sync::atomic::{AtomicUsize, Ordering};
    struct Bump;
    #[global_allocator]
    static BUMP: Bump = Bump;
    static mut ROOM: [u8; 1 << 30] = [0; 1 << 30];
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    unsafe impl GlobalAlloc for Bump {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            let all = layout.size() + layout.align();
            let start = &raw mut ROOM as usize + NEXT.fetch_add(all, Ordering::Relaxed);
            start.next_multiple_of(layout.align()) as *mut u8
        }
        unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
    }
}
static KEPT: std::sync::Mutex<Vec<Box<[u8; 100]>>> = std::sync::Mutex::new(Vec::new());
/// The number of answers on all connections.
static ANSWERED: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
static NUMBERS: std::sync::Mutex<Vec<u64>> = std::sync::Mutex::new(Vec::new());
static LATEST: std::sync::Mutex<std::collections::VecDeque<Box<u64>>> =
    std::sync::Mutex::new(std::collections::VecDeque::new());
#[inline(never)]
fn remember() {
    KEPT.lock().unwrap().push(Box::new(std::hint::black_box([7; 100])));
}
/// Grows one block, whose capacity doubles.
#[inline(never)]
fn note(number: u64) {
    NUMBERS.lock().unwrap().push(number);
}
/// Keeps at most 300 blocks.
fn keep_the_latest(number: u64) {
    let mut latest = LATEST.lock().unwrap();
    latest.push_back(Box::new(number));
    if latest.len() > 300 {
        latest.pop_front();
    }
}
fn main() {
    let mode = std::env::var("MODE").unwrap();
    match mode.as_str() {
        "crash" => std::process::exit(3),
        "hang" => std::thread::sleep(std::time::Duration::from_secs(600)),
        _ => {}
    }
    let given = std::env::var("ADDRESS");
    let address = given.as_deref().unwrap_or("127.0.0.1:0");
    let listener = std::net::TcpListener::bind(address).unwrap();
    if given.is_err() {
        let (pid, address) = (std::process::id(), listener.local_addr().unwrap());
        println!("ready pid={pid} address={address}");
    }
    for stream in listener.incoming() {
        let (mut stream, mode) = (stream.unwrap(), mode.clone());
        std::thread::spawn(move || {
            let mut request = [0; 4096];
            while stream.read(&mut request).is_ok_and(|length| length > 0) {
                let answered = ANSWERED.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
                match mode.as_str() {
                    "keep" => remember(),
                    "seldom" if answered % 50 == 0 => remember(),
                    "note" => note(answered),
                    "clean" => keep_the_latest(answered),
                    "die" if answered > 20 => std::process::abort(),
                    _ => {}
                }
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok\n");
            }
        });
    }
}
"#;

const MEMCHECK: [&str; 2] = ["profile", "memcheck"];

/// The folder of the server, which is compiled once, and of the output of runs.
fn server() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("profiled");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("server.rs"), SERVER).unwrap();
        fs::write(folder.join("load.toml"), "[[request]]\npath = \"/\"\n").unwrap();
        for kind in ["plain", "named", "nameless"] {
            let rustc = Command::new("rustc")
                .args([
                    "--edition",
                    "2024",
                    "-g",
                    "-o",
                    kind,
                    "--cfg",
                    kind,
                    "server.rs",
                ])
                .current_dir(&folder)
                .status();
            assert!(rustc.unwrap().success());
        }
        folder
    })
}

/// Starts a command over the server in this mode, for this number of seconds.
fn task(words: &[&str], mode: &str, seconds: u32) -> Child {
    task_at(None, words, mode, seconds)
}

/// The same, with a given address of the server.
fn task_at(address: Option<SocketAddr>, words: &[&str], mode: &str, seconds: u32) -> Child {
    let folder = server();
    // Each mode has its own copy of the program, so that its processes can be identified.
    let program = folder.join(format!("server-{mode}"));
    let kind = match mode {
        "named" | "nameless" => mode,
        _ => "plain",
    };
    fs::copy(folder.join(kind), &program).unwrap();
    let mut task = Command::new(env!("CARGO_BIN_EXE_cargo-heapmark"));
    if let Some(address) = address {
        task.env("ADDRESS", address.to_string());
    }
    let address = address.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 0)));
    task.arg("heapmark")
        .args(words)
        .arg(seconds.to_string())
        .arg("--load")
        .arg(folder.join("load.toml"))
        .arg("--ready-url")
        .arg(format!("http://{address}/"))
        .arg("--")
        .arg(program)
        .current_dir(folder)
        .env("MODE", mode)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Whether a process of this mode is still running.
fn runs(mode: &str) -> bool {
    let program = format!("server-{mode}");
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let mut lines = processes.filter_map(|process| {
        let mut line = Vec::new();
        let mut file = fs::File::open(process.path().join("cmdline")).ok()?;
        file.read_to_end(&mut line).ok()?;
        Some(String::from_utf8_lossy(&line).into_owned())
    });
    // The command line of the task that started the server also contains its name.
    let is_task = |line: &str| line.contains("--ready-url\0");
    lines.any(|line| line.contains(&program) && !is_task(&line))
}

/// Expects exit code 2 with this reason, within `within` seconds, and no process left.
fn refuses(mode: &str, child: Child, reason: &str, within: u64) {
    let began = Instant::now();
    let output: Output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(reason), "{said}");
    assert!(
        began.elapsed() < Duration::from_secs(within),
        "{:?}",
        began.elapsed()
    );
    assert!(!runs(mode), "a process is left");
}

#[test]
fn a_server_that_ends_before_it_is_ready_is_an_error() {
    let child = task(&MEMCHECK, "crash", 1);
    refuses("crash", child, "exited before it was ready", 30);
}

#[test]
fn a_server_that_never_gets_ready_is_ended() {
    let child = task(&MEMCHECK, "hang", 1);
    refuses("hang", child, "was not ready within", 60);
}

#[test]
fn a_server_that_dies_under_load_is_an_error() {
    let child = task(&MEMCHECK, "die", 1);
    refuses("die", child, "the server", 60);
}

#[test]
fn an_interrupted_run_reports_it_and_leaves_no_server() {
    let child = task(&MEMCHECK, "serve", 60);
    let deadline = Instant::now() + Duration::from_secs(30);
    while !runs("serve") && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(50));
    }
    assert!(runs("serve"), "the server did not start");
    thread::sleep(Duration::from_secs(3));
    let kill = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
    refuses("serve", child, "interrupted", 30);
}

/// The stdout of `soak` over a server in this mode, and its exit code.
fn soak(mode: &str) -> (String, Option<i32>) {
    soaked(mode, task(&["soak"], mode, 2))
}

fn soaked(mode: &str, task: Child) -> (String, Option<i32>) {
    let output = task.wait_with_output().unwrap();
    assert!(!runs(mode), "a process is left");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (said, output.status.code())
}

/// Blocks per request of the growing call site, which must be in `function`.
fn blocks(said: &str, function: &str) -> f64 {
    let grows = said.lines().find(|line| line.contains("     grows  "));
    let grows = grows.unwrap_or_else(|| panic!("{said}"));
    assert!(
        grows.contains("server.rs:") && grows.contains(function),
        "{said}"
    );
    let (_, rest) = grows.split_once("grows  ").unwrap();
    // As in `+113.3 B +0.998 blocks a request`; an amount that does not grow is left out.
    let (rate, _) = rest.split_once(" a request").unwrap();
    let words: Vec<&str> = rate.split(' ').collect();
    let unit = words.iter().position(|word| word.starts_with("block"));
    unit.map_or(0.0, |unit| words[unit - 1].parse().unwrap())
}

#[test]
fn soak_names_the_function_that_keeps_blocks_in_an_unmodified_server() {
    // heaptrack misses up to 1 % of the blocks if several threads allocate.
    let (said, code) = soak("keep");
    assert_eq!(code, Some(1), "{said}");
    assert!((0.95..=1.01).contains(&blocks(&said, "remember")), "{said}");

    let (said, code) = soak("seldom");
    assert_eq!(code, Some(1), "{said}");
    // One block in fifty requests. On a slow machine, a round has few of these blocks, and one of
    // them can be counted in the round before or after.
    let seldom = blocks(&said, "remember");
    assert!((0.01..=0.03).contains(&seldom), "{said}");
}

#[test]
fn a_list_that_only_grows_is_named_although_it_is_one_block() {
    let (said, code) = soak("note");
    assert_eq!(code, Some(1), "{said}");
    assert_eq!(blocks(&said, "note"), 0.0, "{said}");
}

/// Reserves a free port: the socket is bound but never listens. The system gives the port to no
/// other program, and the server can still listen on it.
fn held_port() -> (OwnedFd, SocketAddr) {
    let held = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    sockopt::set_socket_reuseaddr(&held, true).unwrap();
    bind(&held, &SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let address = getsockname(&held).unwrap().try_into().unwrap();
    (held, address)
}

#[test]
fn a_server_that_frees_its_blocks_is_clean_and_need_not_print_its_port() {
    let (_held, address) = held_port();
    let task = task_at(Some(address), &["soak"], "clean", 2);
    let (said, code) = soaked("clean", task);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("CLEAN") && !said.contains("grows"), "{said}");
}

#[test]
fn a_server_with_its_own_allocator_is_refused() {
    for tool in ["memcheck", "heaptrack"] {
        let child = task(&["profile", tool], "named", 1);
        let reason = format!("its own allocator (`mi_malloc`). {tool} replaces malloc");
        refuses("named", child, &reason, 30);
    }
    // The file does not show this allocator. heapmark notices that the tool sees almost no memory.
    let child = task(&["soak"], "nameless", 1);
    refuses("nameless", child, "does not see its heap", 30);
}

#[test]
fn a_remote_or_used_address_is_refused_before_the_server_is_started() {
    let said = |url: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_cargo-heapmark"))
            .args(["heapmark", "soak", "1", "--load", "load.toml"])
            .args(["--ready-url", url, "--", "./plain"])
            .current_dir(server())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    // An address that is reserved for documentation.
    let remote = said("http://192.0.2.1:9/");
    assert!(
        remote.contains("another machine") && remote.contains("--allow-remote 192.0.2.1"),
        "{remote}"
    );
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = said(&format!("http://{}/", other.local_addr().unwrap()));
    assert!(taken.contains("before the server is started"), "{taken}");
}

#[test]
fn a_file_that_is_not_a_profile_is_named() {
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-heapmark"))
        .args(["heapmark", "profile", "show", "Cargo.toml"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("Cargo.toml: not a profile"), "{said}");
}

/// A program that keeps 3 blocks of 1,000 B in a static. It can lose a block of 40 B and fail.
const PROGRAM: &str = r#"
static KEPT: std::sync::Mutex<Vec<Box<[u8; 1_000]>>> = std::sync::Mutex::new(Vec::new());
#[inline(never)]
fn keep() {
    KEPT.lock().unwrap().push(Box::new(std::hint::black_box([7; 1_000])));
}
#[inline(never)]
fn lose() {
    std::mem::forget(std::hint::black_box(Box::new([9_u8; 40])));
}
fn main() {
    println!("{}", std::env::args().skip(1).collect::<Vec<_>>().join("+"));
    (0..3).for_each(|_| keep());
    if std::env::args().any(|word| word == "lose") {
        lose();
    }
    std::process::exit(if std::env::args().any(|word| word == "fail") { 5 } else { 0 });
}
"#;

fn program() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let folder = BUILT.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("program");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("program.rs"), PROGRAM).unwrap();
        let built = Command::new("rustc")
            .args(["-g", "--edition", "2024", "program.rs"])
            .current_dir(&folder)
            .status()
            .unwrap();
        assert!(built.success());
        folder
    });
    folder.clone()
}

/// `profile TOOL … -- ./program WORDS`, in the folder of the program.
fn profiled(tool: &str, format: &str, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cargo-heapmark"))
        .args([
            "heapmark",
            "profile",
            tool,
            "--format",
            format,
            "--",
            "./program",
        ])
        .args(words)
        .current_dir(program())
        .output()
        .unwrap()
}

#[test]
fn a_program_runs_to_its_end_under_each_tool_and_its_totals_are_printed() {
    for tool in ["heaptrack", "massif", "valgrind-dhat", "memcheck"] {
        let output = profiled(tool, "human", &["a", "b"]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let streams = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{tool}: {said}{streams}");
        assert!(streams.contains("a+b"), "what it prints: {streams}");
        let word = if tool == "memcheck" {
            "CLEAN"
        } else {
            "NO RULE"
        };
        assert!(said.contains(&format!("{word}  {tool}: ")), "{said}");
        if tool != "memcheck" {
            assert!(
                said.contains("program.rs:5 program::keep"),
                "{tool}: {said}"
            );
        }
    }
}

#[test]
fn a_block_that_nothing_points_to_is_a_leak_and_the_exit_code_is_printed() {
    let output = profiled("memcheck", "human", &["lose", "fail"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("LEAKS  memcheck: 40 B definitely lost at 1 call stack"),
        "{said}"
    );
    assert!(
        said.contains("the program ended with exit status: 5"),
        "{said}"
    );
    assert!(said.contains("program.rs:9 program::lose"), "{said}");
    let reason = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        reason.contains("the program leaks according to memcheck"),
        "{reason}"
    );
}

#[test]
fn stdout_contains_only_the_profile_of_a_program_as_json() {
    let output = profiled("heaptrack", "json", &[]);
    let kept: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(kept["tool"], "heaptrack");
    let sites = kept["profile"]["callsites"].as_array().unwrap();
    let kept_at_exit = sites.iter().filter(|site| site["end"]["bytes"] == 3_000);
    assert_eq!(kept_at_exit.count(), 1, "{sites:?}");
}

#[test]
fn a_tool_that_must_be_linked_into_the_program_is_refused_with_the_next_step() {
    for (tool, hint) in [
        ("dhat", "static ALLOC: dhat::Alloc = dhat::Alloc;"),
        ("lsan", "profile a cargo target with `--bin NAME`"),
        ("live", "--load FILE"),
    ] {
        let output = profiled(tool, "human", &[]);
        assert_eq!(output.status.code(), Some(2));
        let reason = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(reason.contains(hint), "{reason}");
    }
}

#[test]
fn an_interrupted_program_leaves_no_process() {
    let folder = program();
    fs::copy("/bin/sleep", folder.join("sleeper")).unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_cargo-heapmark"))
        .args(["heapmark", "profile", "heaptrack", "--", "./sleeper", "600"])
        .current_dir(&folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    thread::sleep(Duration::from_secs(2));
    let signalled = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(signalled.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let left = Command::new("pgrep").args(["-f", "sleeper 600"]).status();
    assert!(!left.unwrap().success(), "a process is left");
}

#[test]
fn a_binary_of_a_package_is_built_with_lines_and_profiled() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("package");
    fs::create_dir_all(folder.join("src")).unwrap();
    fs::write(folder.join("src/main.rs"), PROGRAM).unwrap();
    let manifest = "[package]\nname = \"lossy\"\nedition = \"2024\"\n[workspace]\n[profile.release]\nstrip = true\n";
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    let profiled = |name: &str| {
        Command::new(env!("CARGO_BIN_EXE_cargo-heapmark"))
            .args([
                "heapmark", "profile", "memcheck", "--bin", name, "--", "lose",
            ])
            .current_dir(&folder)
            .output()
            .unwrap()
    };
    let output = profiled("lossy");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    // The manifest strips debug information, but the profile has the line.
    assert!(said.contains("src/main.rs:9 lossy::lose"), "{said}");
    let missing = profiled("nowhere");
    assert_eq!(missing.status.code(), Some(2));
    let reason = String::from_utf8_lossy(&missing.stderr).into_owned();
    assert!(reason.contains("cargo cannot build `nowhere`"), "{reason}");
}
