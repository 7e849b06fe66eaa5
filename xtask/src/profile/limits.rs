//! `cargo xtask profile limits`: measures how many requests per second the load client sends, and
//! how long it takes to read the log of a long run.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use cargo_heapmark::profile::load::{Amount, Mix, Target, round};
use fastrand::Rng;
use heapmark_model::format::plural;

use cargo_heapmark::cli::stop_flag;
use cargo_heapmark::profile::run::{Server, Tool, folder};

use super::build;

/// The lowest allowed number of requests per second, for the median run.
const RATE: f64 = 20_000.0;
const TURNS: u64 = 7;
const REQUESTS: u64 = 40_000;
const LONGEST: Duration = Duration::from_secs(120);

/// Size of the log in bytes, and the highest allowed time and memory to read it.
const LOG: u64 = 200_000_000;
const READ: Duration = Duration::from_secs(10);
const MEMORY: u64 = 500_000_000;

/// Returns whether a limit is broken.
pub fn run() -> Result<bool> {
    let mut out = io::stdout();
    writeln!(
        out,
        "   machine  {}, load average {} before the measurement",
        plural(std::thread::available_parallelism()?.get(), "core"),
        load_average()?
    )?;
    let sent = send(&mut out)?;
    let read = read(&mut out)?;
    Ok(!(sent && read))
}

/// Returns whether the client is fast enough. The plain server shares the cores with it.
fn send(out: &mut impl Write) -> Result<bool> {
    let program = build::plain()?;
    let deadline = Instant::now() + LONGEST;
    let folder = folder(Tool::Plain)?;
    let arguments = ["--port".into(), "0".into()];
    let mut server = Server::start(Tool::Plain, &program, &arguments, &folder)?;
    let authority = server.wait_until_ready(None, deadline, stop_flag())?;
    let target = Target::new(&authority, None)?;
    let mix = Mix::parse("[[request]]\npath = \"/health\"\n")?;
    let mut rates = Vec::new();
    for turn in 0..=TURNS {
        let left = deadline.saturating_duration_since(Instant::now());
        let amount = Amount::Requests(REQUESTS);
        let outcome = round(target, &mix, turn * REQUESTS, amount, left, stop_flag())?;
        if let Some(unexpected) = outcome.first_unexpected {
            bail!("{unexpected}");
        }
        // The first run warms up both sides.
        if turn > 0 {
            rates.push(outcome.rate());
        }
    }
    server.stop(deadline, stop_flag())?;
    rates.sort_by(f64::total_cmp);
    let middle = rates[rates.len() / 2];
    let holds = middle >= RATE;
    writeln!(
        out,
        "{:>10}  {middle:.0} requests/s to the plain server ({:.0} to {:.0} in {TURNS} runs of {REQUESTS}); at least {RATE:.0} required",
        word(holds),
        rates[0],
        rates[rates.len() - 1],
    )?;
    Ok(holds)
}

/// Returns whether a long log is read fast enough and with little enough memory.
fn read(out: &mut impl Write) -> Result<bool> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("heaptrack");
    write_log(&file).with_context(|| format!("cannot write {}", file.display()))?;
    let began = Instant::now();
    let profile = cargo_heapmark::profile::read(&file)?;
    let elapsed = began.elapsed();
    let memory = peak_memory()?;
    let holds = elapsed <= READ && memory <= MEMORY;
    writeln!(
        out,
        "{:>10}  log of {} MB with {}: read in {:.1} s, peak memory {} MB; at most {} s and {} MB allowed",
        word(holds),
        std::fs::metadata(&file)?.len() / 1_000_000,
        plural(profile.callsites.len(), "call site"),
        elapsed.as_secs_f64(),
        memory / 1_000_000,
        READ.as_secs(),
        MEMORY / 1_000_000,
    )?;
    Ok(holds)
}

fn word(holds: bool) -> &'static str {
    if holds { "KEPT" } else { "BROKEN" }
}

/// Writes the log of a synthetic server. Its 40,000 call sites have a few inlined functions each
/// and appear one after another; its blocks are allocated and freed.
fn write_log(file: &Path) -> io::Result<()> {
    let mut log = CountingWriter {
        inner: BufWriter::new(File::create(file)?),
        written: 0,
    };
    let mut random = Rng::with_seed(7);
    writeln!(log, "v 10400 3\nX ./server\nI 1000 3d09")?;
    let (functions, files) = (3_000, 200);
    for number in 0..functions {
        let name = format!("server::module{}::function{number}", number % 40);
        writeln!(log, "s {:x} {name}", name.len())?;
    }
    for number in 0..files {
        let name = format!("/home/user/server/src/module{number}.rs");
        writeln!(log, "s {:x} {name}", name.len())?;
    }
    let (mut sites, mut at) = (0, 0);
    while log.written < LOG {
        if sites < 40_000 {
            sites += 1;
            write!(log, "i {:x} 1", 0x5555_0000 + sites * 16)?;
            for _ in 0..random.u64(1..4) {
                let function = random.u64(1..=functions);
                let file = functions + random.u64(1..=files);
                write!(log, " {function:x} {file:x} {:x}", random.u64(1..900))?;
            }
            let (parent, size) = (random.u64(..sites), 16 << random.u64(..9));
            writeln!(log, "\nt {sites:x} {parent:x}\na {size:x} {sites:x}")?;
        }
        for _ in 0..400 {
            let site = random.u64(..sites);
            writeln!(log, "+ {site:x}")?;
            if random.u64(..100) < 97 {
                writeln!(log, "- {site:x}")?;
            }
        }
        at += 10;
        writeln!(log, "c {at:x}\nR {:x}", 1_000 + at / 100)?;
    }
    log.flush()
}

/// Counts the bytes that are written.
struct CountingWriter<W> {
    inner: W,
    written: u64,
}

impl<W: Write> Write for CountingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.written += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// The peak memory of this process in bytes.
fn peak_memory() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kilobytes: u64 = kilobytes
        .context("/proc/self/status has no VmHWM")?
        .parse()?;
    Ok(kilobytes * 1024)
}

fn load_average() -> Result<String> {
    let text = std::fs::read_to_string("/proc/loadavg")?;
    Ok(text.split(' ').next().unwrap_or_default().to_owned())
}
