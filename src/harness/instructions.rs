//! The worker under valgrind: a forked child reads and answers each request.
//!
//! ```text
//!  worker ─ fork ─▶ child: reads a request, runs the case, answers, exits
//!    │ waits ◀──────┘
//!    └─ fork ─▶ child: …                        until there are no more requests
//! ```
//!
//! valgrind takes most of a second to start; here it starts only once. The worker itself never
//! reads a request, so its heap does not change, and every case starts with the same heap no matter
//! which cases ran before. The heap decides whether `realloc` moves a block, and therefore how many
//! instructions are executed.

use std::io::{self, Write};

use super::fork::{self, Child};
use super::seeds;
use super::worker::{failed, real_instruments, run, say, serve};
use super::workload::Workload;
use crate::bencher::Instance;
use crate::instruments::Instructions;
use heapmark_model::launch::describe;
use heapmark_model::protocol::Reply;

/// Answers requests on stdin. They must arrive one at a time, because a child reads all available
/// input.
pub(super) fn main(instances: &[Instance]) -> io::Result<()> {
    loop {
        match fork::in_child(|| one_request(instances))? {
            Child::Answered => {}
            Child::AtEnd => return Ok(()),
            Child::Died(status) => say(&mut io::stdout(), &failed(describe(status)))?,
        }
    }
}

/// Answers one request. Returns whether there was one.
fn one_request(instances: &[Instance]) -> io::Result<bool> {
    let mut line = String::new();
    if io::stdin().read_line(&mut line)? == 0 {
        return Ok(false);
    }
    let mut output = io::stdout().lock();
    serve(
        instances,
        &real_instruments,
        &mut line.as_bytes(),
        &mut output,
    )?;
    Ok(true)
}

/// Counts the instructions of `repetitions` of the case with callgrind. Returns whether it
/// succeeded.
pub(super) fn answer(
    workload: &dyn Workload,
    repetitions: u32,
    output: &mut dyn Write,
) -> io::Result<bool> {
    let hash_seeds = seeds::fix();
    let mut instrument = Instructions::new(repetitions, fork::threads);
    if let Err(reason) = run(workload, &mut instrument) {
        say(output, &failed(reason))?;
        return Ok(false);
    }
    let reply = Reply::Instructions {
        process: std::process::id(),
        repetitions: instrument.dumped(),
        other_threads: !instrument.alone(),
        hash_seeds,
    };
    say(output, &reply)?;
    Ok(true)
}
