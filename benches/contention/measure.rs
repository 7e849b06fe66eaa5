//! Measures one body once, on a given number of threads, and prints a line of JSON.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use heapmark::stats;
use heapmark_model::record::ContentionMeasurement;
use rustix::time::{ClockId, clock_gettime};

use crate::bodies::{self, Body, MOST_THREADS, Work};

/// Iterations of all threads together, the same for any number of threads. With eight threads on
/// two cores, each thread is interrupted during its iterations, as in a busy program.
const TURNS: u64 = 800_000;
/// Iterations before the timed ones, in which every thread runs everything once.
const WARM: u64 = 8_000;
/// Iterations whose allocations are counted.
const COUNTED: u64 = 80_000;

/// Runs `--measure` or `--bodies`; `None` for other arguments.
pub fn answer(arguments: &[String]) -> Option<ExitCode> {
    let mut arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    // cargo appends it to the arguments of a bench target.
    if arguments.last() == Some(&"--bench") {
        arguments.pop();
    }
    let done = match arguments[..] {
        ["--bodies"] => names(),
        ["--bodies", ..] => Err(io::Error::other("--bodies takes no argument")),
        ["--measure", question, variant, threads] => find(question, variant, threads)
            .and_then(|(body, threads)| print(&measure(body, threads)?)),
        ["--measure", ..] => Err(io::Error::other("--measure takes QUESTION VARIANT THREADS")),
        _ => return None,
    };
    Some(match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::from(2)
        }
    })
}

fn names() -> io::Result<()> {
    let named = bodies::all().map(|body| (body.question, body.variant));
    let line = serde_json::to_string(&named.collect::<Vec<_>>())?;
    writeln!(io::stdout().lock(), "{line}")
}

fn print(measurement: &ContentionMeasurement) -> io::Result<()> {
    let line = serde_json::to_string(measurement)?;
    writeln!(io::stdout().lock(), "{line}")
}

fn find(question: &str, variant: &str, threads: &str) -> io::Result<(&'static Body, usize)> {
    let named = |body: &&Body| body.question == question && body.variant == variant;
    let body = bodies::all().find(named).ok_or_else(|| {
        io::Error::other(format!(
            "no body is named `{question}`, `{variant}`; run --bodies to list all names"
        ))
    })?;
    let count = threads.parse().ok();
    let count = count.filter(|count| (1..=MOST_THREADS).contains(count));
    let refused = || {
        io::Error::other(format!(
            "THREADS must be a number from 1 to 8, not `{threads}`"
        ))
    };
    Ok((body, count.ok_or_else(refused)?))
}

fn measure(body: &Body, threads: usize) -> io::Result<ContentionMeasurement> {
    let work = (body.start)(threads);
    let work = &*work;
    let each = |turns: u64| turns / threads as u64;
    all(work, threads, each(WARM));
    let cpu_before = cpu_nanoseconds();
    let wall = all(work, threads, each(TURNS));
    let cpu = cpu_nanoseconds() - cpu_before;
    // Counting takes time, so it is separate from timing.
    let allocations = counted(work, threads, each(COUNTED))?;
    let taken = |turns: u64| each(turns) * threads as u64;
    if let Some(fault) = work.fault(taken(WARM) + taken(TURNS) + taken(COUNTED)) {
        return Err(io::Error::other(format!("{}: {fault}", body.variant)));
    }
    Ok(ContentionMeasurement {
        turns: taken(TURNS),
        wall_nanoseconds: wall,
        cpu_nanoseconds: cpu,
        counted_turns: taken(COUNTED),
        allocations,
    })
}

/// Runs the iterations of all threads at once. Returns the nanoseconds from the start of the first
/// thread to the end of the last.
fn all(work: &dyn Work, threads: usize, turns: u64) -> u64 {
    let ready = Barrier::new(threads);
    let spans: Vec<(Instant, Instant)> = thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|number| {
                let ready = &ready;
                scope.spawn(move || {
                    ready.wait();
                    let begin = Instant::now();
                    work.turns(number, turns);
                    (begin, Instant::now())
                })
            })
            .collect();
        let joined = running.into_iter().map(|thread| {
            // A panic of a body is a failure and ends the process.
            thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        joined.collect()
    });
    let begin = spans.iter().map(|(begin, _)| *begin).min();
    let end = spans.iter().map(|(_, end)| *end).max();
    let span = begin.zip(end).map(|(begin, end)| end - begin);
    span.map_or(0, |span| span.as_nanos() as u64)
}

/// Blocks that all iterations allocate, without those for starting the threads.
fn counted(work: &dyn Work, threads: usize, turns: u64) -> io::Result<u64> {
    let blocks = |turns: u64| -> io::Result<u64> {
        let tracking = stats::track().map_err(io::Error::other)?;
        all(work, threads, turns);
        Ok(tracking.heap().total_blocks)
    };
    Ok(blocks(turns)?.saturating_sub(blocks(0)?))
}

/// The CPU time of the process, all threads.
fn cpu_nanoseconds() -> u64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}
