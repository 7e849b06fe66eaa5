//! Settings of criterion. Except for [`BatchSize`], they have no effect.

use super::library;

/// The number of inputs that are created before the routine runs on them.
#[expect(
    clippy::manual_non_exhaustive,
    reason = "criterion's variant has this name, and programs can match on it"
)]
#[derive(Debug, Eq, PartialEq, Copy, Hash, Clone)]
pub enum BatchSize {
    /// For small inputs.
    SmallInput,
    /// For large inputs.
    LargeInput,
    /// One input at a time.
    PerIteration,
    /// The given number of batches.
    NumBatches(u64),
    /// The given number of inputs at a time.
    NumIterations(u64),
    #[doc(hidden)]
    __NonExhaustive,
}

impl BatchSize {
    pub(crate) fn ours(self) -> library::BatchSize {
        match self {
            Self::SmallInput | Self::__NonExhaustive => library::BatchSize::SmallInput,
            Self::LargeInput => library::BatchSize::LargeInput,
            Self::PerIteration => library::BatchSize::PerIteration,
            Self::NumBatches(batches) => library::BatchSize::NumBatches(batches),
            Self::NumIterations(size) => library::BatchSize::NumIterations(size),
        }
    }
}

/// The work of one iteration.
#[derive(Debug, PartialEq, Clone)]
pub enum Throughput {
    /// Bits.
    #[cfg(not(before_0_7))]
    Bits(u64),
    /// Bytes, printed with binary units.
    Bytes(u64),
    /// Bytes, printed with decimal units.
    #[cfg(not(before_0_4))]
    BytesDecimal(u64),
    /// Elements.
    Elements(u64),
    /// Elements and bytes.
    #[cfg(not(before_0_8))]
    ElementsAndBytes {
        /// Elements.
        elements: u64,
        /// Bytes.
        bytes: u64,
    },
}

/// The axis of a plot.
#[derive(Debug, Clone, Copy)]
pub enum AxisScale {
    /// Linear.
    Linear,
    /// Logarithmic.
    Logarithmic,
}

/// The form of a plot.
#[derive(Debug, Clone, Default)]
pub struct PlotConfiguration(());

impl PlotConfiguration {
    /// Has no effect.
    #[must_use]
    pub fn summary_scale(self, _: AxisScale) -> Self {
        self
    }
}

/// The order of sample sizes.
#[derive(Debug, Clone, Copy)]
pub enum SamplingMode {
    /// Chosen by criterion.
    Auto,
    /// Rising.
    Linear,
    /// Equal.
    Flat,
}

/// The program that draws plots.
#[derive(Debug, Clone, Copy)]
pub enum PlottingBackend {
    /// gnuplot.
    Gnuplot,
    /// The crate plotters.
    Plotters,
    /// No plots.
    None,
}

/// How criterion uses a baseline.
#[derive(Debug, Clone, Copy)]
pub enum Baseline {
    /// Compares with it.
    #[cfg(before_0_4)]
    Compare,
    /// Compares with it. If there is none, only a warning is printed.
    #[cfg(not(before_0_4))]
    CompareLenient,
    /// Compares with it. If there is none, that is an error.
    #[cfg(not(before_0_4))]
    CompareStrict,
    /// Stores it.
    Save,
    /// Stores nothing.
    #[cfg(not(before_0_4))]
    Discard,
}

/// Which benchmarks criterion would run. Without the regular expression, whose type is from a crate
/// that the measured binary would have to compile.
#[cfg(not(before_0_5))]
#[derive(Clone, Debug)]
pub enum BenchmarkFilter {
    /// All benchmarks.
    AcceptAll,
    /// The one with this id.
    Exact(String),
    /// No benchmark.
    RejectAll,
}
