//! Takes pictures of every kind of page, to be looked at side by side. Judges nothing: that is
//! what the stage `browser` of `test` does.
//!
//! ```text
//! rendered site ─▶ Chromium ─▶ target/screenshots: a picture a page, theme and width; index.html
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
