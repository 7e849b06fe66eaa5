//! One result of the task, for the table and for JSON.

use serde::Serialize;

use super::binaries::Binaries;
use super::callgrind::Instructions;
use super::comparison::{self, Comparison};
use super::limits::{self, Limit};
use super::machine::Machine;
use super::rounds::Timed;
use super::statistics::{self, Estimate};

/// Everything that was measured and judged.
#[derive(Debug, Serialize)]
pub struct Report {
    pub machine: Machine,
    pub rounds: u32,
    /// Link orders of each binary; 1 if the linker cannot shuffle.
    pub link_orders: usize,
    pub link_orders_shuffled: bool,
    /// Pairs of launches that were given up because the machine was too busy.
    pub lost_pairs: usize,
    /// Instructions of an allocation and its free by wrapper, including the loop around them; null
    /// if valgrind is not installed.
    pub instructions: Instructions,
    pub rows: Vec<Row>,
    pub limits: Vec<Limit>,
}

/// One comparison with one number of threads.
#[derive(Debug, Serialize)]
pub struct Row {
    #[serde(flatten)]
    pub comparison: Comparison,
    pub threads: usize,
    /// Nanoseconds of CPU time of an allocation and its free: the median over all launches of the
    /// measured wrapper.
    pub nanoseconds: f64,
    /// Ratio to the base; null if there are fewer than six pairs of launches.
    pub ratio: Option<Estimate>,
}

impl Report {
    pub fn new(
        machine: Machine,
        rounds: u32,
        binaries: &Binaries,
        instructions: Instructions,
        timed: &Timed,
    ) -> Self {
        let rows: Vec<Row> = comparison::all()
            .into_iter()
            .map(|(comparison, threads)| Row::new(comparison, threads, timed))
            .collect();
        Self {
            machine,
            rounds,
            link_orders: binaries.link_orders(),
            link_orders_shuffled: binaries.shuffled,
            lost_pairs: timed.lost,
            limits: limits::judge(&instructions, &rows),
            instructions,
            rows,
        }
    }
}

impl Row {
    fn new(comparison: Comparison, threads: usize, timed: &Timed) -> Self {
        let launches = timed.nanoseconds.get(&(comparison.measured, threads));
        let mut launches = launches.cloned().unwrap_or_default();
        launches.sort_by(f64::total_cmp);
        let ratios = timed.ratios.get(&(comparison, threads));
        Self {
            comparison,
            threads,
            nanoseconds: statistics::median(&launches),
            ratio: ratios.and_then(|ratios| Estimate::from_values(ratios)),
        }
    }
}
