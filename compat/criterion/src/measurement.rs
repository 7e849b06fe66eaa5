//! Custom measurements. They compile and are not used: heapmark measures time and allocations.

use std::time::{Duration, Instant};

use super::Throughput;

/// Formats measured values.
pub trait ValueFormatter {
    /// Formats a value.
    fn format_value(&self, value: f64) -> String {
        let mut values = [value];
        let unit = self.scale_values(value, &mut values);
        format!("{:>6} {}", values[0], unit)
    }

    /// Formats a value as a throughput.
    fn format_throughput(&self, throughput: &Throughput, value: f64) -> String {
        let mut values = [value];
        let unit = self.scale_throughputs(value, throughput, &mut values);
        format!("{:>6} {}", values[0], unit)
    }

    /// Scales values and returns their unit.
    fn scale_values(&self, typical_value: f64, values: &mut [f64]) -> &'static str;

    /// Converts values to throughputs and returns their unit.
    fn scale_throughputs(
        &self,
        typical_value: f64,
        throughput: &Throughput,
        values: &mut [f64],
    ) -> &'static str;

    /// Scales values for a program and returns their unit.
    fn scale_for_machines(&self, values: &mut [f64]) -> &'static str;
}

/// A quantity that criterion can measure.
pub trait Measurement {
    /// A measurement that was started.
    type Intermediate;

    /// A measured value.
    type Value;

    /// Starts a measurement.
    fn start(&self) -> Self::Intermediate;

    /// Ends a measurement.
    fn end(&self, i: Self::Intermediate) -> Self::Value;

    /// Adds two values.
    fn add(&self, v1: &Self::Value, v2: &Self::Value) -> Self::Value;

    /// The value zero.
    fn zero(&self) -> Self::Value;

    /// The value as a number.
    fn to_f64(&self, value: &Self::Value) -> f64;

    /// The formatter of the values.
    fn formatter(&self) -> &dyn ValueFormatter;

    /// The value as a time, if it is one.
    #[doc(hidden)]
    fn __duration(_: &Self::Value) -> Option<Duration>
    where
        Self: Sized,
    {
        None
    }
}

struct Nanoseconds;

impl ValueFormatter for Nanoseconds {
    fn scale_values(&self, _: f64, _: &mut [f64]) -> &'static str {
        "ns"
    }

    fn scale_throughputs(&self, _: f64, _: &Throughput, _: &mut [f64]) -> &'static str {
        "ns"
    }

    fn scale_for_machines(&self, _: &mut [f64]) -> &'static str {
        "ns"
    }
}

/// The time of the clock.
pub struct WallTime;

impl Measurement for WallTime {
    type Intermediate = Instant;
    type Value = Duration;

    fn start(&self) -> Instant {
        Instant::now()
    }

    fn end(&self, i: Instant) -> Duration {
        i.elapsed()
    }

    fn add(&self, v1: &Duration, v2: &Duration) -> Duration {
        *v1 + *v2
    }

    fn zero(&self) -> Duration {
        Duration::from_secs(0)
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        value.as_nanos() as f64
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        &Nanoseconds
    }

    fn __duration(value: &Duration) -> Option<Duration> {
        Some(*value)
    }
}
