//! The source files of this package. `cargo heapmark` unpacks them and builds benchmarks with them,
//! so that a benchmark can be measured without a dependency on heapmark.
//!
//! `tests/sources.rs` checks that the list is complete.

/// Each file of the package that a build needs: its path and its text.
pub const SOURCES: &[(&str, &str)] = &[
    ("Cargo.toml", include_str!("../Cargo.toml")),
    ("src/agreement.rs", include_str!("agreement.rs")),
    (
        "src/analysis/acknowledged.rs",
        include_str!("analysis/acknowledged.rs"),
    ),
    (
        "src/analysis/callsites/likeness.rs",
        include_str!("analysis/callsites/likeness.rs"),
    ),
    (
        "src/analysis/callsites/mod.rs",
        include_str!("analysis/callsites/mod.rs"),
    ),
    (
        "src/analysis/callsites/moved.rs",
        include_str!("analysis/callsites/moved.rs"),
    ),
    ("src/analysis/change.rs", include_str!("analysis/change.rs")),
    (
        "src/analysis/comparison.rs",
        include_str!("analysis/comparison.rs"),
    ),
    (
        "src/analysis/confirm.rs",
        include_str!("analysis/confirm.rs"),
    ),
    (
        "src/analysis/coverage.rs",
        include_str!("analysis/coverage.rs"),
    ),
    (
        "src/analysis/history.rs",
        include_str!("analysis/history.rs"),
    ),
    (
        "src/analysis/instructions.rs",
        include_str!("analysis/instructions.rs"),
    ),
    (
        "src/analysis/interval.rs",
        include_str!("analysis/interval.rs"),
    ),
    ("src/analysis/mod.rs", include_str!("analysis/mod.rs")),
    (
        "src/analysis/paired/families.rs",
        include_str!("analysis/paired/families.rs"),
    ),
    (
        "src/analysis/paired/mod.rs",
        include_str!("analysis/paired/mod.rs"),
    ),
    (
        "src/analysis/paired/power.rs",
        include_str!("analysis/paired/power.rs"),
    ),
    (
        "src/analysis/paired/prior.rs",
        include_str!("analysis/paired/prior.rs"),
    ),
    (
        "src/analysis/paired/ranks.rs",
        include_str!("analysis/paired/ranks.rs"),
    ),
    (
        "src/analysis/paired/standing.rs",
        include_str!("analysis/paired/standing.rs"),
    ),
    (
        "src/analysis/planted.rs",
        include_str!("analysis/planted.rs"),
    ),
    ("src/analysis/rate.rs", include_str!("analysis/rate.rs")),
    ("src/analysis/share.rs", include_str!("analysis/share.rs")),
    ("src/analysis/sizes.rs", include_str!("analysis/sizes.rs")),
    ("src/format/axis.rs", include_str!("format/axis.rs")),
    ("src/format/date.rs", include_str!("format/date.rs")),
    ("src/format/duration.rs", include_str!("format/duration.rs")),
    ("src/format/hash.rs", include_str!("format/hash.rs")),
    ("src/format/markdown.rs", include_str!("format/markdown.rs")),
    ("src/format/mod.rs", include_str!("format/mod.rs")),
    ("src/format/number.rs", include_str!("format/number.rs")),
    ("src/format/visible.rs", include_str!("format/visible.rs")),
    ("src/growth.rs", include_str!("growth.rs")),
    ("src/history/columns.rs", include_str!("history/columns.rs")),
    ("src/history/head.rs", include_str!("history/head.rs")),
    ("src/history/mod.rs", include_str!("history/mod.rs")),
    ("src/install.rs", include_str!("install.rs")),
    ("src/json/impls.rs", include_str!("json/impls.rs")),
    ("src/json/mod.rs", include_str!("json/mod.rs")),
    ("src/json/parse.rs", include_str!("json/parse.rs")),
    ("src/launch/each.rs", include_str!("launch/each.rs")),
    ("src/launch/mod.rs", include_str!("launch/mod.rs")),
    ("src/launch/printed.rs", include_str!("launch/printed.rs")),
    ("src/launch/session.rs", include_str!("launch/session.rs")),
    ("src/launch/tail.rs", include_str!("launch/tail.rs")),
    ("src/lib.rs", include_str!("lib.rs")),
    ("src/origin.rs", include_str!("origin.rs")),
    ("src/profile/diff.rs", include_str!("profile/diff.rs")),
    ("src/profile/found.rs", include_str!("profile/found.rs")),
    ("src/profile/kept.rs", include_str!("profile/kept.rs")),
    ("src/profile/layer.rs", include_str!("profile/layer.rs")),
    ("src/profile/mod.rs", include_str!("profile/mod.rs")),
    ("src/profile/model.rs", include_str!("profile/model.rs")),
    ("src/profile/summary.rs", include_str!("profile/summary.rs")),
    ("src/protocol/line.rs", include_str!("protocol/line.rs")),
    ("src/protocol/mod.rs", include_str!("protocol/mod.rs")),
    ("src/record/callsite.rs", include_str!("record/callsite.rs")),
    ("src/record/case.rs", include_str!("record/case.rs")),
    ("src/record/frame.rs", include_str!("record/frame.rs")),
    ("src/record/growth.rs", include_str!("record/growth.rs")),
    (
        "src/record/hash_seeds.rs",
        include_str!("record/hash_seeds.rs"),
    ),
    ("src/record/id/long.rs", include_str!("record/id/long.rs")),
    ("src/record/id/mod.rs", include_str!("record/id/mod.rs")),
    (
        "src/record/id/resolve.rs",
        include_str!("record/id/resolve.rs"),
    ),
    ("src/record/metric.rs", include_str!("record/metric.rs")),
    ("src/record/mod.rs", include_str!("record/mod.rs")),
    (
        "src/record/observation.rs",
        include_str!("record/observation.rs"),
    ),
    ("src/record/rate.rs", include_str!("record/rate.rs")),
    ("src/record/slug.rs", include_str!("record/slug.rs")),
    (
        "src/record/stored/allocators.rs",
        include_str!("record/stored/allocators.rs"),
    ),
    (
        "src/record/stored/ambiguous.rs",
        include_str!("record/stored/ambiguous.rs"),
    ),
    (
        "src/record/stored/brief.rs",
        include_str!("record/stored/brief.rs"),
    ),
    (
        "src/record/stored/calibration.rs",
        include_str!("record/stored/calibration.rs"),
    ),
    (
        "src/record/stored/check.rs",
        include_str!("record/stored/check.rs"),
    ),
    (
        "src/record/stored/contention.rs",
        include_str!("record/stored/contention.rs"),
    ),
    (
        "src/record/stored/entry.rs",
        include_str!("record/stored/entry.rs"),
    ),
    (
        "src/record/stored/mod.rs",
        include_str!("record/stored/mod.rs"),
    ),
    (
        "src/record/stored/provenance.rs",
        include_str!("record/stored/provenance.rs"),
    ),
    (
        "src/record/stored/run.rs",
        include_str!("record/stored/run.rs"),
    ),
    (
        "src/record/stored/schema.rs",
        include_str!("record/stored/schema.rs"),
    ),
    (
        "src/record/stored/time.rs",
        include_str!("record/stored/time.rs"),
    ),
    (
        "src/record/stored/tools.rs",
        include_str!("record/stored/tools.rs"),
    ),
    ("src/record/timeline.rs", include_str!("record/timeline.rs")),
    ("src/record/value.rs", include_str!("record/value.rs")),
    ("src/record/verdict.rs", include_str!("record/verdict.rs")),
    ("src/select.rs", include_str!("select.rs")),
];
