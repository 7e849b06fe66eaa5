//! The source files of this package. `cargo heapmark` unpacks them and builds benchmarks with them,
//! so that a benchmark can be measured without a dependency on heapmark.
//!
//! `tests/sources.rs` checks that the list is complete.

/// Each file of the package that a build needs: its path and its text.
pub const SOURCES: &[(&str, &str)] = &[
    ("Cargo.toml", include_str!("../Cargo.toml")),
    (
        "compat/criterion/build.rs",
        include_str!("../compat/criterion/build.rs"),
    ),
    (
        "compat/criterion/src/async_executor.rs",
        include_str!("../compat/criterion/src/async_executor.rs"),
    ),
    (
        "compat/criterion/src/bencher.rs",
        include_str!("../compat/criterion/src/bencher.rs"),
    ),
    (
        "compat/criterion/src/criterion.rs",
        include_str!("../compat/criterion/src/criterion.rs"),
    ),
    (
        "compat/criterion/src/definition.rs",
        include_str!("../compat/criterion/src/definition.rs"),
    ),
    (
        "compat/criterion/src/group.rs",
        include_str!("../compat/criterion/src/group.rs"),
    ),
    (
        "compat/criterion/src/ignored.rs",
        include_str!("../compat/criterion/src/ignored.rs"),
    ),
    (
        "compat/criterion/src/lib.rs",
        include_str!("../compat/criterion/src/lib.rs"),
    ),
    (
        "compat/criterion/src/macros.rs",
        include_str!("../compat/criterion/src/macros.rs"),
    ),
    (
        "compat/criterion/src/measurement.rs",
        include_str!("../compat/criterion/src/measurement.rs"),
    ),
    (
        "compat/criterion/src/profiler.rs",
        include_str!("../compat/criterion/src/profiler.rs"),
    ),
    (
        "compat/criterion/src/session.rs",
        include_str!("../compat/criterion/src/session.rs"),
    ),
    (
        "compat/criterion/src/settings.rs",
        include_str!("../compat/criterion/src/settings.rs"),
    ),
    ("src/alloc/block.rs", include_str!("alloc/block.rs")),
    (
        "src/alloc/block/late.rs",
        include_str!("alloc/block/late.rs"),
    ),
    (
        "src/alloc/control_counter.rs",
        include_str!("alloc/control_counter.rs"),
    ),
    ("src/alloc/counted.rs", include_str!("alloc/counted.rs")),
    ("src/alloc/gate.rs", include_str!("alloc/gate.rs")),
    ("src/alloc/lineage.rs", include_str!("alloc/lineage.rs")),
    ("src/alloc/live.rs", include_str!("alloc/live.rs")),
    ("src/alloc/meter.rs", include_str!("alloc/meter.rs")),
    ("src/alloc/mod.rs", include_str!("alloc/mod.rs")),
    (
        "src/alloc/no_control_counter.rs",
        include_str!("alloc/no_control_counter.rs"),
    ),
    ("src/alloc/observer.rs", include_str!("alloc/observer.rs")),
    ("src/alloc/process.rs", include_str!("alloc/process.rs")),
    ("src/alloc/timeline.rs", include_str!("alloc/timeline.rs")),
    ("src/alloc/totals.rs", include_str!("alloc/totals.rs")),
    ("src/alloc/wrapper.rs", include_str!("alloc/wrapper.rs")),
    ("src/arena/mod.rs", include_str!("arena/mod.rs")),
    ("src/arena/scope.rs", include_str!("arena/scope.rs")),
    (
        "src/assertions/counted.rs",
        include_str!("assertions/counted.rs"),
    ),
    (
        "src/assertions/limit.rs",
        include_str!("assertions/limit.rs"),
    ),
    (
        "src/assertions/macros.rs",
        include_str!("assertions/macros.rs"),
    ),
    ("src/assertions/mod.rs", include_str!("assertions/mod.rs")),
    (
        "src/bencher/async_bencher.rs",
        include_str!("bencher/async_bencher.rs"),
    ),
    ("src/bencher/batch.rs", include_str!("bencher/batch.rs")),
    (
        "src/bencher/case_assertion.rs",
        include_str!("bencher/case_assertion.rs"),
    ),
    (
        "src/bencher/executor.rs",
        include_str!("bencher/executor.rs"),
    ),
    ("src/bencher/group.rs", include_str!("bencher/group.rs")),
    ("src/bencher/listing.rs", include_str!("bencher/listing.rs")),
    ("src/bencher/mod.rs", include_str!("bencher/mod.rs")),
    ("src/bencher/routine.rs", include_str!("bencher/routine.rs")),
    ("src/criterion.rs", include_str!("criterion.rs")),
    (
        "src/harness/arguments.rs",
        include_str!("harness/arguments.rs"),
    ),
    ("src/harness/at_exit.rs", include_str!("harness/at_exit.rs")),
    ("src/harness/fork.rs", include_str!("harness/fork.rs")),
    (
        "src/harness/heap_line.rs",
        include_str!("harness/heap_line.rs"),
    ),
    (
        "src/harness/instructions.rs",
        include_str!("harness/instructions.rs"),
    ),
    ("src/harness/list.rs", include_str!("harness/list.rs")),
    ("src/harness/mod.rs", include_str!("harness/mod.rs")),
    (
        "src/harness/registry.rs",
        include_str!("harness/registry.rs"),
    ),
    (
        "src/harness/revision.rs",
        include_str!("harness/revision.rs"),
    ),
    ("src/harness/screen.rs", include_str!("harness/screen.rs")),
    ("src/harness/seeds.rs", include_str!("harness/seeds.rs")),
    (
        "src/harness/stopwatch/by_criterion.rs",
        include_str!("harness/stopwatch/by_criterion.rs"),
    ),
    (
        "src/harness/stopwatch/by_launches.rs",
        include_str!("harness/stopwatch/by_launches.rs"),
    ),
    (
        "src/harness/stopwatch/mod.rs",
        include_str!("harness/stopwatch/mod.rs"),
    ),
    ("src/harness/test.rs", include_str!("harness/test.rs")),
    ("src/harness/unmet.rs", include_str!("harness/unmet.rs")),
    ("src/harness/worker.rs", include_str!("harness/worker.rs")),
    (
        "src/harness/workload.rs",
        include_str!("harness/workload.rs"),
    ),
    (
        "src/instruments/callgrind.rs",
        include_str!("instruments/callgrind.rs"),
    ),
    (
        "src/instruments/callsites.rs",
        include_str!("instruments/callsites.rs"),
    ),
    (
        "src/instruments/count.rs",
        include_str!("instruments/count.rs"),
    ),
    (
        "src/instruments/growth.rs",
        include_str!("instruments/growth.rs"),
    ),
    (
        "src/instruments/heap_seed.rs",
        include_str!("instruments/heap_seed.rs"),
    ),
    (
        "src/instruments/instructions.rs",
        include_str!("instruments/instructions.rs"),
    ),
    ("src/instruments/mod.rs", include_str!("instruments/mod.rs")),
    (
        "src/instruments/rate.rs",
        include_str!("instruments/rate.rs"),
    ),
    (
        "src/instruments/screen.rs",
        include_str!("instruments/screen.rs"),
    ),
    (
        "src/instruments/scripted.rs",
        include_str!("instruments/scripted.rs"),
    ),
    (
        "src/instruments/time.rs",
        include_str!("instruments/time.rs"),
    ),
    ("src/leak/callsite.rs", include_str!("leak/callsite.rs")),
    ("src/leak/detector.rs", include_str!("leak/detector.rs")),
    ("src/leak/idle.rs", include_str!("leak/idle.rs")),
    (
        "src/leak/judge/chunk.rs",
        include_str!("leak/judge/chunk.rs"),
    ),
    (
        "src/leak/judge/doubling.rs",
        include_str!("leak/judge/doubling.rs"),
    ),
    (
        "src/leak/judge/envelope.rs",
        include_str!("leak/judge/envelope.rs"),
    ),
    ("src/leak/judge/mod.rs", include_str!("leak/judge/mod.rs")),
    (
        "src/leak/judge/saturation.rs",
        include_str!("leak/judge/saturation.rs"),
    ),
    (
        "src/leak/judge/self_similar.rs",
        include_str!("leak/judge/self_similar.rs"),
    ),
    (
        "src/leak/judge/slope.rs",
        include_str!("leak/judge/slope.rs"),
    ),
    (
        "src/leak/judge/sparse.rs",
        include_str!("leak/judge/sparse.rs"),
    ),
    ("src/leak/mod.rs", include_str!("leak/mod.rs")),
    ("src/leak/others.rs", include_str!("leak/others.rs")),
    (
        "src/leak/own_process.rs",
        include_str!("leak/own_process.rs"),
    ),
    ("src/leak/report.rs", include_str!("leak/report.rs")),
    ("src/leak/run.rs", include_str!("leak/run.rs")),
    (
        "src/leak/second_pass.rs",
        include_str!("leak/second_pass.rs"),
    ),
    ("src/leak/series.rs", include_str!("leak/series.rs")),
    ("src/leak/spike.rs", include_str!("leak/spike.rs")),
    (
        "src/leak/stacks/aggregation.rs",
        include_str!("leak/stacks/aggregation.rs"),
    ),
    (
        "src/leak/stacks/growing.rs",
        include_str!("leak/stacks/growing.rs"),
    ),
    ("src/leak/stacks/mod.rs", include_str!("leak/stacks/mod.rs")),
    (
        "src/leak/stacks/site_series.rs",
        include_str!("leak/stacks/site_series.rs"),
    ),
    (
        "src/leak/stacks/size_sampling.rs",
        include_str!("leak/stacks/size_sampling.rs"),
    ),
    ("src/leak/watchdog.rs", include_str!("leak/watchdog.rs")),
    ("src/lib.rs", include_str!("lib.rs")),
    ("src/live/mod.rs", include_str!("live/mod.rs")),
    ("src/pool/mod.rs", include_str!("pool/mod.rs")),
    ("src/pool/pooled.rs", include_str!("pool/pooled.rs")),
    ("src/pool/shelf.rs", include_str!("pool/shelf.rs")),
    ("src/pool/tally.rs", include_str!("pool/tally.rs")),
    ("src/stacks/blocks.rs", include_str!("stacks/blocks.rs")),
    ("src/stacks/frames.rs", include_str!("stacks/frames.rs")),
    ("src/stacks/mod.rs", include_str!("stacks/mod.rs")),
    ("src/stacks/trace.rs", include_str!("stacks/trace.rs")),
    ("src/stacks/walk.rs", include_str!("stacks/walk.rs")),
    ("src/stats/headers.rs", include_str!("stats/headers.rs")),
    ("src/stats/heap.rs", include_str!("stats/heap.rs")),
    ("src/stats/mod.rs", include_str!("stats/mod.rs")),
];
