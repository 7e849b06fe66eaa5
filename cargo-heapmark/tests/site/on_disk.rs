//! Writes the sites that the browser checks open to target/tmp.

use std::path::Path;

use cargo_heapmark::publish;
use heapmark_model::analysis::{Kind, compare};
use heapmark_model::history::History;
use heapmark_model::record::{Instability, Metric, Run, ToolVerdict};
use heapmark_site::render;
use heapmark_site::render::Linked;
use heapmark_site::view::Input;
use heapmark_site::view::comparison::ComparePage;
use heapmark_site::view::profile::ProfilePage;

use crate::page::{Site, render_input};
use crate::synthetic::{entry_of, history, sample, set};
use crate::{allocators, contention, hostile, profiles};

/// Forty runs with every kind of change; the newest run also has changes.
fn lively() -> Vec<Run> {
    let mut runs = history(40);
    for (number, run) in runs.iter_mut().enumerate() {
        let wave = 300 + 40 * (number as i64 / 7 % 3);
        set(run, "string_allocations/string_format", Metric::Bytes, wave);
        set(
            run,
            "vec_allocations/vec_nested",
            Metric::Allocs,
            1_000 + wave,
        );
        if number % 5 == 3 {
            let id = "allocation_sizes/vec_alloc/64";
            sample(run, id, Metric::Peak, 70, Instability::ProcessesDiffer);
        }
        if number > 20 {
            run.toolchain.rustc = "1.96.0".to_owned();
        }
    }
    let newest = &mut runs[39];
    set(
        newest,
        "string_allocations/string_join",
        Metric::Bytes,
        1 << 20,
    );
    set(
        newest,
        "string_allocations/small_string_new",
        Metric::Retained,
        48,
    );
    set(
        newest,
        "vec_allocations/vec_push_no_capacity",
        Metric::Bytes,
        16,
    );
    let mixed = entry_of(newest, "allocation_sizes/vec_alloc/65536");
    mixed.expected[0].met = false;
    runs
}

/// The site of `runs`, with the pages of extra measurements, a profile and a comparison.
fn whole(runs: &[Run]) -> Site {
    let profile = ProfilePage::new(&profiles::growing());
    let cells = [
        profiles::cell("cycle", ToolVerdict::Leak),
        profiles::cell("cache", ToolVerdict::CannotSee),
        profiles::cell("buffer", ToolVerdict::Nothing),
        profiles::cell("handlers", ToolVerdict::Missing),
    ];
    let mut site = render_input(&Input {
        history: &History::from_runs(runs),
        allocators: &[allocators::measurement()],
        contention: &[contention::measurement()],
        profiles: std::slice::from_ref(&profile.entry),
        tools: &[profiles::measurement("memcheck", &cells)],
        ..Input::default()
    });
    let linked = Linked {
        allocators: true,
        contention: true,
        profiles: true,
    };
    let [.., base, head] = runs else {
        panic!("there are two runs to compare");
    };
    let compared = compare(Kind::Records, ("base", base), ("head", head));
    let compared = ComparePage::new(&compared, "compare/a..b.html", "| case |\n".to_owned());
    let profile = render::profile(&profile, linked).expect("the template fits its model");
    let compared = render::comparison(&compared, linked).expect("the template fits its model");
    site.files.extend(profile.into_iter().chain(compared));
    site
}

/// Writes `site` to the folder `name` of target/tmp.
fn leave(site: &Site, name: &str) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("site")
        .join(name);
    publish::write(&folder, &site.files).expect("the folder can be written");
    for (path, bytes) in &site.files {
        assert!(
            std::fs::read(folder.join(path)).expect("it was written") == *bytes,
            "{path}"
        );
    }
}

#[test]
fn a_site_of_every_verdict_can_be_opened_from_disk() {
    let site = whole(&lively());
    for status in ["more", "less", "retains", "failed", "same"] {
        let class = format!("class=\"status {status}\"");
        assert!(site.text("index.html").contains(&class), "{status}");
    }
    leave(&site, "lively");
}

#[test]
fn sites_of_hostile_names_can_be_opened_from_disk() {
    leave(&hostile::site(hostile::SCRIPT), "hostile-script");
    leave(&hostile::site(hostile::QUOTES), "hostile-quotes");
    leave(
        &hostile::site(hostile::RIGHT_TO_LEFT),
        "hostile-right-to-left",
    );
    leave(&hostile::site(&"x".repeat(300)), "hostile-long");
}
