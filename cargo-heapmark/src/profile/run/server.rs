//! One server under one tool, as a process group that is killed at the latest when the [`Server`]
//! is dropped.

use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use heapmark_model::format::visible;
use heapmark_model::growth::Level;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::ask;
use super::tool::Tool;
use crate::profile::load::Target;

/// How long a server may take to become ready; under memcheck, the example server takes 6 s.
const READY: Duration = Duration::from_secs(15);
const GLANCE: Duration = Duration::from_millis(20);
/// How long one response of `--ready-url` may take.
const ANSWER: Duration = Duration::from_secs(2);

/// A server that was started under a tool.
pub struct Server {
    child: Child,
    /// The process of the server. It is not the child if the tool is a wrapper script.
    pid: Option<Pid>,
    ready: Receiver<(i32, String)>,
    /// The time of its start.
    pub began: Instant,
    program: std::path::PathBuf,
    tool: Tool,
    folder: std::path::PathBuf,
}

impl Server {
    /// Starts the program under the tool.
    ///
    /// # Errors
    ///
    /// If the tool cannot be started.
    pub fn start(
        tool: Tool,
        program: &Path,
        arguments: &[OsString],
        folder: &Path,
    ) -> Result<Self> {
        let mut words = tool.wrapper(folder);
        words.push(program.into());
        words.extend(arguments.iter().cloned());
        let mut command = Command::new(&words[0]);
        command
            .args(&words[1..])
            .envs(tool.variables(folder))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(folder.join("stderr.txt"))?)
            .process_group(0);
        let mut child = command
            .spawn()
            .with_context(|| format!("cannot start {}", words[0].display()))?;
        let (say, ready) = channel();
        let kept = File::create(folder.join("stdout.txt"));
        if let (Some(stdout), Ok(mut kept)) = (child.stdout.take(), kept) {
            thread::spawn(move || {
                for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                    let _ = writeln!(kept, "{line}");
                    if let Some(found) = ready_line(&line) {
                        let _ = say.send(found);
                    }
                }
            });
        }
        Ok(Self {
            child,
            pid: None,
            ready,
            began: Instant::now(),
            program: program.to_owned(),
            tool,
            folder: folder.to_owned(),
        })
    }

    /// Waits until the server prints its ready line or answers `url`, and returns its address. If
    /// `url` is absent or has port 0, the address is that of the ready line.
    ///
    /// # Errors
    ///
    /// If the server exits, is not ready in time, or the run is interrupted.
    pub fn wait_until_ready(
        &mut self,
        url: Option<&str>,
        deadline: Instant,
        stop: &AtomicBool,
    ) -> Result<String> {
        let deadline = deadline.min(self.began + READY);
        let place = url.map(place).transpose()?;
        loop {
            if let Ok((pid, address)) = self.ready.try_recv() {
                self.pid = Pid::from_raw(pid);
                let known = place.filter(|(authority, _)| !authority.ends_with(":0"));
                return Ok(known.map_or(address, |(authority, _)| authority));
            }
            if let Some((authority, path)) = &place
                && is_ready(authority, path)
            {
                self.pid = self.process_of_program();
                return Ok(authority.clone());
            }
            if let Some(status) = self.child.try_wait()? {
                let said = self.last_words();
                bail!("the server exited before it was ready: {status}{said}");
            }
            if stop.load(Ordering::SeqCst) {
                bail!("interrupted");
            }
            if Instant::now() >= deadline {
                bail!(
                    "the server was not ready within {} s: it must print `ready pid=PID address=HOST:PORT` or answer --ready-url with a status below 400 (its output is in {})",
                    self.began.elapsed().as_secs(),
                    self.folder.display(),
                );
            }
            thread::sleep(GLANCE);
        }
    }

    /// The reason for its exit that the server wrote to stderr, if any.
    fn last_words(&self) -> String {
        let file = self.folder.join("stderr.txt");
        let text = std::fs::read(&file).unwrap_or_default();
        let said = why(&String::from_utf8_lossy(&text));
        said.map_or_else(String::new, |said| {
            format!("; it printed: {} ({})", visible(&said), file.display())
        })
    }

    /// The live bytes of a snapshot that massif takes now; `None` for other tools.
    ///
    /// massif's automatic snapshots fall on open connections, whose buffers can hide a leak
    /// (measured: a leak was reported as clean).
    ///
    /// # Errors
    ///
    /// If massif takes no snapshot.
    pub fn snapshot(&self, number: usize) -> Result<Option<Level>> {
        let (Tool::Massif, Some(pid)) = (self.tool, self.pid.or_else(|| self.child_pid())) else {
            return Ok(None);
        };
        let file = self.folder.join(format!("mark-{number}.out"));
        let asked = Command::new("timeout")
            .args(["5", "vgdb"])
            .arg(format!("--pid={}", pid.as_raw_nonzero()))
            .arg("snapshot")
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        asked.context("cannot run vgdb, which is part of valgrind")?;
        let text = std::fs::read_to_string(&file)
            .with_context(|| format!("massif wrote no snapshot to {}", file.display()))?;
        let bytes = text
            .lines()
            .find_map(|line| line.strip_prefix("mem_heap_B="));
        let bytes = bytes.with_context(|| format!("no mem_heap_B in {}", file.display()))?;
        let bytes = bytes.parse()?;
        Ok(Some(Level { blocks: 0, bytes }))
    }

    /// Stops the server with SIGTERM, and waits until the tool has written its output.
    ///
    /// # Errors
    ///
    /// If the server already exited, does not exit in time, or the run is interrupted.
    pub fn stop(&mut self, deadline: Instant, stop: &AtomicBool) -> Result<ExitStatus> {
        let pid = self.pid.or_else(|| self.child_pid());
        let pid = pid.context("the process id of the server is unknown")?;
        kill_process(pid, Signal::TERM).context("the server exited during the load")?;
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            if stop.load(Ordering::SeqCst) {
                bail!("interrupted");
            }
            if Instant::now() >= deadline {
                bail!("the server did not exit in time after SIGTERM, so heapmark killed it");
            }
            thread::sleep(GLANCE);
        }
    }

    /// The CPU time of the server so far, in user and kernel mode.
    ///
    /// # Errors
    ///
    /// If `/proc` cannot be read.
    pub fn cpu_time(&self) -> Result<Duration> {
        let pid = self.pid.or_else(|| self.child_pid());
        let pid = pid.context("the process id of the server is unknown")?;
        let file = format!("/proc/{}/stat", pid.as_raw_nonzero());
        let text = std::fs::read_to_string(&file).context(file)?;
        // The program's name may contain spaces; it ends with the last parenthesis.
        let fields = text.rsplit_once(") ").map_or("", |(_, rest)| rest);
        // Fields 14 and 15 of the line; the first two were cut off.
        let ticks = fields.split_ascii_whitespace().skip(11).take(2);
        let ticks: u64 = ticks.map(|field| field.parse().unwrap_or(0_u64)).sum();
        let each = rustix::param::clock_ticks_per_second();
        Ok(Duration::from_secs_f64(ticks as f64 / each as f64))
    }

    fn child_pid(&self) -> Option<Pid> {
        Pid::from_raw(i32::try_from(self.child.id()).ok()?)
    }

    /// The process of the group that runs the program. If the tool runs the server inside its own
    /// process, it is that process.
    fn process_of_program(&self) -> Option<Pid> {
        let program = self.program.canonicalize().ok()?;
        let group = self.child_pid()?;
        for entry in std::fs::read_dir("/proc").ok()?.flatten() {
            let pid = entry
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok());
            let Some(pid) = pid.and_then(Pid::from_raw) else {
                continue;
            };
            // Kernel threads have no program and no process group.
            let runs = std::fs::read_link(entry.path().join("exe"));
            let is_program = runs.is_ok_and(|exe| exe == program);
            if is_program && rustix::process::getpgid(Some(pid)).is_ok_and(|its| its == group) {
                return Some(pid);
            }
        }
        Some(group)
    }
}

