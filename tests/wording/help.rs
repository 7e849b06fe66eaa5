//! Collects the help of a command and of all its subcommands.

use std::fmt::Write as _;
use std::process::Command;

/// The help of `binary PATH…`, and below it that of each command that it lists. `name` is what the
/// user types for the binary.
pub fn collect(binary: &str, name: &str, path: &[&str], all: &mut String) {
    let mut command = Command::new(binary);
    let output = command.args(path).arg("--help").output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{path:?}: {stderr}");
    let text = String::from_utf8(output.stdout).unwrap();
    let typed = [&[name], path].concat().join(" ");
    writeln!(all, "$ {typed} --help\n{text}").unwrap();
    let listed = text.split("Commands:\n").nth(1).unwrap_or_default();
    let listed = listed.lines().take_while(|line| !line.is_empty());
    // A command begins in the third column; what its description continues in lies further right.
    let names = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    for below in names.filter_map(|line| line.split_whitespace().next()) {
        if below != "help" {
            collect(binary, name, &[path, &[below]].concat(), all);
        }
    }
}
