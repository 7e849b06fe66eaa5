//! The sizes of timed batches.

/// How many inputs are created before the routine runs on them; these iterations are a batch. The
/// names and sizes are those of criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchSize {
    /// For small inputs: a batch has a tenth of all iterations, at least one.
    SmallInput,
    /// For large inputs: a batch has a thousandth of all iterations, at least one.
    LargeInput,
    /// One iteration per batch.
    PerIteration,
    /// The given number of batches.
    NumBatches(u64),
    /// The given number of iterations per batch.
    NumIterations(u64),
}

impl BatchSize {
    /// Iterations per batch for a measurement of `iterations` iterations; at least one.
    #[doc(hidden)]
    pub fn iterations_per_batch(self, iterations: u64) -> u64 {
        let size = match self {
            Self::SmallInput => iterations.div_ceil(10),
            Self::LargeInput => iterations.div_ceil(1000),
            Self::PerIteration => 1,
            Self::NumBatches(batches) => iterations.div_ceil(batches.max(1)),
            Self::NumIterations(size) => size,
        };
        size.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::BatchSize;

    #[test]
    fn a_batch_holds_at_least_one_iteration() {
        for size in [
            BatchSize::SmallInput,
            BatchSize::LargeInput,
            BatchSize::PerIteration,
            BatchSize::NumBatches(0),
            BatchSize::NumIterations(0),
        ] {
            assert!(size.iterations_per_batch(0) >= 1, "{size:?}");
        }
        assert_eq!(BatchSize::SmallInput.iterations_per_batch(101), 11);
        assert_eq!(BatchSize::NumBatches(4).iterations_per_batch(101), 26);
    }
}
