//! `site --budget`: compares the sizes and times of a site with a long history with their limits.
//!
//! ```text
//! fake history ─▶ records ─▶ first load ─▶ index ─▶ load ─▶ render ─▶ publish ─▶ sizes
//!                    └─ one more record ─────▶ load, render and publish again
//! ```
//!
//! Sizes and numbers of elements are the same on every machine, so they decide the exit code. CPU
//! time decides it too, except with `--quick`. Wall time is only shown.

mod gauge;
mod table;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use cargo_heapmark::publish;
use cargo_heapmark::store::{Past, Store};
use heapmark_model::format::plural;
use heapmark_site::{render, view};

use crate::fake_history;
use crate::test::step::Step;
use crate::test::tool::{CHROMIUM, NODE, PAGE_CHECKS, missing};
use gauge::{Taken, elements, gzip, timed};
use table::{BudgetTable, Figure};

/// Flags of `site` that only this repository has.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Instead of rendering the site, check the size of a site with a synthetic history, and the
    /// CPU time to build it, against limits.
    #[arg(long)]
    pub(crate) budget: bool,
    /// With --budget: measure only the shortest history; times do not decide the exit code.
    #[arg(long, requires = "budget")]
    quick: bool,
    /// With --budget: number of runs in each history.
    #[arg(long, requires = "budget", value_delimiter = ',', default_values_t = [1000, 10_000])]
    runs: Vec<usize>,
}

/// The number of cases in a large suite.
const CASES: usize = 200;

type Files = BTreeMap<String, Vec<u8>>;

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut table = BudgetTable::default();
    let shortest = arguments.runs.iter().min().copied().into_iter();
    let all: Vec<usize> = if arguments.quick {
        shortest.collect()
    } else {
        arguments.runs.clone()
    };
    for (index, &runs) in all.iter().enumerate() {
        let places = Places::for_runs(runs)?;
        let files = measured(runs, &places, !arguments.quick, &mut table)?;
        if index == 0 {
            front(&files, &mut table)?;
            opened(&places.site.join("index.html"), &mut table)?;
        }
        pages(&files, runs, &mut table);
    }
    table.write(&mut io::stdout().lock())?;
    Ok(table.exit())
}

/// The paths of a history with a given number of runs.
struct Places {
    results: PathBuf,
    next: fake_history::Next,
    index: PathBuf,
    site: PathBuf,
}

impl Places {
    /// Generates the history if it does not exist.
    fn for_runs(runs: usize) -> anyhow::Result<Self> {
        let folder = fake_history::target().join("budget");
        Ok(Self {
            results: folder.join(format!("{CASES}x{runs}")),
            next: fake_history::make_once(&folder, CASES, runs)?,
            index: folder.join(format!("{CASES}x{runs}.index")),
            site: folder.join(format!("{CASES}x{runs}.site")),
        })
    }
}

/// Measures the times of a history and returns the files of its site.
fn measured(
    runs: usize,
    places: &Places,
    decides: bool,
    table: &mut BudgetTable,
) -> anyhow::Result<Files> {
    places.next.take_away()?;
    let mut show = |what: &str, taken: Taken, limit: Option<u64>| {
        let name = format!("{what}, {runs} runs");
        table.add(Figure::time(&name, taken.cpu, limit, decides));
        table.add(Figure::wall(&name, taken.wall));
    };
    if places.index.exists() {
        fs::remove_file(&places.index)?;
    }
    let (past, first) = timed(|| load(places))?;
    show("first load", first, None);
    drop(past);
    let (past, again) = timed(|| load(places))?;
    anyhow::ensure!(
        past.parsed == 0,
        "the second load parsed {} again, so the index is not used",
        plural(past.parsed, "record")
    );
    show("load with the index", again, None);
    let limit = match runs {
        1000 => Some(300),
        10_000 => Some(1000),
        _ => None,
    };
    let (files, taken) = timed(|| rendered(&past))?;
    show("render", taken, limit);
    let (_, published) = timed(|| Ok(publish::write(&places.site, &files)?))?;
    show("publish", published, None);
    drop((past, files));
    places.next.put_in()?;
    let (files, renewed) = timed(|| {
        let past = load(places)?;
        anyhow::ensure!(
            past.parsed == 1,
            "the load after one new run parsed {}, expected 1",
            plural(past.parsed, "record")
        );
        let files = rendered(&past)?;
        publish::write(&places.site, &files)?;
        Ok(files)
    })?;
    table.add(Figure::limited_wall(
        &format!("re-render after one new run, {runs} runs"),
        renewed.wall,
        100,
    ));
    table.add(Figure::time(
        &format!("re-render after one new run, {runs} runs"),
        renewed.cpu,
        None,
        decides,
    ));
    places.next.take_away()?;
    Ok(files)
}

