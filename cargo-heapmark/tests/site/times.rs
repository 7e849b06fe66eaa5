//! Times and instructions on pages and in data files: shown if they were measured, and never as a
//! verdict.

use heapmark_model::record::{
    Instability, Interval, MachineState, Run, Spread, Time, TimeSettings, Value,
};

use crate::page::{attributes, render};
use crate::synthetic::{entry_of, history};

const JOIN: &str = "string_allocations/string_join";
const PAGE: &str = "case/string_allocations/string_join";

/// Two runs. In the second, one case was timed and its instructions were counted.
pub fn timed() -> Vec<Run> {
    let mut runs = history(2);
    let run = &mut runs[1];
    run.time = Some(TimeSettings {
        seed: 7,
        link_orders: 12,
        not_shuffled: None,
        launches: 12,
        max_launches: 24,
        batches: 9,
        batch_microseconds: 150,
        machine: MachineState {
            load_before: Some(7),
            virtual_machine: Some(true),
            address_randomisation: Some(true),
            ..MachineState::default()
        },
    });
    let entry = entry_of(run, JOIN);
    entry.time = Some(Time {
        median: 18_100,
        interval: Some(Interval {
            low: 17_800,
            high: 18_300,
        }),
        launches: vec![17_700, 18_100, 18_400],
        disturbed: 2,
    });
    entry.instructions = Some(Value::exact(1_234));
    runs
}

#[test]
fn a_time_is_in_every_table_and_data_file() {
    let site = render(&timed());
    for path in ["index.html", "group/string_allocations.html"] {
        let html = site.text(path);
        assert!(html.contains("data-sort=\"time\""), "{path}");
        assert!(html.contains("18.1 ns ±0.3"), "{path}");
        assert!(attributes(html, "data-value").contains(&"18100"), "{path}");
        assert!(attributes(html, "data-value").contains(&"1234"), "{path}");
    }
    let data = site.json("data.json");
    let entries = data["entries"].as_array().unwrap();
    let entry = entries.iter().find(|entry| entry["id"] == JOIN).unwrap();
    assert_eq!(entry["time"]["median"], 18_100);
    assert_eq!(data["time"]["layouts"], 12);
    let csv = site.text("data.csv");
    assert!(csv.lines().next().unwrap().ends_with(
        "time_ps,time_low_ps,time_high_ps,time_launches,instructions,instructions_exact"
    ));
    assert!(csv.contains(",18100,17800,18300,3,1234,true\r\n"), "{csv}");
}

#[test]
fn launches_that_do_not_count_are_listed() {
    let site = render(&timed());
    assert!(
        site.text("about.html")
            .contains("does not count: 2 of 5 launches were left out")
    );
    assert!(
        site.text(&format!("{PAGE}.html"))
            .contains("2 more launches were discarded")
    );
}

#[test]
fn without_times_no_page_mentions_them() {
    let site = render(&history(2));
    for path in ["index.html", "group/string_allocations.html"] {
        let html = site.text(path);
        assert!(!html.contains("data-sort=\"time\""), "{path}");
        assert!(!html.contains("instructions"), "{path}");
    }
    assert!(!site.text("data.csv").contains("time_ps"));
    assert!(!site.text(&format!("{PAGE}.html")).contains("id=\"time\""));
}

#[test]
fn a_changed_time_is_not_a_verdict() {
    let mut runs = timed();
    let mut slower = runs[1].clone();
    slower.commit.sha = "f".repeat(40);
    slower.commit.order = Some(9);
    slower.commit.committed_at = "2026-02-01T00:00:00Z".to_owned();
    let time = entry_of(&mut slower, JOIN).time.as_mut().unwrap();
    time.median *= 10;
    time.interval = None;
    runs.push(slower);
    let site = render(&runs);
    let counts = &site.json("index.json")["counts"];
    assert_eq!((&counts["more"], &counts["same"]), (&0.into(), &7.into()));
    assert!(
        site.text("index.html")
            .contains("Times are not judged on this page")
    );
}

#[test]
fn the_page_of_a_case_shows_every_launch_and_its_link_order() {
    let site = render(&timed());
    let html = site.text(&format!("{PAGE}.html"));
    assert_eq!(html.matches("r=\"3\"").count(), 3, "one dot per launch");
    assert!(html.contains("95 % interval 17.8–18.3 ns"));
    assert!(html.contains("This run used 12 link orders."));
    assert!(html.contains("exact: every repetition agreed"));

    let mut runs = timed();
    let settings = runs[1].time.as_mut().unwrap();
    settings.not_shuffled = Some("the linker is not lld".to_owned());
    entry_of(&mut runs[1], JOIN).instructions = Some(Value {
        value: Some(1_234),
        exact: false,
        spread: Some(Spread {
            min: 1_230,
            max: 1_300,
        }),
        why: Some(Instability::OtherThreads),
        rate: None,
    });
    let site = render(&runs);
    let html = site.text(&format!("{PAGE}.html"));
    assert!(html.contains("Link order not randomised: the linker is not lld."));
    assert!(html.contains("varies (1,230 to 1,300): other threads"));
}

#[test]
fn times_that_contradict_themselves_break_no_page() {
    let mut runs = timed();
    entry_of(&mut runs[1], JOIN).time = Some(Time {
        median: u64::MAX,
        interval: Some(Interval {
            low: u64::MAX,
            high: 0,
        }),
        launches: Vec::new(),
        disturbed: 0,
    });
    let site = render(&runs);
    assert!(site.text(&format!("{PAGE}.html")).contains("0 launches"));
}
