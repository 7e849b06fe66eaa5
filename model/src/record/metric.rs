//! The metrics of one iteration.

use crate::json::{Json, Value};

/// A metric of one iteration of a case.
///
/// The order is that of the columns on the terminal and on the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "records",
    derive(serde::Serialize, schemars::JsonSchema),
    serde(rename_all = "snake_case")
)]
pub enum Metric {
    /// Blocks allocated by the routine and while its result is dropped.
    Allocs,
    /// Blocks freed by the routine and while its result is dropped.
    Frees,
    /// Blocks reallocated; each counts once, whether it moved or not.
    Reallocs,
    /// Requested bytes: the sizes of new blocks plus the growth of reallocated ones.
    Bytes,
    /// The highest live bytes, above those at the start of the routine.
    Peak,
    /// Live bytes after the result and the rest of the input are dropped, above those before the
    /// input was made. Zero if the iteration leaves nothing behind.
    Retained,
    /// The part of `Allocs` that happens while the result is dropped.
    DropAllocs,
    /// The part of `Frees` that happens while the result is dropped.
    DropFrees,
    /// The part of `Reallocs` that happens while the result is dropped.
    DropReallocs,
    /// The part of `Bytes` that happens while the result is dropped.
    DropBytes,
}

/// The unit of a metric's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A number of events.
    Count,
    /// A number of requested bytes.
    Bytes,
}

impl Metric {
    /// Every metric, in column order.
    pub const ALL: [Self; 10] = [
        Self::Allocs,
        Self::Frees,
        Self::Reallocs,
        Self::Bytes,
        Self::Peak,
        Self::Retained,
        Self::DropAllocs,
        Self::DropFrees,
        Self::DropReallocs,
        Self::DropBytes,
    ];

    /// The metrics in tables. The page of a case also shows the part of dropping the result.
    pub const HEADLINE: [Self; 6] = [
        Self::Allocs,
        Self::Frees,
        Self::Reallocs,
        Self::Bytes,
        Self::Peak,
        Self::Retained,
    ];

    /// The key of the metric in records, on the command line and in data files.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Allocs => "allocs",
            Self::Frees => "frees",
            Self::Reallocs => "reallocs",
            Self::Bytes => "bytes",
            Self::Peak => "peak",
            Self::Retained => "retained",
            Self::DropAllocs => "drop_allocs",
            Self::DropFrees => "drop_frees",
            Self::DropReallocs => "drop_reallocs",
            Self::DropBytes => "drop_bytes",
        }
    }

    /// The unit of the metric's values.
    pub fn unit(self) -> Unit {
        match self {
            Self::Allocs
            | Self::Frees
            | Self::Reallocs
            | Self::DropAllocs
            | Self::DropFrees
            | Self::DropReallocs => Unit::Count,
            Self::Bytes | Self::Peak | Self::Retained | Self::DropBytes => Unit::Bytes,
        }
    }
}

impl Json for Metric {
    fn write(&self, out: &mut String) {
        self.key().to_owned().write(out);
    }

    fn read(value: &Value) -> Result<Self, String> {
        let key = String::read(value)?;
        let known = Self::ALL.into_iter().find(|metric| metric.key() == key);
        known.ok_or_else(|| format!("unknown metric `{key}`"))
    }
}

#[cfg(feature = "records")]
mod stored {
    use std::fmt;

    use serde::de::{Error, Visitor};
    use serde::{Deserialize, Deserializer};

    use super::Metric;

    /// The key of every metric, in column order.
    const KEYS: [&str; 10] = {
        let mut keys = [""; 10];
        let mut index = 0;
        while index < keys.len() {
            keys[index] = Metric::ALL[index].key();
            index += 1;
        }
        keys
    };

    /// Reads the key as a string. An error in a record can then name the metric, which it cannot if
    /// the key is read as an enum variant.
    impl<'de> Deserialize<'de> for Metric {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Key;
            impl Visitor<'_> for Key {
                type Value = Metric;

                fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                    out.write_str("the name of a metric")
                }

                fn visit_str<E: Error>(self, key: &str) -> Result<Metric, E> {
                    let known = Metric::ALL.into_iter().find(|metric| metric.key() == key);
                    known.ok_or_else(|| E::unknown_variant(key, &KEYS))
                }
            }
            deserializer.deserialize_str(Key)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Metric;

    #[test]
    fn the_key_is_the_one_in_records() {
        for metric in Metric::ALL {
            let json = serde_json::to_string(&metric).unwrap();
            assert_eq!(json, format!("\"{}\"", metric.key()));
            assert_eq!(serde_json::from_str::<Metric>(&json).unwrap(), metric);
        }
    }
}
