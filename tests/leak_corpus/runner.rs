//! Runs each program in a separate process, two at a time, and compares verdicts with the truth.

use std::io::Write;
use std::process::{Command, ExitCode};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crate::beside::both;
use crate::outcome::{Draw, Program};

/// Leaks of fewer bytes per step may stay undecided.
const SLOW: f64 = 0.05;

/// The truth of a clean program that is not full yet.
const FILLS: &str = "fills";

/// Separates the names of two programs that run as one.
const BESIDE: &str = " with ";

/// Runs one program, or two as one, and prints the line that the parent process reads.
pub fn one(programs: &[Program], name: &str, seed: u64) {
    let find = |name| *programs.iter().find(|(known, _)| *known == name).unwrap();
    let start = Instant::now();
    let outcome = match name.split_once(BESIDE) {
        None => find(name).1(&mut Draw::with_seed(seed)),
        Some((one, other)) => both(find(one), find(other), seed),
    };
    let milliseconds = start.elapsed().as_secs_f64() * 1e3;
    let report = outcome.report;
    let clean = if outcome.fills { FILLS } else { "clean" };
    let truth = outcome
        .truth
        .map_or(clean.to_owned(), |rate| rate.to_string());
    let line = format!(
        "{truth} {} {} {} {milliseconds} {}",
        report.verdict, report.bytes_per_step, report.steps, report.reason
    );
    let mut out = std::io::stdout();
    writeln!(out, "{line}").unwrap();
}

/// The line of a program, as the parent process reads it.
#[derive(Clone, Default)]
struct Line {
    name: String,
    seed: u64,
    leak: Option<f64>,
    fills: bool,
    verdict: String,
    rate: f64,
    steps: u64,
    milliseconds: f64,
    reason: String,
}

impl Line {
    fn read(name: &str, seed: u64, text: &str) -> Self {
        let mut words = text.trim_end().splitn(6, ' ');
        let mut next = || words.next().unwrap_or_default().to_owned();
        let truth = next();
        Self {
            name: name.into(),
            seed,
            leak: truth.parse().ok(),
            fills: truth == FILLS,
            verdict: next(),
            rate: next().parse().unwrap_or(f64::NAN),
            steps: next().parse().unwrap_or(0),
            milliseconds: next().parse().unwrap_or(f64::NAN),
            reason: next(),
        }
    }

    fn is_right(&self) -> bool {
        match (self.leak, self.verdict.as_str()) {
            (Some(_), "LEAKS") | (None, "STEADY") => true,
            (Some(rate), "UNDECIDED") => rate < SLOW,
            (None, "UNDECIDED") => self.fills,
            _ => false,
        }
    }
}

fn run_all(tasks: &[(&str, u64)]) -> Vec<Line> {
    let binary = std::env::current_exe().unwrap();
    let next = AtomicUsize::new(0);
    let lines = Mutex::new(vec![Line::default(); tasks.len()]);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some((name, seed)) = tasks.get(at) else {
                        break;
                    };
                    let mut command = Command::new(&binary);
                    let output = command
                        .args(["--program", name, &seed.to_string()])
                        .output();
                    let output = output.unwrap();
                    let text = String::from_utf8_lossy(&output.stdout).into_owned();
                    let line = Line::read(name, *seed, &text);
                    lines.lock().unwrap()[at] = line;
                }
            });
        }
    });
    lines.into_inner().unwrap()
}

/// Runs every program once and prints a table.
pub fn all(programs: &[Program]) -> ExitCode {
    let tasks: Vec<(&str, u64)> = programs.iter().map(|(name, _)| (*name, 0)).collect();
    let lines = run_all(&tasks);
    for line in &lines {
        print(line);
    }
    summary(&lines)
}

/// Runs every program with random parameters; prints the wrong verdicts.
pub fn seeds(programs: &[Program], count: u64) -> ExitCode {
    let tasks: Vec<(&str, u64)> = (1..=count)
        .flat_map(|seed| programs.iter().map(move |(name, _)| (*name, seed)))
        .collect();
    let lines = run_all(&tasks);
    for line in lines.iter().filter(|line| !line.is_right()) {
        print(line);
    }
    summary(&lines)
}

/// Runs every program together with a random clean one, once per seed; prints the wrong verdicts.
pub fn beside(programs: &[Program], clean: &[Program], count: u64) -> ExitCode {
    let pairs: Vec<(String, u64)> = (1..=count)
        .flat_map(|seed| {
            let mut draw = Draw::with_seed(seed);
            programs.iter().map(move |(name, _)| {
                let (other, _) = clean[draw.usize(..clean.len())];
                (format!("{name}{BESIDE}{other}"), seed)
            })
        })
        .collect();
    let tasks: Vec<(&str, u64)> = pairs
        .iter()
        .map(|(pair, seed)| (pair.as_str(), *seed))
        .collect();
    let lines = run_all(&tasks);
    for line in lines.iter().filter(|line| !line.is_right()) {
        print(line);
    }
    summary(&lines)
}

/// Runs every program several times. If a program is deterministic, its verdict and number of
/// steps must not change.
pub fn repeat(programs: &[Program], count: u64) -> ExitCode {
    let tasks: Vec<(&str, u64)> = programs.iter().map(|(name, _)| (*name, 0)).collect();
    let first = run_all(&tasks);
    let mut differ = 0;
    for _ in 1..count {
        for (line, again) in first.iter().zip(run_all(&tasks)) {
            if (&line.verdict, line.steps) != (&again.verdict, again.steps) {
                differ += 1;
                print(&again);
            }
        }
    }
    let mut out = std::io::stdout();
    writeln!(
        out,
        "{} programs {count} times: {differ} verdicts differ",
        first.len()
    )
    .unwrap();
    ExitCode::from(u8::from(differ > 0))
}

fn print(line: &Line) {
    let truth = line
        .leak
        .map_or("clean".into(), |rate| format!("{rate:.4} B"));
    let mark = if line.is_right() { ' ' } else { '!' };
    let mut out = std::io::stdout();
    writeln!(
        out,
        "{mark} {:>9}  {:<62} {:>3}  truth {truth:>12}  found {:>10.4} B  {:>7} steps {:>8.1} ms  {}",
        line.verdict, line.name, line.seed, line.rate, line.steps, line.milliseconds, line.reason
    )
    .unwrap();
}

fn summary(lines: &[Line]) -> ExitCode {
    let count = |leak: bool, verdict: &str| {
        let found = lines
            .iter()
            .filter(|line| line.leak.is_some() == leak && line.verdict == verdict);
        found.count()
    };
    let right = lines.iter().filter(|line| line.is_right()).count();
    let (found, false_alarms) = (count(true, "LEAKS"), count(false, "LEAKS"));
    let leaks = lines.iter().filter(|line| line.leak.is_some()).count();
    let mut steps: Vec<u64> = lines.iter().map(|line| line.steps).collect();
    steps.sort_unstable();
    let mut out = std::io::stdout();
    writeln!(
        out,
        "{} programs: {right} right; precision {:.3}, recall {:.3} ({found} of {leaks} leaks found, \
         {} undecided, {false_alarms} false alarms, {} clean undecided); median {} steps",
        lines.len(),
        found as f64 / (found + false_alarms).max(1) as f64,
        found as f64 / leaks.max(1) as f64,
        count(true, "UNDECIDED"),
        count(false, "UNDECIDED"),
        steps[steps.len() / 2],
    )
    .unwrap();
    ExitCode::from(u8::from(right < lines.len()))
}
