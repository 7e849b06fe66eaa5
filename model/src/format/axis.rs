//! Labels of the ticks of a byte axis.

use super::{bytes_exact, count};

/// Labels of the ticks of a byte axis. All use the largest unit that any tick reaches.
///
/// If a tick needs more than two decimals in that unit, all labels are in full bytes, so that
/// neighbouring labels always differ.
pub fn byte_ticks(ticks: &[i64]) -> Vec<String> {
    let largest = ticks.iter().map(|tick| tick.unsigned_abs()).max();
    let (size, unit) = match largest.unwrap_or_default() {
        n if n >= 1 << 30 => (1_i64 << 30, "GiB"),
        n if n >= 1 << 20 => (1 << 20, "MiB"),
        n if n >= 1 << 10 => (1 << 10, "KiB"),
        _ => (1, "B"),
    };
    let fits = |tick: &i64| (i128::from(*tick) * 4) % i128::from(size) == 0;
    if !ticks.iter().all(fits) {
        return ticks.iter().map(|&tick| bytes_exact(tick)).collect();
    }
    let label = |&tick: &i64| {
        let (whole, rest) = (tick / size, tick % size);
        let sign = if tick < 0 && whole == 0 {
            "\u{2212}"
        } else {
            ""
        };
        let decimals = match i128::from(rest.unsigned_abs()) * 4 / i128::from(size) {
            1 => ".25",
            2 => ".5",
            3 => ".75",
            _ => "",
        };
        format!("{sign}{}{decimals} {unit}", count(whole))
    };
    ticks.iter().map(label).collect()
}

#[cfg(test)]
mod tests {
    use super::byte_ticks;

    #[test]
    fn an_axis_has_one_unit() {
        assert_eq!(
            byte_ticks(&[0, 512, 1024, 1536]),
            ["0 KiB", "0.5 KiB", "1 KiB", "1.5 KiB"]
        );
        assert_eq!(byte_ticks(&[0, 32, 64]), ["0 B", "32 B", "64 B"]);
        assert_eq!(
            byte_ticks(&[-256, 0, 1024]),
            ["\u{2212}0.25 KiB", "0 KiB", "1 KiB"]
        );
    }

    #[test]
    fn neighbours_never_read_alike() {
        assert_eq!(
            byte_ticks(&[1 << 20, (1 << 20) + 64]),
            ["1,048,576 B", "1,048,640 B"]
        );
        assert_eq!(byte_ticks(&[]), [""; 0]);
    }

    #[test]
    fn the_largest_values_fit() {
        assert_eq!(byte_ticks(&[i64::MIN]), ["\u{2212}8,589,934,592 GiB"]);
    }
}
