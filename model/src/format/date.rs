//! Dates and times, from the RFC 3339 times of records.

/// An RFC 3339 time in UTC to the minute, as in `2026-11-22 21:41 UTC`.
///
/// Records hold times in UTC only, so nothing is converted. Text in any other form is returned
/// unchanged.
pub fn date(time: &str) -> String {
    let looks_right = is_shaped(time, "dddd-dd-ddTdd:dd") && time.ends_with('Z');
    match (looks_right, time.get(..10), time.get(11..16)) {
        (true, Some(day), Some(minute)) => format!("{day} {minute} UTC"),
        _ => time.to_owned(),
    }
}

/// The day of an RFC 3339 time, as in `2026-11-22`; other text is returned unchanged.
pub fn day(time: &str) -> &str {
    match time.get(..10) {
        Some(day) if is_shaped(time, "dddd-dd-dd") => day,
        _ => time,
    }
}

/// Whether `text` begins as `shape` does, in which `d` means any digit.
fn is_shaped(text: &str, shape: &str) -> bool {
    text.len() >= shape.len()
        && text.bytes().zip(shape.bytes()).all(|(byte, wanted)| {
            if wanted == b'd' {
                byte.is_ascii_digit()
            } else {
                byte == wanted
            }
        })
}

#[cfg(test)]
mod tests {
    use super::{date, day};

    #[test]
    fn a_time_is_shown_to_the_minute() {
        assert_eq!(date("2026-11-22T21:41:07Z"), "2026-11-22 21:41 UTC");
        assert_eq!(day("2026-11-22T21:41:07Z"), "2026-11-22");
    }

    #[test]
    fn text_that_is_not_a_time_is_unchanged() {
        for text in [
            "",
            "soon",
            "2026-11-22",
            "ÄÄÄÄ-ÄÄ-ÄÄTÄÄ:ÄÄ:ÄÄZ",
            "2026-11-22T21:4",
        ] {
            assert_eq!(date(text), text);
        }
        assert_eq!(day("202é-11-22"), "202é-11-22");
    }

    #[test]
    fn a_time_of_another_zone_is_not_called_utc() {
        let local = "2026-11-22T21:41:07+02:00";
        assert_eq!(date(local), local);
    }
}
