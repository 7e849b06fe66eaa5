//! One command of a stage: runs it, prints its output immediately, and keeps the output for its
//! judge. It does not know about stages.

use std::fmt;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use super::judge::{Ended, Judge, Judgement, succeeds};

/// A command, and the judge of its result.
pub struct Step {
    program: String,
    arguments: Vec<String>,
    environment: Vec<(&'static str, &'static str)>,
    judge: Judge,
}

impl Step {
    /// `line`, split at spaces: a program and its arguments. By default, it must exit with 0.
    pub fn new(line: &str) -> Self {
        let mut words = line.split_whitespace().map(str::to_owned);
        Self {
            program: words.next().unwrap_or_default(),
            arguments: words.collect(),
            environment: Vec::new(),
            judge: succeeds,
        }
    }

    /// Adds an argument, which may contain spaces.
    pub fn argument(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Sets an environment variable of the command.
    pub fn environment(mut self, name: &'static str, value: &'static str) -> Self {
        self.environment.push((name, value));
        self
    }

    /// Sets another judge.
    pub fn judged_by(mut self, judge: Judge) -> Self {
        self.judge = judge;
        self
    }

    /// Whether the command starts and exits with 0. Its output is discarded.
    pub fn succeeds_silently(&self) -> bool {
        let mut command = self.command();
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }

    /// The trimmed standard output of the command; `None` if it fails.
    pub fn answer(&self) -> Option<String> {
        let output = self.command().output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success().then_some(text)
    }

    /// Runs the command, copies its output to `out` line by line, and judges it.
    ///
    /// The command is in the process group of this process, so that ctrl-C in the terminal, or a
    /// signal to the group, also ends it.
    ///
    /// # Errors
    ///
    /// If `out` cannot be written. A command that cannot be started is not an error but a failed
    /// judgement.
    pub fn run(&self, out: &mut impl Write) -> io::Result<(Judgement, String)> {
        writeln!(out, "          $ {self}")?;
        out.flush()?;
        match self.run_to_end(out)? {
            Err(error) => Ok((
                Err(format!("cannot run `{}`: {error}", self.program)),
                String::new(),
            )),
            Ok(ended) => Ok(((self.judge)(&ended), ended.output)),
        }
    }

    fn run_to_end(&self, out: &mut impl Write) -> io::Result<io::Result<Ended>> {
        // One pipe for both streams keeps their lines in order.
        let (reader, writer) = io::pipe()?;
        let mut command = self.command();
        command.stdout(writer.try_clone()?).stderr(writer);
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) => return Ok(Err(error)),
        };
        // The command holds this process's ends of the pipe. Without the drop, the pipe would never
        // close.
        drop(command);

        let mut output = String::new();
        let mut reader = BufReader::new(reader);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line)? > 0 {
            out.write_all(&line)?;
            out.flush()?;
            output.push_str(&String::from_utf8_lossy(&line));
            line.clear();
        }
        let status = child.wait()?;
        Ok(Ok(Ended {
            success: status.success(),
            status: status.to_string(),
            output,
        }))
    }

    fn command(&self) -> Command {
        // The cargo that runs this task, not one that is earlier in PATH.
        let program = match (self.program.as_str(), std::env::var_os("CARGO")) {
            ("cargo", Some(path)) => path,
            (other, _) => other.into(),
        };
        let mut command = Command::new(program);
        command
            .args(&self.arguments)
            .envs(self.environment.iter().copied())
            .current_dir(root())
            .stdin(Stdio::null());
        command
    }
}

/// The folder of the workspace, in which every step runs.
pub fn root() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/..")
}

/// The step as a shell command.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.environment {
            write!(f, "{name}='{value}' ")?;
        }
        write!(f, "{}", self.program)?;
        for argument in &self.arguments {
            match argument.contains(|c: char| c.is_whitespace() || "'*;&|()".contains(c)) {
                true => write!(f, " '{}'", argument.replace('\'', r"'\''"))?,
                false => write!(f, " {argument}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(step: &Step) -> (Judgement, String) {
        let mut shown = Vec::new();
        let (judgement, output) = step.run(&mut shown).unwrap();
        let shown = String::from_utf8(shown).unwrap();
        assert!(shown.ends_with(&output), "{shown} hides {output}");
        (judgement, output)
    }

    #[test]
    fn a_step_shows_and_keeps_both_streams() {
        let (judgement, output) = run(&Step::new("cargo --version"));
        assert_eq!(judgement, Ok(None));
        assert!(output.starts_with("cargo "), "{output}");
        let (_, errors) = run(&Step::new("cargo no-such-command"));
        assert!(errors.contains("no-such-command"), "{errors}");
    }

    #[test]
    fn a_failing_command_fails_with_its_status() {
        let (judgement, _) = run(&Step::new("cargo no-such-command"));
        let reason = judgement.unwrap_err();
        assert!(reason.contains("101"), "{reason}");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let (judgement, _) = run(&Step::new("no-such-program"));
        let reason = judgement.unwrap_err();
        assert!(
            reason.starts_with("cannot run `no-such-program`"),
            "{reason}"
        );
    }

    #[test]
    fn a_step_prints_as_a_shell_command() {
        let step = Step::new("cargo test --lib")
            .argument("it's two words")
            .environment("RUSTDOCFLAGS", "-D warnings");
        let line = r"RUSTDOCFLAGS='-D warnings' cargo test --lib 'it'\''s two words'";
        assert_eq!(step.to_string(), line);
    }
}
