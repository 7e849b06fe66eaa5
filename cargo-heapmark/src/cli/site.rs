//! `site`: renders pages from records. Other commands render the site through it, too.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::progress::Progress;
use super::{CliError, End, Exit, profile};
use crate::event::{Event, Listener};
use crate::publish::{self, Folder};
use crate::runner::{self, Workspace};
use crate::store::{Past, Store};
use heapmark_model::record::{AllocatorRecord, ContentionRecord, Run, ToolRecord, ToolSubject};
use heapmark_site::{render, view};

/// The folders of the records and of the site.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct SiteArguments {
    /// Folder of the records [default: results/ if the workspace has adopted heapmark, otherwise
    /// target/heapmark/results/].
    #[arg(long, value_name = "DIR")]
    pub results: Option<PathBuf>,
    /// Folder of the site [default: target/site/ if the workspace has adopted heapmark, otherwise
    /// target/heapmark/site/].
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// The folders, with defaults applied.
pub(super) struct Places {
    pub(super) results: PathBuf,
    pub(super) out: PathBuf,
    /// The file of the index of the records; absent outside of a workspace.
    pub(super) index: Option<PathBuf>,
}

impl SiteArguments {
    /// The folders of `workspace`. If it has not adopted heapmark and has no records, both are below
    /// `target/heapmark/`, so that its own files do not change.
    pub(super) fn places(&self, workspace: &Workspace) -> Places {
        let or = |chosen: &Option<PathBuf>, default: PathBuf| chosen.clone().unwrap_or(default);
        let results = workspace.root.join("results");
        let (results, site) = if workspace.has_adopted() || Store::open(&results).has_records() {
            (results, workspace.target.join("site"))
        } else {
            let aside = workspace.target.join("heapmark");
            (aside.join("results"), aside.join("site"))
        };
        let results = or(&self.results, results);
        Places {
            out: or(&self.out, site),
            index: Some(index_file(&workspace.target, &results)),
            results,
        }
    }
}

/// The index of the records in `results`. Each folder of records has a separate index.
fn index_file(target: &Path, results: &Path) -> PathBuf {
    let results = results
        .canonicalize()
        .unwrap_or_else(|_| results.to_owned());
    let hash = runner::sha256(results.as_os_str().as_encoded_bytes());
    let name = format!("history-{}.index", &hash[..12]);
    target.join("heapmark").join(name)
}

pub(super) fn site(arguments: &SiteArguments) -> Result<End, CliError> {
    let mut progress = Progress::on_stderr();
    let places = match (&arguments.results, &arguments.out) {
        // Both folders are given, so no workspace is needed.
        (Some(results), Some(out)) => Places {
            results: results.clone(),
            out: out.clone(),
            index: None,
        },
        _ => arguments.places(&Workspace::find(&std::env::current_dir()?)?),
    };
    // Without the flag, a crate without records gets a page that states how to make the first.
    if arguments.results.is_some() && !places.results.is_dir() {
        return Err(CliError::NoRecords(places.results));
    }
    let store = Store::open(&places.results);
    let folder = Folder::lock(&places.out)?;
    let mut past = store.past(places.index.as_deref())?;
    let none = BTreeMap::new();
    let index = render(&store, &mut past, None, none, &folder, &mut progress)?;
    writeln!(io::stdout().lock(), "{:>10}  {}", "Site", index.display())?;
    Ok(End::by_weight([(Exit::Cannot, unread(&past))]))
}

/// The reasons why records could not be read, one sentence each.
pub(super) fn unread(past: &Past) -> Vec<String> {
    past.skipped.iter().map(ToString::to_string).collect()
}

