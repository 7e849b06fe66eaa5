//! `site`: from records to pages.

use std::path::{Path, PathBuf};

use super::progress::Progress;
use super::{CliError, Exit};
use crate::event::{Event, Listener};
use crate::record::Run;
use crate::runner::Workspace;
use crate::store::{Loaded, Store};

use crate::{publish, render, view};

/// Where records are and the site goes.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct SiteArguments {
    /// The folder of records [default: results/ of the workspace].
    #[arg(long, value_name = "DIR")]
    pub results: Option<PathBuf>,
    /// The folder of the site [default: target/site of the workspace].
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// Both folders, decided.
pub(super) struct Places {
    pub(super) results: PathBuf,
    pub(super) out: PathBuf,
}

impl SiteArguments {
    pub(super) fn places(&self, workspace: &Workspace) -> Places {
        let or = |chosen: &Option<PathBuf>, default: PathBuf| chosen.clone().unwrap_or(default);
        Places {
            results: or(&self.results, workspace.root.join("results")),
            out: or(&self.out, workspace.target.join("site")),
        }
    }
}

pub(super) fn site(arguments: &SiteArguments) -> Result<Exit, CliError> {
    let mut progress = Progress::on_stderr();
    let places = match (&arguments.results, &arguments.out) {
        // Both are named: no workspace is needed.
        (Some(results), Some(out)) => Places {
            results: results.clone(),
            out: out.clone(),
        },
        _ => arguments.places(&Workspace::find(&std::env::current_dir()?)?),
    };
    let loaded = Store::open(&places.results).load()?;
    render(&loaded, None, &places.out, &mut progress)?;
    Ok(if loaded.skipped.is_empty() {
        Exit::Fine
    } else {
        Exit::Cannot
    })
}

/// Renders everything in the store, and a run that is not in it, to `out`; returns the index.
pub(super) fn render(
    loaded: &Loaded,
    unrecorded: Option<&Run>,
    out: &Path,
    listener: &mut dyn Listener,
) -> Result<PathBuf, CliError> {
    let runs: Vec<Run> = loaded
        .runs
        .iter()
        .map(|stored| stored.run.clone())
        .collect();
    let skipped: Vec<String> = loaded.skipped.iter().map(ToString::to_string).collect();
    for reason in &skipped {
        listener.on(&Event::Skipped {
            reason: reason.clone(),
        });
    }
    let site = view::site(&view::Input {
        runs: &runs,
        unrecorded,
        skipped: &skipped,
    });
    let files = render::site(&site)?;
    publish::write(out, &files)?;
    let index = out.join("index.html");
    listener.on(&Event::Rendered {
        index: index.clone(),
        files: files.len(),
    });
    Ok(index)
}
