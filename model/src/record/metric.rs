use crate::json::{Json, Value};

/// What is measured for one iteration of a case.
///
/// The order is the order of columns on screen and on the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "records",
    derive(serde::Serialize, schemars::JsonSchema),
    serde(rename_all = "snake_case")
)]
pub enum Metric {
    /// Blocks asked for, by the routine and by dropping its result.
    Allocs,
    /// Blocks given back, by the routine and by dropping its result.
    Frees,
    /// Blocks that were resized; each counts once, whether it moved or not.
    Reallocs,
    /// Bytes asked for: the sizes of new blocks plus the growth of resized ones.
    Bytes,
    /// Highest live bytes above the start of the routine.
    Peak,
    /// Live bytes after the result (and what is left of the input) is dropped, above those
    /// before the input was made. Zero when the iteration leaves nothing behind.
    Retained,
    /// The part of `Allocs` that dropping the result caused.
    DropAllocs,
    /// The part of `Frees` that dropping the result caused.
    DropFrees,
    /// The part of `Reallocs` that dropping the result caused.
    DropReallocs,
    /// The part of `Bytes` that dropping the result caused.
    DropBytes,
}

/// How a metric is written for people.
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

    /// The metrics that a table shows; the drop's own part is shown on the page of a case.
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

    /// The unit that values of the metric are in.
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

    /// Reads the key as a text: an error in a record can then name the metric that it is about, which
    /// it cannot where the key was read as a variant.
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
    fn the_key_is_what_records_say() {
        for metric in Metric::ALL {
            let json = serde_json::to_string(&metric).unwrap();
            assert_eq!(json, format!("\"{}\"", metric.key()));
            assert_eq!(serde_json::from_str::<Metric>(&json).unwrap(), metric);
        }
    }
}