/// Renders all records of the store, a run that is not recorded, and the files `more` into the
/// folder of the site. Returns the front page. Pages of earlier comparisons and profiles are kept
/// unchanged.
///
/// The folder is locked before the store is read. Otherwise this function would remove what another
/// command adds in between.
pub(super) fn render(
    store: &Store,
    past: &mut Past,
    unrecorded: Option<&Run>,
    more: BTreeMap<String, Vec<u8>>,
    folder: &Folder,
    listener: &mut dyn Listener,
) -> Result<PathBuf, CliError> {
    let retracted = past.retracted.iter().map(|record| view::Retraction {
        path: relative(&record.path, store).display().to_string(),
        reason: record.reason.clone(),
    });
    let retracted: Vec<view::Retraction> = retracted.collect();
    let (calibrations, unread) = store.extra();
    let (allocators, unread_allocators) = store.extra();
    let (contention, unread_contention) = store.extra();
    let (tools, unread_tools) = store.extra();
    let unread = unread
        .iter()
        .chain(&unread_allocators)
        .chain(&unread_contention)
        .chain(&unread_tools);
    let skipped = past.skipped.iter().chain(unread);
    let skipped: Vec<String> = skipped.map(ToString::to_string).collect();
    for reason in &skipped {
        listener.on(&Event::Skipped {
            reason: reason.clone(),
        });
    }
    past.keep(&view::wanted(&past.history, unrecorded))?;
    let mut kept = kept(folder.path());
    kept.extend(more);
    let listed = profile::pages::listed(&mut kept);
    let input = view::Input {
        history: &past.history,
        unrecorded,
        skipped: &skipped,
        retracted: &retracted,
        calibrations: &calibrations,
        allocators: &allocators,
        contention: &contention,
        sources: &[],
        profiles: &listed,
        tools: &tools,
    };
    let sources = sources(view::newest(&input), &std::env::current_dir()?);
    let site = view::site(&view::Input {
        sources: &sources,
        ..input
    });
    kept.extend(render::site(&site)?);
    folder.write(&kept)?;
    let index = folder.path().join("index.html");
    listener.on(&Event::Rendered {
        index: index.clone(),
        files: kept.len(),
    });
    Ok(index)
}

/// The optional pages that a single page links to, if the store and the site have their data.
pub(super) fn linked(store: &Store, out: &Path) -> render::Linked {
    let (measurements, _) = store.extra::<AllocatorRecord>();
    let (contention, _) = store.extra::<ContentionRecord>();
    let (tools, _) = store.extra::<ToolRecord>();
    let of_server = |measurement: &ToolRecord| measurement.subject == ToolSubject::Server;
    render::Linked {
        allocators: !measurements.is_empty(),
        contention: !contention.is_empty(),
        profiles: out.join("profiles.html").is_file() || tools.iter().any(of_server),
    }
}

/// The folder of the pages of comparisons, inside the site.
pub(super) const COMPARISONS: &str = "compare/";

/// The files of earlier comparisons and profiles in the site at `out`; empty before the first
/// site is written.
fn kept(out: &Path) -> BTreeMap<String, Vec<u8>> {
    let manifest = publish::Manifest::read(out, publish::MANIFEST)
        .ok()
        .flatten();
    let files = manifest.unwrap_or_default().files.into_keys();
    let folders = [COMPARISONS, view::profile::FOLDER];
    let is_kept = |path: &String| folders.iter().any(|folder| path.starts_with(folder));
    let files = files.filter(|path| is_kept(path) && publish::is_safe(path));
    files
        .filter_map(|path| Some((path.clone(), std::fs::read(out.join(&path)).ok()?)))
        .collect()
}

/// `path` relative to the store, so that pages do not depend on the location of the folder.
fn relative<'a>(path: &'a Path, store: &Store) -> &'a Path {
    path.strip_prefix(store.dir()).unwrap_or(path)
}

/// The source files of the cases of `run` at the measured commit, if the repository around `folder`
/// has them.
fn sources(run: Option<&Run>, folder: &Path) -> Vec<view::SourceFile> {
    let Some(run) = run else { return Vec::new() };
    let files: BTreeSet<&str> = run.entries.iter().map(|e| e.case.file.as_str()).collect();
    let files: Vec<&str> = files.into_iter().collect();
    // The paths are relative to the workspace: the nearest folder with a lock file.
    let mut around = folder.ancestors();
    let root = around.find(|folder| folder.join("Cargo.lock").is_file());
    let sources = runner::sources(root.unwrap_or(folder), &run.commit, &files);
    let sources = sources.into_iter();
    sources
        .map(|(path, text)| view::SourceFile { path, text })
        .collect()
}
