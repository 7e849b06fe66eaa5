//! Counts, bytes, rates and plurals.

/// U+2212: as wide as a plus sign, and never mistaken for a hyphen.
const MINUS: char = '\u{2212}';

/// The names of the units, each 1,024 times the one before.
const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/// An unsigned number as a signed one, for functions that take signed numbers. Larger numbers
/// become `i64::MAX`.
pub fn as_signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A number of events with thousands separators, as in `1,234`.
pub fn count(value: i64) -> String {
    signed(value, "", &separated(value.unsigned_abs()))
}

/// A difference of events with its sign, as in `+2`; zero has no sign.
pub fn signed_count(value: i64) -> String {
    signed(value, "+", &separated(value.unsigned_abs()))
}

/// A number of bytes: exact below 1 KiB, otherwise with three digits, as in `97.7 KiB`.
pub fn bytes(value: i64) -> String {
    signed(value, "", &scaled(value.unsigned_abs()))
}

/// A number of bytes in full, as in `100,000 B`.
pub fn bytes_exact(value: i64) -> String {
    format!("{} B", count(value))
}

/// A difference in bytes with its sign, as in `+1.50 KiB`; zero has no sign.
pub fn signed_bytes(value: i64) -> String {
    signed(value, "+", &scaled(value.unsigned_abs()))
}

/// The bytes and blocks by which live memory grows per step, as in `+108.5 B +1 block a step`. An
/// amount that does not change is omitted. `each` is the step with its article, as in `a step`.
pub fn growth_rate(bytes: f64, blocks: f64, each: &str) -> String {
    let amount = |value: f64, unit: &str| {
        (value.abs() >= LEAST_RATE).then(|| format!("{} {unit}", significant(value)))
    };
    let noun = if significant(blocks) == "+1" {
        "block"
    } else {
        "blocks"
    };
    let amounts = [amount(bytes, "B"), amount(blocks, noun)];
    let amounts: Vec<String> = amounts.into_iter().flatten().collect();
    match amounts.as_slice() {
        [] => {
            let step = each.split_once(' ').map_or(each, |(_, noun)| noun);
            format!("less than 1 B in a million {step}s")
        }
        amounts => format!("{} {each}", amounts.join(" ")),
    }
}

/// Rates below this count as zero.
const LEAST_RATE: f64 = 1e-9;

