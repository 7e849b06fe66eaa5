/// How many inputs are made before a timed batch; the names and sizes are criterion's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchSize {
    /// Many inputs fit in memory at once: a tenth of the iterations, or one at least.
    SmallInput,
    /// Inputs are large: a thousandth of the iterations, or one at least.
    LargeInput,
    /// One input at a time.
    PerIteration,
    /// This many batches.
    NumBatches(u64),
    /// This many iterations in each batch.
    NumIterations(u64),
}

impl BatchSize {
    /// Iterations in each batch of a measurement of `iterations`; at least one.
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