fn load(places: &Places) -> anyhow::Result<Past> {
    let mut past = Store::open(&places.results).past(Some(&places.index))?;
    past.keep(&view::wanted(&past.history, None))?;
    Ok(past)
}

fn rendered(past: &Past) -> anyhow::Result<Files> {
    let input = view::Input {
        history: &past.history,
        ..view::Input::default()
    };
    Ok(render::site(&view::site(&input))?)
}

/// The figures of the front page and of the files that all pages share.
fn front(files: &Files, table: &mut BudgetTable) -> anyhow::Result<()> {
    let index = files
        .get("index.html")
        .context("the rendered site has no index.html")?;
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

/// The cost of opening the page at `path` from disk in a browser.
fn opened(path: &Path, table: &mut BudgetTable) -> anyhow::Result<()> {
    const LOAD: &str = "index, CPU of the main thread and requests";
    if let Some(sentence) = missing(&[CHROMIUM, NODE, PAGE_CHECKS]) {
        table.missing(LOAD, sentence);
        return Ok(());
    }
    let load = Step::new("node xtask/src/budget/load.mjs target/test-tools");
    let answer = load.argument(path.to_string_lossy()).answer();
    let answer =
        answer.context("load.mjs failed; run `cargo xtask screenshots` to see the error")?;
    let (milliseconds, requests) = answer
        .split_once(' ')
        .context("load.mjs did not print two numbers")?;
    let taken = Duration::from_millis(milliseconds.parse()?);
    // The CPU time of a browser depends on the machine and on the version of Chromium.
    table.add(Figure::time("index, main thread", taken, Some(120), false));
    table.add(Figure::count("index, requests", requests.parse()?, 3));
    Ok(())
}

/// The largest page of a case, and the largest data file of one.
fn pages(files: &Files, runs: usize, table: &mut BudgetTable) {
    let largest = |from: &str, end: &str, measure: fn(&[u8]) -> u64| {
        let named = files
            .iter()
            .filter(|(path, _)| path.starts_with(from) && path.ends_with(end));
        named.map(|(_, bytes)| measure(bytes)).max().unwrap_or(0)
    };
    let page = |measure| largest("case/", ".html", measure);
    let name = |what: &str| format!("{what}, {runs} runs");
    let (size, nodes) = (page(gzip), page(elements));
    table.add(Figure::bytes(&name("case page, gzip"), size, 20 * 1024));
    table.add(Figure::count(&name("case page, elements"), nodes, 400));
    let data = largest("data/", ".js", gzip);
    let data_name = name("data of a case, gzip");
    table.add(Figure::bytes(&data_name, data, 60 * 1024));
    let commits = files.get("commits.js").map_or(0, |bytes| gzip(bytes));
    table.add(Figure::shown(&name("commits.js, gzip"), commits, "B"));
}

#[cfg(test)]
mod tests {
    use super::{BudgetTable, Files, front, pages};

    fn files(path: &str, content: String) -> Files {
        let index = ("index.html".to_owned(), b"<p>".to_vec());
        Files::from([index, (path.to_owned(), content.into_bytes())])
    }

    fn exit(files: &Files) -> String {
        let mut table = BudgetTable::default();
        front(files, &mut table).unwrap();
        pages(files, 1000, &mut table);
        format!("{:?}", table.exit())
    }

    #[test]
    fn a_planted_page_with_too_many_elements_breaks_the_budget() {
        let fine = exit(&files("case/a.html", "<p>".repeat(400)));
        let planted = exit(&files("case/a.html", "<p>".repeat(401)));
        assert_ne!(fine, planted);
        assert_eq!(planted, exit(&files("index.html", "<p>".repeat(4001))));
    }
}
