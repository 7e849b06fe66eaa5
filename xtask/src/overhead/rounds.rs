//! Launches the binaries, pair by pair. It computes ratios and judges none.
//!
//! ```text
//!  round   ┌ closed, plain │ plain, local │ … every comparison on 1 and 2 threads, shuffled
//!  pair    └ one launch each, side by side in time, which is first is drawn; so are the layouts
//! ```
//!
//! A machine that others share has spells in which everything is half as fast. Two launches in
//! a row nearly always fall into the same one, so that their ratio survives it.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Context, bail};

use super::binaries::Binaries;
use super::comparison::{self, Comparison};

/// Good batches that a launch waits for; each takes 200 µs.
const BATCHES: &str = "50";

/// Everything that was timed, by comparison and number of threads.
#[derive(Default)]
pub struct Timed {
    /// A ratio a pair of launches.
    pub ratios: BTreeMap<(Comparison, usize), Vec<f64>>,
    /// Nanoseconds of CPU time that a pair of 64 bytes took, one a launch.
    pub nanoseconds: BTreeMap<(&'static str, usize), Vec<f64>>,
    /// Pairs of launches that were given up, since the machine was too busy.
    pub lost: usize,
}

/// Runs `rounds` rounds; `progress` hears the number of each before it begins.
pub fn run(binaries: &Binaries, rounds: u32, progress: &dyn Fn(u32)) -> anyhow::Result<Timed> {
    // A fixed order: it has to be unlike any rhythm of the machine, not unlike the last run's.
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
        let (one, other) = draw.two_layouts(binaries.layouts());
        let mut sides = [(comparison.measured, one), (comparison.base, other)];
        let reversed = draw.below(2) == 1;
        if reversed {
            sides.reverse();
        }
        let mut times = Vec::with_capacity(2);
        for (wrapper, layout) in sides {
            let Some(time) = launch(binaries, wrapper, layout, threads)? else {
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

/// Nanoseconds a pair in one process; `None` where the machine was too busy for it.
fn launch(
    binaries: &Binaries,
    wrapper: &str,
    layout: usize,
    threads: usize,
) -> anyhow::Result<Option<f64>> {
    let path = binaries.path(wrapper, layout);
    let output = Command::new(&path)
        .args(["time", &threads.to_string(), BATCHES])
        // A program's environment moves its stack.
        .env_clear()
        .output()
        .with_context(|| format!("starting {}", path.display()))?;
    match output.status.code() {
        Some(0) => {}
        Some(2) => return Ok(None),
        _ => bail!("{} ended with {}", path.display(), output.status),
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let time = text.split_whitespace().next().and_then(|t| t.parse().ok());
    time.map(Some)
        .with_context(|| format!("{} printed no time: {text}", path.display()))
}

/// A sequence of numbers without pattern (SplitMix64).
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

    /// Two layouts that differ, where there are two.
    fn two_layouts(&mut self, layouts: usize) -> (usize, usize) {
        let one = self.below(layouts);
        let step = 1 + self.below(layouts.saturating_sub(1));
        (one, (one + step) % layouts.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::Draw;

    #[test]
    fn two_layouts_of_a_pair_always_differ() {
        let mut draw = Draw(1);
        for _ in 0..1000 {
            let (one, other) = draw.two_layouts(3);
            assert!(one != other && one < 3 && other < 3);
        }
    }

    #[test]
    fn a_single_layout_is_its_own_partner() {
        assert_eq!(Draw(1).two_layouts(1), (0, 0));
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
