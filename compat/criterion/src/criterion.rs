//! The manager of benchmarks.

use std::marker::PhantomData;
use std::panic::Location;
use std::path::Path;
use std::time::Duration;

use super::library::__private::harness::registry;

use super::group::{BenchmarkGroup, BenchmarkId};
use super::ignored::{ignored, ignored_statistics};
use super::measurement::{Measurement, WallTime};
use super::profiler::Profiler;
use super::{Bencher, PlottingBackend, session};

/// Registers benchmarks.
pub struct Criterion<M: Measurement = WallTime> {
    measurement: PhantomData<M>,
}

impl Default for Criterion {
    fn default() -> Self {
        registry::start();
        Self {
            measurement: PhantomData,
        }
    }
}

impl<M: Measurement> Criterion<M> {
    ignored_statistics!(by value);

    ignored! {
        by value:
        plotting_backend(PlottingBackend);
        with_plots();
        without_plots();
        save_baseline(String);
        #[cfg(before_0_4)]
        retain_baseline(String);
        #[cfg(not(before_0_4))]
        retain_baseline(String, bool);
        with_output_color(bool);
        output_directory(&Path);
        profile_time(Option<Duration>);
        configure_from_args();
    }

    /// Has no effect: heapmark selects benchmarks by their ids.
    #[must_use]
    pub fn with_filter<S: Into<String>>(self, _: S) -> Self {
        self
    }

    /// Has no effect: heapmark selects benchmarks by their ids.
    #[cfg(not(before_0_5))]
    #[must_use]
    pub fn with_benchmark_filter(self, _: super::BenchmarkFilter) -> Self {
        self
    }

    /// The measurement is not used: heapmark measures time and allocations.
    #[must_use]
    pub fn with_measurement<M2: Measurement>(self, _: M2) -> Criterion<M2> {
        Criterion {
            measurement: PhantomData,
        }
    }

    /// The profiler is not used.
    #[must_use]
    pub fn with_profiler<P: Profiler + 'static>(self, _: P) -> Self {
        self
    }

    /// Prints nothing: heapmark prints its own summary.
    pub fn final_summary(&self) {}
}

impl<M: Measurement + 'static> Criterion<M> {
    /// Begins a group of benchmarks.
    ///
    /// # Panics
    ///
    /// If the name is empty, as in criterion.
    pub fn benchmark_group<S: Into<String>>(&mut self, group_name: S) -> BenchmarkGroup<'_, M> {
        let name = group_name.into();
        assert!(!name.is_empty(), "Group name must not be empty.");
        BenchmarkGroup::new(name)
    }

    /// Registers a benchmark that is in no group.
    #[track_caller]
    pub fn bench_function<F>(&mut self, id: &str, mut f: F) -> &mut Self
    where
        F: FnMut(&mut Bencher<'_, M>),
    {
        let file = Location::caller().file();
        let id = BenchmarkId::of_function(id.to_owned());
        session::benchmark(None, &id, file, &mut |instrument| {
            f(&mut Bencher::new(instrument));
        });
        self
    }

    /// Registers a benchmark with an input that is in no group.
    #[track_caller]
    pub fn bench_with_input<F, I>(&mut self, id: BenchmarkId, input: &I, mut f: F) -> &mut Self
    where
        F: FnMut(&mut Bencher<'_, M>, &I),
    {
        let file = Location::caller().file();
        session::benchmark(None, &id, file, &mut |instrument| {
            f(&mut Bencher::new(instrument), input);
        });
        self
    }
}
