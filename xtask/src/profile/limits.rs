//! `cargo xtask profile limits`: how many requests the load client sends a second, and what the log
//! of a long run takes to read.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use cargo_heapmark::profile::load::{Amount, Mix, Target, round};
use fastrand::Rng;

use cargo_heapmark::cli::stop_flag;
use cargo_heapmark::profile::run::{Server, Tool, folder};

use super::build;

/// Requests a second at the least, of the median turn.
const RATE: f64 = 20_000.0;
const TURNS: u64 = 7;
const REQUESTS: u64 = 40_000;
const LONGEST: Duration = Duration::from_secs(120);

/// Bytes of the log, how long it may take to read, and the memory that may need.
const LOG: u64 = 200_000_000;
const READ: Duration = Duration::from_secs(10);
const MEMORY: u64 = 500_000_000;

/// Whether a limit is broken.
pub fn run() -> Result<bool> {
    let mut out = io::stdout();
    writeln!(
        out,
        "   machine  {} cores, load {} before",
        std::thread::available_parallelism()?,
        load_average()?
    )?;
    let sent = send(&mut out)?;
    let read = read(&mut out)?;
    Ok(!(sent && read))
}

/// Whether the client is fast enough: against the plain server, which shares the cores with it.
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
        // The first turn warms both sides up.
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
        "{:>10}  {middle:.0} requests/s to the plain server, {:.0} to {:.0} over {TURNS} turns of {REQUESTS}; at least {RATE:.0}",
        word(holds),
        rates[0],
        rates[rates.len() - 1],
    )?;
    Ok(holds)
}

/// Whether a long log is read fast enough and in little enough memory.
fn read(out: &mut impl Write) -> Result<bool> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("heaptrack");
    write_log(&file).with_context(|| file.display().to_string())?;
    let began = Instant::now();
    let profile = cargo_heapmark::profile::read(&file)?;
    let elapsed = began.elapsed();
    let memory = peak_memory()?;
    let holds = elapsed <= READ && memory <= MEMORY;
    writeln!(
        out,
        "{:>10}  a log of {} MB, {} callsites: read in {:.1} s with {} MB of memory in all; at most {} s and {} MB",
        word(holds),
        std::fs::metadata(&file)?.len() / 1_000_000,
        profile.callsites.len(),
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

/// The log of an invented server: 40,000 callsites of a few inlined functions each, met by and by,
/// and blocks that come and go.
fn write_log(file: &Path) -> io::Result<()> {
    let mut log = Counted {
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

/// Counts what is written.
struct Counted<W> {
    inner: W,
    written: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.written += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// The most memory that this process ever had in use, in bytes.
fn peak_memory() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kilobytes: u64 = kilobytes.context("the kernel tells no VmHWM")?.parse()?;
    Ok(kilobytes * 1024)
}

fn load_average() -> Result<String> {
    let text = std::fs::read_to_string("/proc/loadavg")?;
    Ok(text.split(' ').next().unwrap_or_default().to_owned())
}
