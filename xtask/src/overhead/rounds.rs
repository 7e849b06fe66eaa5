//! Launches the binaries in pairs and computes ratios. It does not judge them.
//!
//! ```text
//!  round   ┌ closed, plain │ plain, local │ … every comparison on 1 and 2 threads, shuffled
//!  pair    └ one launch of each, one after the other; their order and link orders are random
//! ```
//!
//! A shared machine has phases in which everything is half as fast. Two consecutive launches nearly
//! always fall into the same phase, so their ratio is not affected.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Context, bail};

use super::binaries::Binaries;
use super::comparison::{self, Comparison};

/// Good batches that a launch needs; each takes 200 µs.
const BATCHES: &str = "50";

/// All times, by comparison and number of threads.
#[derive(Default)]
pub struct Timed {
    /// One ratio for each pair of launches.
    pub ratios: BTreeMap<(Comparison, usize), Vec<f64>>,
    /// Nanoseconds of CPU time of a 64-byte allocation and its free, one value for each launch.
    pub nanoseconds: BTreeMap<(&'static str, usize), Vec<f64>>,
    /// Pairs of launches that were given up because the machine was too busy.
    pub lost: usize,
}

/// Runs `rounds` rounds. `progress` receives the number of each round before it begins.
pub fn run(binaries: &Binaries, rounds: u32, progress: &dyn Fn(u32)) -> anyhow::Result<Timed> {
    // The order is fixed. It must not match a rhythm of the machine, but it may match the last run.
    let mut draw = Draw(0x0068_6561_706d_6172);
    let mut timed = Timed::default();
    for round in 1..=rounds {
        progress(round);
        let mut pairs = comparison::all();
        draw.shuffle(&mut pairs);
        for (comparison, threads) in pairs {
            timed.add_pair(binaries, comparison, threads, &mut draw)?;
        }
    }
    Ok(timed)
}

impl Timed {
    fn add_pair(
        &mut self,
        binaries: &Binaries,
        comparison: Comparison,
        threads: usize,
        draw: &mut Draw,
    ) -> anyhow::Result<()> {
        let (one, other) = draw.two_link_orders(binaries.link_orders());
        let mut sides = [(comparison.measured, one), (comparison.base, other)];
        let reversed = draw.below(2) == 1;
        if reversed {
            sides.reverse();
        }
        let mut times = Vec::with_capacity(2);
        for (wrapper, link_order) in sides {
            let Some(time) = launch(binaries, wrapper, link_order, threads)? else {
                self.lost += 1;
                return Ok(());
            };
            let launches = self.nanoseconds.entry((wrapper, threads)).or_default();
            launches.push(time);
            times.push(time);
        }
        let ratio = match reversed {
            false => times[0] / times[1],
            true => times[1] / times[0],
        };
        let ratios = self.ratios.entry((comparison, threads)).or_default();
        ratios.push(ratio);
        Ok(())
    }
}

/// Nanoseconds per pair in one process; `None` if the machine was too busy.
fn launch(
    binaries: &Binaries,
    wrapper: &str,
    link_order: usize,
    threads: usize,
) -> anyhow::Result<Option<f64>> {
    let path = binaries.path(wrapper, link_order);
    let output = Command::new(&path)
        .args(["time", &threads.to_string(), BATCHES])
        // The environment of a program moves its stack.
        .env_clear()
        .output()
        .with_context(|| format!("cannot run {}", path.display()))?;
    match output.status.code() {
        Some(0) => {}
        Some(2) => return Ok(None),
        _ => bail!("{} ended with {}", path.display(), output.status),
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let time = text.split_whitespace().next().and_then(|t| t.parse().ok());
    time.map(Some)
        .with_context(|| format!("{} printed no time but: {text}", path.display()))
}

/// A sequence of pseudo-random numbers (SplitMix64).
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number from 0 to `end` − 1.
    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }

    /// Two different link orders, if there is more than one.
    fn two_link_orders(&mut self, link_orders: usize) -> (usize, usize) {
        let one = self.below(link_orders);
        let step = 1 + self.below(link_orders.saturating_sub(1));
        (one, (one + step) % link_orders.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::Draw;

    #[test]
    fn two_link_orders_of_a_pair_always_differ() {
        let mut draw = Draw(1);
        for _ in 0..1000 {
            let (one, other) = draw.two_link_orders(3);
            assert!(one != other && one < 3 && other < 3);
        }
    }

    #[test]
    fn a_single_link_order_is_paired_with_itself() {
        assert_eq!(Draw(1).two_link_orders(1), (0, 0));
    }

    #[test]
    fn shuffling_keeps_every_item() {
        let mut items: Vec<u32> = (0..100).collect();
        Draw(1).shuffle(&mut items);
        assert!(!items.is_sorted());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
