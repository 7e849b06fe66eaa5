//! JSON for the lines of workers, and no more than they need.
//!
//! Every library that does this brings crates whose versions or features the measured benchmark
//! may share, or trait impls that make other crates' tests ambiguous. See
//! docs/decisions/0025-four-packages.md.
//!
//! ```text
//!  value ─ Json::write ─▶ text ─ parse ─▶ Value ─ Json::read ─▶ value
//! ```

mod impls;
mod parse;

pub use parse::{Value, parse};

/// What can be written to a line and read from one.
pub trait Json: Sized {
    /// Appends the value.
    fn write(&self, out: &mut String);

    /// Reads the value, or states what is wrong.
    ///
    /// # Errors
    ///
    /// If `value` is something else.
    fn read(value: &Value) -> Result<Self, String>;

    /// What an absent key stands for; `None` if there has to be one.
    fn absent() -> Option<Self> {
        None
    }

    /// Whether the key is left out.
    fn is_absent(&self) -> bool {
        false
    }
}

/// `value` as JSON.
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

/// Appends `"key":value` to the object that `out` ends with, unless the key is left out.
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

/// Makes a struct an object with the keys of its fields. Fields after `default` may be missing.
macro_rules! json_object {
    ($type:ident { $($field:ident),* $(,)? } $(default { $($lenient:ident),* $(,)? })?) => {
        impl $crate::json::Json for $type {
            fn write(&self, out: &mut String) {
                out.push('{');
                $($crate::json::write_field(out, stringify!($field), &self.$field);)*
                $($($crate::json::write_field(out, stringify!($lenient), &self.$lenient);)*)?
                out.push('}');
            }

            fn read(value: &$crate::json::Value) -> Result<Self, String> {
                Ok(Self {
                    $($field: $crate::json::field(value, stringify!($field))?,)*
                    $($($lenient: match value.get(stringify!($lenient)) {
                        Some(_) => $crate::json::field(value, stringify!($lenient))?,
                        None => Default::default(),
                    },)*)?
                })
            }
        }
    };
}

/// Makes an enum without data a text.
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
                    other => Err(format!("unknown word `{other}`")),
                }
            }
        }
    };
}

pub(crate) use {json_object, json_word};

#[cfg(test)]
mod tests;
