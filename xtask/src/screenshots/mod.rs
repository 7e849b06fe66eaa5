//! `screenshots`: takes screenshots of every kind of page, to compare them by eye. It judges
//! nothing; the stage `browser` of `test` does.
//!
//! ```text
//! rendered site ─▶ Chromium ─▶ target/screenshots: one per page, theme and width; index.html
//! ```

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;

use crate::test::step::{Step, root};
use crate::test::tool::{CHROMIUM, NODE, PAGE_CHECKS, missing};

/// Flags of the task.
#[derive(clap::Args)]
pub struct Arguments {
    /// Take screenshots of the site in this folder [default: target/site, which `report` and `site`
    /// write].
    #[arg(long, value_name = "DIR")]
    site: Option<PathBuf>,
}

/// Runs the task.
///
/// # Errors
///
/// If a tool or the site is missing, or if standard output cannot be written.
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
            "no site in {}; run `cargo xtask site` first",
            site.display()
        );
    }
    let mut out = io::stdout();
    let step = Step::new("node xtask/src/screenshots/screenshots.mjs target/test-tools")
        .argument(site.to_string_lossy())
        .argument("target/screenshots");
    let (judgement, _) = step.run(&mut out)?;
    match judgement {
        Ok(_) => Ok(ExitCode::SUCCESS),
        Err(reason) => {
            writeln!(out, "    failed  {reason}")?;
            Ok(ExitCode::FAILURE)
        }
    }
}
