//! One body, once, on so many threads: what it took, as a line of JSON.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use heapmark::stats;
use heapmark_model::record::ContentionMeasurement;
use rustix::time::{ClockId, clock_gettime};

use crate::bodies::{self, Body, MOST_THREADS, Work};

/// Turns of all threads together, the same on any number of them: of eight threads on two cores
/// each has to be taken off its core in the midst of its turns, as it is in a busy program.
const TURNS: u64 = 800_000;
/// Turns before the timed ones, in which every thread meets everything once.
const WARM: u64 = 8_000;
/// Turns whose allocations are counted.
const COUNTED: u64 = 80_000;

/// Answers whoever asks for one measurement or for the names; `None` where nobody does.
pub fn answer(arguments: &[String]) -> Option<ExitCode> {
    let mut arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    // cargo adds it behind whatever a bench target is asked.
    if arguments.last() == Some(&"--bench") {
        arguments.pop();
    }
    let done = match arguments[..] {
        ["--bodies"] => names(),
        ["--bodies", ..] => Err(io::Error::other("--bodies takes no argument")),
        ["--measure", question, variant, threads] => find(question, variant, threads)
            .and_then(|(body, threads)| print(&measure(body, threads)?)),
        ["--measure", ..] => Err(io::Error::other("--measure wants QUESTION VARIANT THREADS")),
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
            "no body is called `{question}`, `{variant}`; --bodies prints all names"
        ))
    })?;
    let count = threads.parse().ok();
    let count = count.filter(|count| (1..=MOST_THREADS).contains(count));
    let refused = || io::Error::other(format!("`{threads}` is no number of threads from 1 to 8"));
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
    // Counting has a cost of its own, so it is done apart from timing.
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

/// Lets every thread take its turns at once; the nanoseconds from when the first one begins until
/// the last one is done.
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
            // A panic of a body is its verdict; the process ends by it.
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

/// Blocks that all turns asked for, without those of starting the threads.
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
