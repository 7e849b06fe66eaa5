//! The example server as a subject of profiling, and the requests that it receives.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context, Result};
use cargo_heapmark::profile::load::Mix;
use cargo_heapmark::profile::run::Tool;
use cargo_heapmark::profile::run::subject::Subject;

use super::build;

/// The leak patterns of the example server.
pub const PATTERNS: [&str; 5] = ["cache", "handlers", "cycle", "buffer", "thread-local"];

/// `examples/memory_profile_server`.
pub struct Example {
    /// Whether the server has its leak patterns.
    pub leaky: bool,
}

impl Subject for Example {
    fn program(&self, tool: Tool) -> Result<PathBuf> {
        build::example(tool)
    }

    fn arguments(&self, tool: Tool) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = vec!["--port".into(), "0".into()];
        // The live profile requests the solutions, with or without the patterns.
        if self.leaky || tool == Tool::Live {
            arguments.push("--leaky".into());
        }
        if tool == Tool::Live {
            arguments.push("--live".into());
        }
        arguments
    }

    fn states_heap(&self) -> bool {
        true
    }
}

/// The requests to the example server.
pub fn mix(leaky: bool) -> Result<Mix> {
    let kinds: &[&str] = if leaky { &["leak"] } else { &[] };
    Ok(Mix::parse(&text(kinds))?)
}

/// The usual requests, the five solutions and, if `leaky`, the five patterns.
pub fn live_mix(leaky: bool) -> Result<Mix> {
    let kinds: &[&str] = if leaky {
        &["fixed", "leak"]
    } else {
        &["fixed"]
    };
    Mix::parse(&text(kinds)).context("cannot parse the requests to the example server")
}

/// The usual requests, and the five patterns for each of `kinds` (`leak`, `fixed`).
fn text(kinds: &[&str]) -> String {
    let mut text = String::from(include_str!("example.toml"));
    for kind in kinds {
        for pattern in PATTERNS {
            text += &format!("[[request]]\npath = \"/{kind}/{pattern}\"\n");
        }
    }
    text
}
