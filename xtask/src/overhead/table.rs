//! Prints the report as text.

use std::io::{self, Write};

use heapmark_model::format::plural;

use super::comparison::{COMPARISONS, Comparison, SAME, THREADS};
use super::limits::LimitStatus;
use super::report::{Report, Row};

/// Writes the table, and the limits below it.
pub fn write(out: &mut impl Write, report: &Report) -> io::Result<()> {
    let machine = &report.machine;
    writeln!(out, "An allocation of 64 bytes and its free")?;
    writeln!(
        out,
        "{}, {} · {} · commit {}",
        machine.cpu,
        plural(machine.cores, "core"),
        machine.rustc,
        machine.commit
    )?;
    let link_orders = match report.link_orders_shuffled {
        true => format!(
            "{} of each binary",
            plural(report.link_orders, "link order")
        ),
        false => "link order not randomised".to_owned(),
    };
    let (rounds, lost) = (report.rounds, report.lost_pairs);
    writeln!(
        out,
        "{} · {link_orders} · {} given up because the machine was busy\n",
        plural(rounds as usize, "round"),
        match lost {
            1 => "1 pair of launches".to_owned(),
            _ => format!("{lost} pairs of launches"),
        }
    )?;
    write!(out, "{:<24}{:>12}", "", "instructions")?;
    for threads in THREADS {
        let on = format!("ns, {threads} thr.");
        write!(
            out,
            "{on:>12}  {:<8}{:<16}{:<15}",
            "time", "95 % of median", "90 % of rounds"
        )?;
    }
    writeln!(out)?;
    for comparison in COMPARISONS {
        let name = match comparison {
            SAME => "plain ÷ plain (A/A)".to_owned(),
            Comparison { measured, base } => format!("{measured} ÷ {base}"),
        };
        let instructions = instructions(report, comparison);
        write!(out, "{name:<24}{instructions:>12}")?;
        for row in report.rows.iter().filter(|r| r.comparison == comparison) {
            write_time(out, row)?;
        }
        writeln!(out)?;
    }
    writeln!(out)?;
    for limit in &report.limits {
        let word = match limit.verdict {
            LimitStatus::Kept => "KEPT",
            LimitStatus::Broken => "BROKEN",
            LimitStatus::Withheld => "WITHHELD",
            LimitStatus::Skipped => "SKIPPED",
        };
        writeln!(out, "{word:>10}  {:<50}{}", limit.promise, limit.seen)?;
    }
    Ok(())
}

/// The instructions of the base for A/A, otherwise the difference from the base.
fn instructions(report: &Report, comparison: Comparison) -> String {
    let Some(counts) = &report.instructions else {
        return "skipped".to_owned();
    };
    let count = |wrapper| counts.get(wrapper).copied().unwrap_or_default();
    match comparison {
        SAME => format!("{:.0}", count("plain")),
        Comparison { measured, base } => format!("{:+.0}", count(measured) - count(base)),
    }
}

fn write_time(out: &mut impl Write, row: &Row) -> io::Result<()> {
    let nanoseconds = format!("{:.2}", row.nanoseconds);
    let Some(ratio) = row.ratio else {
        return write!(out, "{nanoseconds:>12}  {:<39}", "too few launches");
    };
    let time = format!("×{}", times(ratio.median));
    let known = format!("{} … {}", times(ratio.low), times(ratio.high));
    let spread = format!("{} … {}", times(ratio.spread_low), times(ratio.spread_high));
    write!(out, "{nanoseconds:>12}  {time:<8}{known:<16}{spread:<15}")
}

/// A ratio with about four digits.
fn times(ratio: f64) -> String {
    match ratio {
        ..10.0 => format!("{ratio:.3}"),
        _ => format!("{ratio:.1}"),
    }
}
