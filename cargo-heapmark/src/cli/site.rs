//! `site`: from records to pages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::progress::Progress;
use super::{CliError, End, Exit, profile};
use crate::event::{Event, Listener};
use crate::publish::{self, Folder};
use crate::runner::{self, Workspace};
use crate::store::{Past, Store};
use heapmark_model::record::{AllocatorStudy, ContentionStudy, Run, ToolStudy, ToolSubject};
use heapmark_site::{render, view};

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

/// Every folder, decided.
pub(super) struct Places {
    pub(super) results: PathBuf,
    pub(super) out: PathBuf,
    /// Where the index of the records is kept; absent where no workspace has a place for it.
    pub(super) index: Option<PathBuf>,
}

impl SiteArguments {
    pub(super) fn places(&self, workspace: &Workspace) -> Places {
        let or = |chosen: &Option<PathBuf>, default: PathBuf| chosen.clone().unwrap_or(default);
        let results = or(&self.results, workspace.root.join("results"));
        Places {
            out: or(&self.out, workspace.target.join("site")),
            index: Some(index_file(&workspace.target, &results)),
            results,
        }
    }
}

/// The index of the records in `results`: each folder of records has one of its own.
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
        // Both are named: no workspace is needed.
        (Some(results), Some(out)) => Places {
            results: results.clone(),
            out: out.clone(),
            index: None,
        },
        _ => arguments.places(&Workspace::find(&std::env::current_dir()?)?),
    };
    let store = Store::open(&places.results);
    let folder = Folder::lock(&places.out)?;
    let mut past = store.past(places.index.as_deref())?;
    let none = BTreeMap::new();
    render(&store, &mut past, None, none, &folder, &mut progress)?;
    Ok(End::by_weight([(Exit::Cannot, unread(&past))]))
}

/// Why records could not be read, a sentence each.
pub(super) fn unread(past: &Past) -> Vec<String> {
    past.skipped.iter().map(ToString::to_string).collect()
}

/// Renders everything in the store, and a run that is not in it, with `more` files beside it, into
/// the folder of the site; returns the front page. Pages of earlier comparisons and profiles stay
/// as they were made.
///
/// The folder is locked before the store is read: what another command adds in between would be
/// taken out of the site again.
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
    let (calibrations, unread) = store.beside();
    let (allocators, unread_allocators) = store.beside();
    let (contention, unread_contention) = store.beside();
    let (tools, unread_tools) = store.beside();
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

/// The pages that a page made on its own links to, by what the store and the site hold.
pub(super) fn linked(store: &Store, out: &Path) -> render::Linked {
    let (studies, _) = store.beside::<AllocatorStudy>();
    let (contention, _) = store.beside::<ContentionStudy>();
    let (tools, _) = store.beside::<ToolStudy>();
    let of_server = |study: &ToolStudy| study.subject == ToolSubject::Server;
    render::Linked {
        allocators: !studies.is_empty(),
        contention: !contention.is_empty(),
        profiles: out.join("profiles.html").is_file() || tools.iter().any(of_server),
    }
}

/// The folder of the site that pages of comparisons lie in.
pub(super) const COMPARISONS: &str = "compare/";

/// What earlier comparisons and profiles left in the site at `out`; nothing where there is none.
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

/// `path` as seen from the store: pages must not differ by where the folder lies.
fn relative<'a>(path: &'a Path, store: &Store) -> &'a Path {
    path.strip_prefix(store.dir()).unwrap_or(path)
}

/// The files that hold the cases of `run`, as they were measured, as far as the repository around
/// `folder` knows them.
fn sources(run: Option<&Run>, folder: &Path) -> Vec<view::SourceFile> {
    let Some(run) = run else { return Vec::new() };
    let files: BTreeSet<&str> = run.entries.iter().map(|e| e.case.file.as_str()).collect();
    let files: Vec<&str> = files.into_iter().collect();
    // Cases name files from the workspace, the nearest folder with a lock file around this one.
    let mut around = folder.ancestors();
    let root = around.find(|folder| folder.join("Cargo.lock").is_file());
    let sources = runner::sources(root.unwrap_or(folder), &run.commit, &files);
    let sources = sources.into_iter();
    sources
        .map(|(path, text)| view::SourceFile { path, text })
        .collect()
}
