//! Parses JSON text into a [`Value`].

use std::iter::Peekable;
use std::str::Chars;

/// A parsed JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as it is written; the type that reads it decides how to convert it.
    Number(String),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Value>),
    /// An object, with its keys in the order of the text.
    Object(Vec<(String, Value)>),
}

impl Value {
    /// The value of a key, if this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(fields) => fields
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, value)| value),
            _ => None,
        }
    }
}

/// The maximum nesting of arrays and objects. No message is nested that deeply, and deeper nesting
/// could overflow the stack.
const DEPTH: usize = 64;

/// Parses a whole text as one JSON value.
///
/// # Errors
///
/// A text that states what is wrong, if the text is not JSON or is nested too deeply.
pub fn parse(text: &str) -> Result<Value, String> {
    let mut reader = Reader {
        rest: text.chars().peekable(),
        depth: 0,
    };
    let value = reader.value()?;
    reader.space();
    match reader.rest.next() {
        None => Ok(value),
        Some(more) => Err(format!("unexpected `{more}` after the end of the value")),
    }
}

struct Reader<'t> {
    rest: Peekable<Chars<'t>>,
    depth: usize,
}

impl Reader<'_> {
    fn space(&mut self) {
        while self
            .rest
            .next_if(|c| matches!(c, ' ' | '\t' | '\n' | '\r'))
            .is_some()
        {}
    }

    fn value(&mut self) -> Result<Value, String> {
        self.space();
        match self.rest.peek() {
            Some('{') => self.nested(Self::object),
            Some('[') => self.nested(Self::list),
            Some('"') => self.text().map(Value::Text),
            Some('-' | '0'..='9') => self.number(),
            _ => self.word(),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value, String>) -> Result<Value, String> {
        self.rest.next();
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(format!("nested more than {DEPTH} levels deep"));
        }
        let value = read(self);
        self.depth -= 1;
        value
    }

    /// Whether `end` comes next; if so, it is consumed.
    fn ends(&mut self, end: char) -> bool {
        self.space();
        self.rest.next_if_eq(&end).is_some()
    }

    fn expect(&mut self, wanted: char) -> Result<(), String> {
        self.space();
        match self.rest.next() {
            Some(found) if found == wanted => Ok(()),
            Some(found) => Err(format!("expected `{wanted}`, found `{found}`")),
            None => Err(format!("expected `{wanted}`, found the end of the text")),
        }
    }

    fn object(&mut self) -> Result<Value, String> {
        let mut fields = Vec::new();
        if self.ends('}') {
            return Ok(Value::Object(fields));
        }
        loop {
            self.space();
            let key = self.text()?;
            self.expect(':')?;
            fields.push((key, self.value()?));
            if self.ends('}') {
                return Ok(Value::Object(fields));
            }
            self.expect(',')?;
        }
    }

    fn list(&mut self) -> Result<Value, String> {
        let mut values = Vec::new();
        if self.ends(']') {
            return Ok(Value::List(values));
        }
        loop {
            values.push(self.value()?);
            if self.ends(']') {
                return Ok(Value::List(values));
            }
            self.expect(',')?;
        }
    }

    fn text(&mut self) -> Result<String, String> {
        self.expect('"')?;
        let mut text = String::new();
        loop {
            match self.rest.next().ok_or("unterminated string")? {
                '"' => return Ok(text),
                '\\' => text.push(self.escaped()?),
                control if control < ' ' => return Err("control character in a string".to_owned()),
                plain => text.push(plain),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, String> {
        Ok(match self.rest.next().ok_or("unterminated string")? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => return self.code_point(),
            same @ ('"' | '\\' | '/') => same,
            other => return Err(format!("invalid escape `\\{other}` in a string")),
        })
    }

    fn code_point(&mut self) -> Result<char, String> {
        let first = self.code_unit()?;
        let units = match first {
            // The first half of a surrogate pair.
            0xd800..0xdc00 if self.rest.next_if_eq(&'\\').is_some() => {
                self.expect('u')?;
                vec![first, self.code_unit()?]
            }
            _ => vec![first],
        };
        let text = String::from_utf16(&units).map_err(|_| "unpaired surrogate in a string")?;
        text.chars().next().ok_or_else(|| "empty escape".to_owned())
    }

    fn code_unit(&mut self) -> Result<u16, String> {
        let digits: String = self.rest.by_ref().take(4).collect();
        u16::from_str_radix(&digits, 16).map_err(|_| format!("invalid escape `\\u{digits}`"))
    }

    fn number(&mut self) -> Result<Value, String> {
        let mut digits = String::new();
        let is_digit = |c: &char| matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E');
        while let Some(digit) = self.rest.next_if(is_digit) {
            digits.push(digit);
        }
        match digits.parse::<f64>() {
            Ok(_) => Ok(Value::Number(digits)),
            Err(_) => Err(format!("`{digits}` is not a number")),
        }
    }

    fn word(&mut self) -> Result<Value, String> {
        let mut word = String::new();
        while let Some(letter) = self.rest.next_if(char::is_ascii_lowercase) {
            word.push(letter);
        }
        match &*word {
            "null" => Ok(Value::Null),
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(match self.rest.peek() {
                Some(other) => format!("`{word}{other}` is not a JSON value"),
                None => "expected a value, found the end of the text".to_owned(),
            }),
        }
    }
}
