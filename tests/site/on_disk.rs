//! Sites that the checks in the browser open: they lie in target/tmp once these tests have run.

use std::path::Path;

use heapmark::publish;
use heapmark::record::{Doubt, Metric, Run};

use crate::hostile;
use crate::page::{Site, render};
use crate::synthetic::{entry_of, history, sample, set};

/// Forty runs in which every kind of change happens, the last time in the newest run.
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
            sample(run, id, Metric::Peak, 70, Doubt::ProcessesDiffer);
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

/// Leaves `site` in the folder `name` of target/tmp.
fn leave(site: &Site, name: &str) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("site")
        .join(name);
    publish::write(&folder, &site.files).expect("a folder of our own can be written");
    for (path, bytes) in &site.files {
        assert!(
            std::fs::read(folder.join(path)).expect("it was written") == *bytes,
            "{path}"
        );
    }
}

#[test]
fn a_site_of_every_verdict_can_be_opened_from_disk() {
    let site = render(&lively());
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
