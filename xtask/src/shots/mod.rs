//! Takes pictures of every kind of page, to be looked at side by side. Judges nothing: that is
//! what the stage `browser` of `test` does.
//!
//! ```text
//! rendered site ─▶ Chromium ─▶ target/shots: a picture a page, theme and width; index.html
//! ```

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;

use crate::test::step::{Step, root};
use crate::test::tool::{CHROMIUM, NODE, PAGE_CHECKS, Tool};

/// Flags of the task.
#[derive(clap::Args)]
pub struct Arguments {
    /// The rendered site [default: target/site, as `report` and `site` leave it].
    #[arg(long, value_name = "DIR")]
    site: Option<PathBuf>,
}

/// Runs the task.
///
/// # Errors
///
/// Where a tool or the site is missing, and where standard output cannot be written.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if let Some(sentence) = missing(&[CHROMIUM, NODE, PAGE_CHECKS]) {
        bail!(sentence);
    }
    let site = match &arguments.site {
        Some(site) => std::path::absolute(site)?,
        None => PathBuf::from(root()).join("target/site"),
    };
    if !site.join("index.html").is_file() {
        bail!(
            "no site in {}; `cargo xtask site` renders one",
            site.display()
        );
    }
    let mut out = io::stdout();
    let step = Step::new("node xtask/src/shots/shots.mjs target/test-tools")
        .argument(site.to_string_lossy())
        .argument("target/shots");
    let (judgement, _) = step.run(&mut out)?;
    match judgement {
        Ok(_) => Ok(ExitCode::SUCCESS),
        Err(reason) => {
            writeln!(out, "    failed  {reason}")?;
            Ok(ExitCode::FAILURE)
        }
    }
}

/// What to do about the first of `tools` that is not there.
fn missing(tools: &[Tool]) -> Option<String> {
    let tool = tools.iter().find(|tool| !tool.is_there())?;
    Some(format!(
        "{} is missing; `cargo xtask test --setup` installs it, or by hand: {}",
        tool.name,
        tool.by_hand()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test::tool::Source;

    #[test]
    fn a_missing_tool_is_named_with_what_installs_it() {
        let tool = Tool {
            name: "the planted tool",
            probe: "no-such-program --version",
            source: Source::Debian("no-such-package"),
        };
        let sentence = missing(&[tool]).expect("it is missing");
        assert!(sentence.starts_with("the planted tool is missing; `cargo xtask test --setup`"));
        assert!(sentence.ends_with("sudo apt-get install no-such-package"));
    }

    #[test]
    fn nothing_is_said_where_nothing_is_missing() {
        let cargo = Tool {
            name: "cargo",
            probe: "cargo --version",
            source: Source::Debian("cargo"),
        };
        assert_eq!(missing(&[cargo]), None);
    }
}