impl Drop for Server {
    /// Kills all processes of the run.
    fn drop(&mut self) {
        if let Some(group) = self.child_pid() {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

/// The lines of a panic or an error; if there is none, the last line.
fn why(stderr: &str) -> Option<String> {
    let mut lines = stderr
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let is_telling = |line: &&str| line.contains("panicked at") || line.contains("rror");
    let telling = lines.clone().skip_while(|line| !is_telling(line));
    let telling: Vec<&str> = telling.take(2).collect();
    match telling[..] {
        [] => lines.next_back().map(str::to_owned),
        // The message of a panic is on the line below its location.
        [place, message] if place.ends_with(':') => Some(format!("{place} {message}")),
        [line, ..] => Some(line.to_owned()),
    }
}

fn ready_line(line: &str) -> Option<(i32, String)> {
    let (pid, address) = line.strip_prefix("ready pid=")?.split_once(" address=")?;
    Some((pid.parse().ok()?, address.to_owned()))
}

/// `host:port` of an `http://` URL, and its path.
fn place(url: &str) -> Result<(String, String)> {
    let rest = url
        .strip_prefix("http://")
        .context("--ready-url must begin with http://")?;
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let authority = match authority.contains(':') {
        true => authority.to_owned(),
        false => format!("{authority}:80"),
    };
    Ok((authority, format!("/{path}")))
}

/// Rejects an address that must not receive load: one of another machine that is not `allowed`, or
/// one at which another process listens. It is called before the server is started.
///
/// # Errors
///
/// If the address is rejected or is not valid.
pub fn refuse_elsewhere(url: &str, allowed: Option<&str>) -> Result<()> {
    let (authority, _) = place(url)?;
    Target::new(&authority, allowed)?;
    if ask::is_taken(&*authority) {
        bail!(
            "another process already listens at {authority} before the server is started; stop it or use another port"
        );
    }
    Ok(())
}

/// Whether the server answers with a status below 400.
fn is_ready(authority: &str, path: &str) -> bool {
    ask::status(authority, path, ANSWER).is_ok_and(|status| status < 400)
}

#[cfg(test)]
mod tests {
    use super::why;

    #[test]
    fn the_reason_for_an_exit_is_found_between_other_lines() {
        let panic = "thread 'main' (7) panicked at src/main.rs:4:9:\nAddress in use\nnote: run\n";
        let said = why(panic).unwrap();
        assert_eq!(
            said,
            "thread 'main' (7) panicked at src/main.rs:4:9: Address in use"
        );
        assert_eq!(why("a\nError: no file\nb\n").unwrap(), "Error: no file");
        assert_eq!(why("a\n\nb\n\n").unwrap(), "b");
        assert_eq!(why("\n"), None);
    }
}
