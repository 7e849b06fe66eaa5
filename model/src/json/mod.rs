//! JSON for the protocol of workers, with only what the protocol needs.
//!
//! There is no dependency for this. Every JSON library brings crates whose versions or features the
//! measured benchmark may share, or trait impls that make other crates' tests ambiguous. See
//! docs/decisions/0025-four-packages.md.
//!
//! ```text
//!  value ─ Json::write ─▶ text ─ parse ─▶ Value ─ Json::read ─▶ value
//! ```

mod impls;
mod parse;

pub use parse::{Value, parse};

/// A value that can be written as JSON and read from it.
pub trait Json: Sized {
    /// Appends the value to `out`.
    fn write(&self, out: &mut String);

    /// Reads the value.
    ///
    /// # Errors
    ///
    /// A text that states what is wrong, if `value` has another type.
    fn read(value: &Value) -> Result<Self, String>;

    /// The value of an absent key; `None` if the key is required.
    fn absent() -> Option<Self> {
        None
    }

    /// Whether the key is omitted when the object is written.
    fn is_absent(&self) -> bool {
        false
    }
}

/// `value` as JSON text.
pub fn to_text(value: &impl Json) -> String {
    let mut text = String::new();
    value.write(&mut text);
    text
}

/// The field `key` of an object.
pub fn field<T: Json>(value: &Value, key: &str) -> Result<T, String> {
    match value.get(key) {
        Some(value) => T::read(value).map_err(|reason| format!("`{key}`: {reason}")),
        None => T::absent().ok_or_else(|| format!("`{key}` is missing")),
    }
}

/// Appends `"key":value` to the object at the end of `out`, unless the key is omitted.
pub fn write_field(out: &mut String, key: &str, value: &impl Json) {
    if value.is_absent() {
        return;
    }
    if !out.ends_with('{') {
        out.push(',');
    }
    out.push('"');
    out.push_str(key);
    out.push_str("\":");
    value.write(out);
}

/// Writes and reads a struct as an object whose keys are the names of its fields; `field = "key"`
/// sets another key. Fields after `default` may be missing.
macro_rules! json_object {
    ($type:ident { $($field:ident $(= $key:literal)?),* $(,)? }
     $(default { $($lenient:ident),* $(,)? })?) => {
        impl $crate::json::Json for $type {
            fn write(&self, out: &mut String) {
                out.push('{');
                $($crate::json::write_field(
                    out,
                    $crate::json::json_key!($field $($key)?),
                    &self.$field,
                );)*
                $($($crate::json::write_field(out, stringify!($lenient), &self.$lenient);)*)?
                out.push('}');
            }

            fn read(value: &$crate::json::Value) -> Result<Self, String> {
                Ok(Self {
                    $($field: $crate::json::field(
                        value,
                        $crate::json::json_key!($field $($key)?),
                    )?,)*
                    $($($lenient: match value.get(stringify!($lenient)) {
                        Some(_) => $crate::json::field(value, stringify!($lenient))?,
                        None => Default::default(),
                    },)*)?
                })
            }
        }
    };
}

/// The key of a field: its name, unless another one is given.
macro_rules! json_key {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $key:literal) => {
        $key
    };
}

/// Writes and reads an enum without data as a string.
macro_rules! json_word {
    ($type:ident { $($variant:ident = $word:literal),* $(,)? }) => {
        impl $crate::json::Json for $type {
            fn write(&self, out: &mut String) {
                let word = match self {
                    $(Self::$variant => $word,)*
                };
                $crate::json::Json::write(&word.to_owned(), out);
            }

            fn read(value: &$crate::json::Value) -> Result<Self, String> {
                match &*String::read(value)? {
                    $($word => Ok(Self::$variant),)*
                    other => Err(format!("unknown value `{other}`")),
                }
            }
        }
    };
}

pub(crate) use {json_key, json_object, json_word};

#[cfg(test)]
mod tests;
