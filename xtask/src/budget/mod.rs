//! `budget`: what the site weighs with a long history, each figure against its limit.
//!
//! Sizes and numbers of elements are the same on every machine and decide the exit code. CPU time
//! is held against the limit as well, which leaves room for a slower machine; wall time is not.

mod gauge;
mod table;

use std::collections::BTreeMap;
use std::io;
use std::process::ExitCode;

use anyhow::Context;
use heapmark::record::Run;
use heapmark::{render, view};

use crate::synth::History;
use gauge::{cpu_milliseconds, elements, gzip};
use table::{Figure, Table};

/// How much is measured.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Leave out the longest history.
    #[arg(long)]
    quick: bool,
}

/// Cases of a large suite.
const CASES: usize = 200;

/// Cases of the longest history. A page and its data speak of one case, so few of them show the
/// largest; number 5 is one that is sampled in every run.
const LONG_CASES: usize = 10;

type Files = BTreeMap<String, Vec<u8>>;

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut table = Table::default();
    let files = measured(CASES, 1000, Some(300), &mut table)?;
    front(&files, &mut table)?;
    pages(&files, 1000, &mut table);
    drop(files);
    if !arguments.quick {
        let files = measured(LONG_CASES, 10_000, None, &mut table)?;
        pages(&files, 10_000, &mut table);
    }
    table.missing(
        "render 200 × 10,000, CPU",
        "all records are held in memory, which 10,000 of 200 cases do not fit",
    );
    table.missing(
        "re-render after one new run",
        "every record is read again; there is no index yet",
    );
    table.missing("index, main-thread CPU", "needs a browser");
    table.write(&mut io::stdout().lock())?;
    Ok(table.exit())
}

/// Renders an invented history; making it is not part of the figure.
fn measured(
    cases: usize,
    runs: usize,
    limit: Option<u64>,
    table: &mut Table,
) -> anyhow::Result<Files> {
    let history: Vec<Run> = History::new(cases, runs, 1).collect();
    let history = heapmark::history::History::of(&history);
    let before = cpu_milliseconds()?;
    let input = view::Input {
        history: &history,
        ..view::Input::default()
    };
    let files = render::site(&view::site(&input))?;
    table.add(Figure {
        name: format!("render {cases} × {runs}, CPU"),
        value: cpu_milliseconds()? - before,
        unit: "ms",
        limit,
    });
    Ok(files)
}

/// The figures of the front page, and of what all pages share.
fn front(files: &Files, table: &mut Table) -> anyhow::Result<()> {
    let index = files.get("index.html").context("the site has no index")?;
    table.add(Figure::bytes("index, gzip", gzip(index), 30 * 1024));
    table.add(Figure::count("index, elements", elements(index), 4000));
    let is_shared = |path: &&String| {
        let at_root = !path.contains('/') && *path != "commits.js";
        at_root && (path.ends_with(".js") || path.ends_with(".css"))
    };
    let shared = files
        .keys()
        .filter(is_shared)
        .map(|path| gzip(&files[path]));
    table.add(Figure::bytes("JS and CSS, gzip", shared.sum(), 12 * 1024));
    Ok(())
}

/// The largest page of a case, and the largest data behind one.
fn pages(files: &Files, runs: usize, table: &mut Table) {
    let largest = |from: &str, end: &str, measure: fn(&[u8]) -> u64| {
        let named = files
            .iter()
            .filter(|(path, _)| path.starts_with(from) && path.ends_with(end));
        named.map(|(_, bytes)| measure(bytes)).max().unwrap_or(0)
    };
    let page = |measure| largest("case/", ".html", measure);
    let name = |what: &str| format!("{what}, {runs} runs");
    table.add(Figure::bytes(
        &name("case page, gzip"),
        page(gzip),
        20 * 1024,
    ));
    table.add(Figure::count(
        &name("case page, elements"),
        page(elements),
        400,
    ));
    let data = largest("data/", ".js", gzip);
    table.add(Figure::bytes(
        &name("data of a case, gzip"),
        data,
        60 * 1024,
    ));
}
