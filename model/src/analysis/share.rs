//! The confidence interval of a share.

/// The 95 % interval of the share `found` of `all`, by Wilson's score; 0 to 1 if `all` is 0.
pub fn share_interval(found: u32, all: u32) -> (f64, f64) {
    const NORMAL: f64 = 1.959_964;
    if all == 0 {
        return (0.0, 1.0);
    }
    let (share, all) = (f64::from(found) / f64::from(all), f64::from(all));
    let squared = NORMAL * NORMAL / all;
    let middle = share + squared / 2.0;
    let half = NORMAL * (share * (1.0 - share) / all + squared / all / 4.0).sqrt();
    let end = |end: f64| (end / (1.0 + squared)).clamp(0.0, 1.0);
    (end(middle - half), end(middle + half))
}

#[cfg(test)]
mod tests {
    use super::share_interval;

    #[test]
    fn the_interval_is_wilsons() {
        let rounded = |found, all| {
            let (low, high) = share_interval(found, all);
            [low, high].map(|end| (end * 1e4).round() / 1e4)
        };
        assert_eq!(rounded(0, 800), [0.0, 0.0048]);
        assert_eq!(rounded(50, 100), [0.4038, 0.5962]);
        assert_eq!(rounded(0, 0), [0.0, 1.0]);
    }
}
