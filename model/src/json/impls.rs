//! JSON of numbers, strings, options, lists and maps.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Json, Value};

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::Text(_) => "a string",
        Value::List(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn unlike(wanted: &str, value: &Value) -> String {
    format!("expected {wanted}, found {}", kind(value))
}

macro_rules! whole_numbers {
    ($($number:ty),*) => {
        $(impl Json for $number {
            fn write(&self, out: &mut String) {
                // Writing to a string never fails.
                let _ = write!(out, "{self}");
            }

            fn read(value: &Value) -> Result<Self, String> {
                match value {
                    Value::Number(digits) => digits
                        .parse()
                        .map_err(|_| format!("expected {}, found {digits}", stringify!($number))),
                    other => Err(unlike("a number", other)),
                }
            }
        })*
    };
}

whole_numbers!(u16, u32, u64, i64);

impl Json for bool {
    fn write(&self, out: &mut String) {
        out.push_str(if *self { "true" } else { "false" });
    }

    fn read(value: &Value) -> Result<Self, String> {
        match value {
            Value::Bool(truth) => Ok(*truth),
            other => Err(unlike("a boolean", other)),
        }
    }
}

impl Json for String {
    fn write(&self, out: &mut String) {
        out.push('"');
        for character in self.chars() {
            match character {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                control if control < ' ' => {
                    let _ = write!(out, "\\u{:04x}", u32::from(control));
                }
                plain => out.push(plain),
            }
        }
        out.push('"');
    }

    fn read(value: &Value) -> Result<Self, String> {
        match value {
            Value::Text(text) => Ok(text.clone()),
            other => Err(unlike("a string", other)),
        }
    }
}

impl<T: Json> Json for Option<T> {
    fn write(&self, out: &mut String) {
        match self {
            Some(value) => value.write(out),
            None => out.push_str("null"),
        }
    }

    fn read(value: &Value) -> Result<Self, String> {
        match value {
            Value::Null => Ok(None),
            value => T::read(value).map(Some),
        }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Json> Json for Vec<T> {
    fn write(&self, out: &mut String) {
        out.push('[');
        for (index, value) in self.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            value.write(out);
        }
        out.push(']');
    }

    fn read(value: &Value) -> Result<Self, String> {
        match value {
            Value::List(values) => values.iter().map(T::read).collect(),
            other => Err(unlike("an array", other)),
        }
    }
}

impl<A: Json, B: Json> Json for (A, B) {
    fn write(&self, out: &mut String) {
        out.push('[');
        self.0.write(out);
        out.push(',');
        self.1.write(out);
        out.push(']');
    }

    fn read(value: &Value) -> Result<Self, String> {
        match value {
            Value::List(values) => match values.as_slice() {
                [first, second] => Ok((A::read(first)?, B::read(second)?)),
                others => Err(format!("expected 2 values, found {}", others.len())),
            },
            other => Err(unlike("a pair", other)),
        }
    }
}

/// Keys are strings.
impl<K: Json + Ord, V: Json> Json for BTreeMap<K, V> {
    fn write(&self, out: &mut String) {
        out.push('{');
        for (index, (key, value)) in self.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            key.write(out);
            out.push(':');
            value.write(out);
        }
        out.push('}');
    }

    fn read(value: &Value) -> Result<Self, String> {
        let Value::Object(fields) = value else {
            return Err(unlike("an object", value));
        };
        let entries = fields.iter().map(|(key, value)| {
            let name = K::read(&Value::Text(key.clone()))?;
            Ok((
                name,
                V::read(value).map_err(|reason| format!("`{key}`: {reason}"))?,
            ))
        });
        entries.collect()
    }
}
