//! Groups of benchmarks, and the names in them.

use std::fmt::Display;
use std::marker::PhantomData;
use std::panic::Location;
use std::time::Duration;

use super::ignored::{ignored, ignored_statistics};
use super::measurement::{Measurement, WallTime};
use super::{Bencher, PlotConfiguration, SamplingMode, Throughput, session};

/// A group of benchmarks.
pub struct BenchmarkGroup<'a, M: Measurement = WallTime> {
    name: String,
    criterion: PhantomData<(&'a mut (), M)>,
}

impl<M: Measurement> BenchmarkGroup<'_, M> {
    pub(crate) fn new(name: String) -> Self {
        Self {
            name,
            criterion: PhantomData,
        }
    }

    ignored_statistics!(by reference);

    ignored! {
        by reference:
        plot_config(PlotConfiguration);
        sampling_mode(SamplingMode);
        throughput(Throughput);
    }

    /// Registers a benchmark.
    #[track_caller]
    pub fn bench_function<ID: IntoBenchmarkId, F>(&mut self, id: ID, mut f: F) -> &mut Self
    where
        F: FnMut(&mut Bencher<'_, M>),
    {
        let file = Location::caller().file();
        let id = id.into_benchmark_id();
        session::benchmark(Some(&self.name), &id, file, &mut |instrument| {
            f(&mut Bencher::new(instrument));
        });
        self
    }

    /// Registers a benchmark with an input.
    #[track_caller]
    pub fn bench_with_input<ID: IntoBenchmarkId, F, I>(
        &mut self,
        id: ID,
        input: &I,
        mut f: F,
    ) -> &mut Self
    where
        F: FnMut(&mut Bencher<'_, M>, &I),
        I: ?Sized,
    {
        let file = Location::caller().file();
        let id = id.into_benchmark_id();
        session::benchmark(Some(&self.name), &id, file, &mut |instrument| {
            f(&mut Bencher::new(instrument), input);
        });
        self
    }

    /// Ends the group.
    pub fn finish(self) {}
}

/// The name of a benchmark: a function, a parameter, or both.
#[derive(Clone, Eq, PartialEq, Hash, Debug)]
pub struct BenchmarkId {
    pub(crate) function: Option<String>,
    pub(crate) parameter: Option<String>,
}

impl BenchmarkId {
    /// The name of a function with a parameter.
    pub fn new<S: Into<String>, P: Display>(function_name: S, parameter: P) -> Self {
        Self {
            function: Some(function_name.into()),
            parameter: Some(parameter.to_string()),
        }
    }

    /// The name of a parameter.
    pub fn from_parameter<P: Display>(parameter: P) -> Self {
        Self {
            function: None,
            parameter: Some(parameter.to_string()),
        }
    }

    /// The name of a function.
    pub(crate) fn of_function(name: String) -> Self {
        Self {
            function: Some(name),
            parameter: None,
        }
    }

    /// The name in heapmark's terms: question, variant and size. A parameter that is a number is a
    /// size. Other parameters are answers to the question that the function is.
    pub(crate) fn parts(&self) -> (Option<String>, String, Option<u64>) {
        let size = |parameter: &String| {
            let number = parameter.parse::<u64>().ok();
            number.filter(|number| number.to_string() == *parameter)
        };
        match (&self.function, &self.parameter) {
            (Some(function), Some(parameter)) => match size(parameter) {
                Some(size) => (None, function.clone(), Some(size)),
                None => (Some(function.clone()), parameter.clone(), None),
            },
            (one, other) => {
                let name = one.as_ref().or(other.as_ref());
                (None, name.cloned().unwrap_or_default(), None)
            }
        }
    }
}

mod private {
    pub trait Sealed {}
    impl Sealed for super::BenchmarkId {}
    impl<S: Into<String>> Sealed for S {}
}

/// A text or a [`BenchmarkId`], which can name a benchmark.
pub trait IntoBenchmarkId: private::Sealed {
    /// The name.
    fn into_benchmark_id(self) -> BenchmarkId;
}

impl IntoBenchmarkId for BenchmarkId {
    fn into_benchmark_id(self) -> BenchmarkId {
        self
    }
}

impl<S: Into<String>> IntoBenchmarkId for S {
    fn into_benchmark_id(self) -> BenchmarkId {
        BenchmarkId::of_function(self.into())
    }
}
