//! The benchmark definitions of criterion 0.3, which later versions do not have.

use std::fmt::Debug;
use std::panic::Location;
use std::time::Duration;

use super::group::BenchmarkId;
use super::ignored::{ignored, ignored_statistics};
use super::measurement::{Measurement, WallTime};
use super::{Bencher, Criterion, PlotConfiguration, SamplingMode, Throughput, session};

type Function<T, M> = Box<dyn FnMut(&mut Bencher<'_, M>, &T)>;

/// A function with its name.
#[doc(hidden)]
pub struct Fun<I: Debug, M: Measurement + 'static = WallTime>(String, Function<I, M>);

impl<I: Debug + 'static, M: Measurement> Fun<I, M> {
    /// Creates a function with a name.
    pub fn new<F>(name: &str, f: F) -> Self
    where
        F: FnMut(&mut Bencher<'_, M>, &I) + 'static,
    {
        Self(name.to_owned(), Box::new(f))
    }
}

/// Functions without an input.
#[doc(hidden)]
pub struct Benchmark<M: Measurement = WallTime> {
    functions: Vec<(String, Function<(), M>)>,
}

/// Functions with the same inputs.
#[doc(hidden)]
pub struct ParameterizedBenchmark<T: Debug, M: Measurement = WallTime> {
    inputs: Vec<T>,
    functions: Vec<(String, Function<T, M>)>,
}

/// A definition that can be registered.
#[doc(hidden)]
pub trait BenchmarkDefinition<M: Measurement = WallTime>: Sized {
    /// Registers its benchmarks in a group.
    fn run(self, group_id: &str, c: &mut Criterion<M>);
}

impl<M: Measurement> Benchmark<M> {
    ignored_statistics!(by value);

    ignored! {
        by value:
        plot_config(PlotConfiguration);
        sampling_mode(SamplingMode);
        throughput(Throughput);
    }

    /// Creates a definition with one function.
    pub fn new<S, F>(id: S, f: F) -> Self
    where
        S: Into<String>,
        F: FnMut(&mut Bencher<'_, M>) + 'static,
    {
        let functions = Vec::new();
        Self { functions }.with_function(id, f)
    }

    /// Adds a function.
    #[must_use]
    pub fn with_function<S, F>(mut self, id: S, mut f: F) -> Self
    where
        S: Into<String>,
        F: FnMut(&mut Bencher<'_, M>) + 'static,
    {
        self.functions
            .push((id.into(), Box::new(move |bencher, ()| f(bencher))));
        self
    }
}

impl<T: Debug + 'static, M: Measurement> ParameterizedBenchmark<T, M> {
    ignored_statistics!(by value);

    ignored! {
        by value:
        plot_config(PlotConfiguration);
        sampling_mode(SamplingMode);
    }

    /// Creates a definition with one function.
    pub fn new<S, F, I>(id: S, f: F, parameters: I) -> Self
    where
        S: Into<String>,
        F: FnMut(&mut Bencher<'_, M>, &T) + 'static,
        I: IntoIterator<Item = T>,
    {
        let definition = Self {
            inputs: parameters.into_iter().collect(),
            functions: Vec::new(),
        };
        definition.with_function(id, f)
    }

    /// Adds a function.
    #[must_use]
    pub fn with_function<S, F>(mut self, id: S, f: F) -> Self
    where
        S: Into<String>,
        F: FnMut(&mut Bencher<'_, M>, &T) + 'static,
    {
        self.functions.push((id.into(), Box::new(f)));
        self
    }

    /// Has no effect.
    #[must_use]
    pub fn throughput<F>(self, _: F) -> Self
    where
        F: Fn(&T) -> Throughput + 'static,
    {
        self
    }
}

impl<M: Measurement + 'static> BenchmarkDefinition<M> for Benchmark<M> {
    #[track_caller]
    fn run(self, group_id: &str, _: &mut Criterion<M>) {
        register(group_id, self.functions, &[()]);
    }
}

impl<T: Debug + 'static, M: Measurement + 'static> BenchmarkDefinition<M>
    for ParameterizedBenchmark<T, M>
{
    #[track_caller]
    fn run(self, group_id: &str, _: &mut Criterion<M>) {
        register(group_id, self.functions, &self.inputs);
    }
}

/// Registers each function with each input. As in criterion, a name that the group has too is left
/// out, and so is the only input.
#[track_caller]
fn register<T: Debug, M: Measurement>(
    group: &str,
    functions: Vec<(String, Function<T, M>)>,
    inputs: &[T],
) {
    let file = Location::caller().file();
    let is_only = functions.len() == 1;
    for (name, mut function) in functions {
        for input in inputs {
            let id = BenchmarkId {
                function: Some(name.clone()).filter(|name| !is_only || name != group),
                parameter: (inputs.len() > 1).then(|| format!("{input:?}")),
            };
            session::benchmark(Some(group), &id, file, &mut |instrument| {
                function(&mut Bencher::new(instrument), input);
            });
        }
    }
}

impl<M: Measurement + 'static> Criterion<M> {
    /// Whether plots can be drawn: never.
    pub fn can_plot(&self) -> bool {
        false
    }

    /// Registers a function with several inputs.
    #[doc(hidden)]
    #[track_caller]
    pub fn bench_function_over_inputs<I, F>(&mut self, id: &str, f: F, inputs: I) -> &mut Self
    where
        I: IntoIterator,
        I::Item: Debug + 'static,
        F: FnMut(&mut Bencher<'_, M>, &I::Item) + 'static,
    {
        self.bench(id, ParameterizedBenchmark::new(id, f, inputs))
    }

    /// Registers several functions with one input.
    #[doc(hidden)]
    #[track_caller]
    pub fn bench_functions<I>(&mut self, id: &str, funs: Vec<Fun<I, M>>, input: I) -> &mut Self
    where
        I: Debug + 'static,
    {
        let functions = funs.into_iter().map(|Fun(name, f)| (name, f)).collect();
        let inputs = vec![input];
        self.bench(id, ParameterizedBenchmark { inputs, functions })
    }

    /// Registers a definition.
    #[doc(hidden)]
    #[track_caller]
    pub fn bench<B: BenchmarkDefinition<M>>(&mut self, group_id: &str, benchmark: B) -> &mut Self {
        benchmark.run(group_id, self);
        self
    }
}
