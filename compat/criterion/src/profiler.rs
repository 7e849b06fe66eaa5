//! In-process profilers. They compile and are never started.

use std::path::Path;

/// A profiler that criterion starts around a benchmark.
pub trait Profiler {
    /// Starts.
    fn start_profiling(&mut self, benchmark_id: &str, benchmark_dir: &Path);
    /// Stops.
    fn stop_profiling(&mut self, benchmark_id: &str, benchmark_dir: &Path);
}

/// The default of criterion, which does nothing.
pub struct ExternalProfiler;

impl Profiler for ExternalProfiler {
    fn start_profiling(&mut self, _: &str, _: &Path) {}
    fn stop_profiling(&mut self, _: &str, _: &Path) {}
}
