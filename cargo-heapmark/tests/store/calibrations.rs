//! Calibrations are stored next to the records, but are not records.

use std::fs;

use heapmark_model::record::{Calibration, Coverage};

use crate::{sample, store};

fn calibration() -> Calibration {
    let run = sample();
    Calibration {
        provenance: (&run).into(),
        suite: run.suite,
        time: run.time,
        coverage: vec![Coverage {
            builds: 1,
            busy_processors: 0,
            reports: 12,
            intervals: 552,
            covered: 530,
            half_width_millionths: 7_300,
        }],
        verdicts: Vec::new(),
    }
}

#[test]
fn calibrations_are_stored_next_to_the_records_and_are_read_oldest_first() {
    let (_folder, store) = store();
    let mut later = calibration();
    later.provenance.measured_at = "2026-12-24T18:00:00Z".to_owned();
    store.save_extra(&later).unwrap();
    let path = store.save_extra(&calibration()).unwrap();
    let name = "calibration/amd-epyc-2-linux/20261122T215803Z-cffc73700a1b.json";
    assert_eq!(path, store.dir().join(name));
    let (calibrations, skipped) = store.extra::<Calibration>();
    assert_eq!(calibrations, [calibration(), later]);
    assert!(skipped.is_empty());
    let loaded = store.load().unwrap();
    assert!(loaded.skipped.is_empty(), "{:?}", loaded.skipped);
    assert_eq!(loaded.runs.len(), 1, "a calibration is not a run");
}

#[test]
fn a_broken_calibration_is_named_and_the_others_are_read() {
    let (_folder, store) = store();
    let good = store.save_extra(&calibration()).unwrap();
    let broken = good.with_file_name("20260101T000000Z-aaaaaaaaaaaa.json");
    fs::write(&broken, "{\"schema\": 1, \"cov").unwrap();
    let (calibrations, skipped) = store.extra::<Calibration>();
    assert_eq!(calibrations.len(), 1);
    assert_eq!(skipped.len(), 1);
    assert_eq!(skipped[0].path, broken);
}

#[test]
fn no_machine_may_take_the_name_of_the_calibrations() {
    let (_folder, store) = store();
    let mut run = sample();
    run.machine.id = "calibration".to_owned();
    let refused = store.save(&run).unwrap_err().to_string();
    assert!(refused.contains("machine.id"), "{refused}");
}
