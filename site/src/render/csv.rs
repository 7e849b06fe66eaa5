//! The newest run as a table for spreadsheets, as RFC 4180 defines.

use crate::view::Table;

/// The table as text, one line per line of the table.
pub(super) fn bytes(table: &Table) -> Vec<u8> {
    let mut text = String::new();
    for line in &table.lines {
        let fields: Vec<String> = line.iter().map(|field| quoted(field)).collect();
        text.push_str(&fields.join(","));
        text.push_str("\r\n");
    }
    text.into_bytes()
}

/// `field`, quoted if necessary. A field that a spreadsheet would run as a formula gets an
/// apostrophe in front; numbers stay as they are.
fn quoted(field: &str) -> String {
    let is_number = field.parse::<i64>().is_ok();
    let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number;
    let field = if formula {
        format!("'{field}")
    } else {
        field.to_owned()
    };
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_field_cannot_break_its_line_or_run_as_a_formula() {
        assert_eq!(quoted("a,b"), "\"a,b\"");
        assert_eq!(quoted("say \"hi\""), "\"say \"\"hi\"\"\"");
        assert_eq!(quoted("=1+1"), "'=1+1");
        assert_eq!(quoted("-5"), "-5");
        assert_eq!(quoted("plain"), "plain");
    }
}
