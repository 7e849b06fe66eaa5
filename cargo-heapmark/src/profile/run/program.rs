//! Runs a program under a tool to its end, connected to the terminal.

use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};

use super::tool::Tool;

const GLANCE: Duration = Duration::from_millis(20);

/// Runs the program. Its stdout is redirected to stderr, because stdout is for the result. An
/// interrupt kills all processes that it started.
///
/// # Errors
///
/// If the program cannot be started or is interrupted.
pub fn run(
    tool: Tool,
    program: &Path,
    arguments: &[OsString],
    folder: &Path,
    stop: &AtomicBool,
) -> Result<ExitStatus> {
    let mut words = tool.wrapper(folder);
    words.push(program.into());
    words.extend(arguments.iter().cloned());
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).envs(tool.variables(folder));
    command.process_group(0);
    // The program is in a separate process group. If it read from the terminal, the kernel would
    // stop it.
    command.stdin(match std::io::stdin().is_terminal() {
        true => Stdio::null(),
        false => Stdio::inherit(),
    });
    command.stdout(std::io::stderr());
    if tool == Tool::Lsan {
        // Its report is the tool's output.
        command.stderr(std::fs::File::create(folder.join(tool.output()))?);
    }
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot start {}", words[0].display()))?;
    let ended = wait(&mut child, stop);
    if ended.is_err() {
        let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        if let Some(group) = group {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = child.wait();
    }
    ended
}

fn wait(child: &mut Child, stop: &AtomicBool) -> Result<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if stop.load(Ordering::SeqCst) {
            bail!("interrupted");
        }
        thread::sleep(GLANCE);
    }
}
