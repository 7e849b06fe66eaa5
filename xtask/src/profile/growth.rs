//! Whether what lives grows from round to round: the rule for tools that can be read at marks.

/// What lives at a mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Level {
    pub blocks: i64,
    pub bytes: i64,
}

/// What each request leaves behind, over all rounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth {
    pub bytes: f64,
    pub blocks: f64,
    /// Every round ended higher than it began, by more than noise.
    pub steady: bool,
}

/// Bytes by which a round must end higher at the least: a byte a request, and more than a
/// buffer of a connection or a timer that comes and goes.
const NOISE: i64 = 512;

/// The growth over rounds of `requests` each. `None` with fewer than two rounds.
pub fn growth(levels: &[Level], requests: u64) -> Option<Growth> {
    let (first, last) = (levels.first()?, levels.last()?);
    let rounds = levels.len().checked_sub(1).filter(|&rounds| rounds > 1)?;
    let all = rounds as f64 * requests as f64;
    let least = NOISE.max(requests as i64);
    Some(Growth {
        bytes: (last.bytes - first.bytes) as f64 / all,
        blocks: (last.blocks - first.blocks) as f64 / all,
        steady: levels
            .windows(2)
            .all(|pair| pair[1].bytes - pair[0].bytes >= least),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steady(bytes: [i64; 4]) -> bool {
        let levels = bytes.map(|bytes| Level { blocks: 0, bytes });
        growth(&levels, 100).unwrap().steady
    }

    #[test]
    fn only_growth_in_every_round_is_a_leak() {
        assert!(steady([0, 1_000, 2_000, 3_000]));
        assert!(!steady([0, 1_000, 1_000, 3_000]));
        assert!(!steady([0, 100, 200, 300]));
        assert!(!steady([5_000, 5_000, 5_000, 5_000]));
    }

    #[test]
    fn the_growth_is_told_for_one_request() {
        let level = |blocks| Level {
            blocks,
            bytes: blocks * 50,
        };
        let growth = growth(&[level(0), level(200), level(400)], 100).unwrap();
        assert_eq!((growth.blocks, growth.bytes), (2.0, 100.0));
    }
}