/// A number with its sign and four significant digits, as in `+161.9` and `+0.0004`; from 1,000 on in
/// full, as in `+12,346`.
fn significant(value: f64) -> String {
    if value.abs() >= 1_000.0 {
        return signed(
            value.round() as i64,
            "+",
            &separated(value.abs().round() as u64),
        );
    }
    let exponent = value.abs().log10().floor();
    let decimals = (3.0 - exponent).clamp(0.0, 12.0) as usize;
    let text = format!("{value:+.decimals$}").replace('-', "\u{2212}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// An average number of events per iteration with up to three significant digits, as in `1.03`.
pub fn per_iteration(value: f64) -> String {
    if value.fract() == 0.0 || value.abs() >= 1_000.0 {
        return count(value.round() as i64);
    }
    let places = match value.abs() {
        0.0..1.0 => 3,
        1.0..10.0 => 2,
        10.0..100.0 => 1,
        _ => 0,
    };
    let text = format!("{value:.places$}").replace('-', "\u{2212}");
    if places == 0 {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// An average number of bytes per iteration, as in `16.2 B`; from 1 KiB on, like [`bytes()`].
pub fn per_iteration_bytes(value: f64) -> String {
    if value.abs() >= 1_024.0 {
        return bytes(value.round() as i64);
    }
    format!("{} B", per_iteration(value))
}

/// A number with its noun in the singular or plural, as in `1 case`, `2 cases`, `2 processes`.
pub fn plural(value: usize, noun: &str) -> String {
    let number = separated(value as u64);
    let ending = match value {
        1 => "",
        _ if noun.ends_with('s') || noun.ends_with("ch") => "es",
        _ => "s",
    };
    format!("{number} {noun}{ending}")
}

/// `digits` with a minus sign if the value is below zero, or with `plus` if it is above.
fn signed(value: i64, plus: &str, digits: &str) -> String {
    match value.signum() {
        1 => format!("{plus}{digits}"),
        -1 => format!("{MINUS}{digits}"),
        _ => digits.to_owned(),
    }
}

fn separated(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn scaled(value: u64) -> String {
    if value < 1024 {
        return format!("{} B", separated(value));
    }
    let mut amount = value as f64 / 1024.0;
    let mut unit = 0;
    // Rounding may reach the next unit: 1,048,575 B is 1.00 MiB, not 1,024 KiB.
    while amount.round() >= 1024.0 && unit + 1 < UNITS.len() {
        amount /= 1024.0;
        unit += 1;
    }
    format!("{} {}", three_digits(amount), UNITS[unit])
}

pub(super) fn three_digits(value: f64) -> String {
    match value {
        // The bounds are where rounding would add a digit: 9.996 is 10.0.
        v if v.abs() < 9.995 => format!("{v:.2}"),
        v if v.abs() < 99.95 => format!("{v:.1}"),
        v => count(v.round() as i64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_carry_separators_and_a_real_minus() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234), "1,234");
        assert_eq!(count(-1_234_567), "\u{2212}1,234,567");
        assert_eq!(count(i64::MIN), "\u{2212}9,223,372,036,854,775,808");
    }

    #[test]
    fn differences_always_carry_their_sign() {
        assert_eq!(signed_count(2), "+2");
        assert_eq!(signed_count(-2), "\u{2212}2");
        assert_eq!(signed_count(0), "0");
        assert_eq!(signed_bytes(1_536), "+1.50 KiB");
        assert_eq!(signed_bytes(-8), "\u{2212}8 B");
    }

    #[test]
    fn a_growth_has_four_digits_and_nothing_that_is_zero() {
        let growth_per_step = |bytes, blocks| growth_rate(bytes, blocks, "a step");
        assert_eq!(growth_per_step(108.5, 1.0), "+108.5 B +1 block a step");
        assert_eq!(growth_per_step(161.851, 2.0), "+161.9 B +2 blocks a step");
        assert_eq!(growth_per_step(0.0, 0.5), "+0.5 blocks a step");
        assert_eq!(growth_per_step(0.000_412_37, 0.0), "+0.0004124 B a step");
        assert_eq!(
            growth_per_step(12_345.67, -3.0),
            "+12,346 B \u{2212}3 blocks a step"
        );
        assert_eq!(growth_per_step(1000.0, 1e-12), "+1,000 B a step");
        assert_eq!(
            growth_per_step(0.0, 0.0),
            "less than 1 B in a million steps"
        );
    }

    #[test]
    fn bytes_are_exact_below_a_kibibyte_and_three_digits_above() {
        assert_eq!(bytes(5), "5 B");
        assert_eq!(bytes(1_000), "1,000 B");
        assert_eq!(bytes(1_023), "1,023 B");
        assert_eq!(bytes(1_024), "1.00 KiB");
        assert_eq!(bytes(100_000), "97.7 KiB");
        assert_eq!(bytes(1_023 * 1_024), "1,023 KiB");
        assert_eq!(bytes(10_235), "10.0 KiB");
        assert_eq!(bytes(-100_000), "\u{2212}97.7 KiB");
    }

    #[test]
    fn rounding_moves_on_to_the_next_unit() {
        assert_eq!(bytes(1_048_575), "1.00 MiB");
        assert_eq!(bytes((1 << 30) - 1), "1.00 GiB");
        assert_eq!(bytes(i64::MAX), "8.00 EiB");
    }

    #[test]
    fn exact_bytes_name_every_byte() {
        assert_eq!(bytes_exact(100_000), "100,000 B");
    }

    #[test]
    fn one_is_singular_and_everything_else_is_not() {
        assert_eq!(plural(0, "case"), "0 cases");
        assert_eq!(plural(1, "case"), "1 case");
        assert_eq!(plural(1_200, "case"), "1,200 cases");
        assert_eq!(plural(2, "process"), "2 processes");
    }

    #[test]
    fn an_average_has_three_digits() {
        let told: Vec<String> = [0.0, 0.0072, 1.0, 1.034, 12.345, 999.7, -1.5, 1_234.5]
            .map(per_iteration)
            .into();
        let expected = ["0", "0.007", "1", "1.03", "12.3", "1000", "−1.5", "1,235"];
        assert_eq!(told, expected);
        assert_eq!(per_iteration_bytes(16.24), "16.2 B");
        assert_eq!(per_iteration_bytes(2_048.4), "2.00 KiB");
    }
}
