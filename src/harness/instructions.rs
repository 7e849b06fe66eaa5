//! The worker under valgrind: every request is read and answered by a forked child.
//!
//! ```text
//!  worker ─ fork ─▶ child: reads a request, runs the case, answers, exits
//!    │ waits ◀──────┘
//!    └─ fork ─▶ child: …                        until there are no more requests
//! ```
//!
//! valgrind takes most of a second to start, which is paid once. The worker itself never touches
//! a request, so its heap stays as it is, and a case finds the same one whatever ran before it:
//! whether `realloc` moves a block hangs on that, and with it the instructions.

use std::io::{self, Write};

use super::fork::{self, Child};
use super::seeds;
use super::worker::{failed, real_instruments, run, say, serve};
use crate::bencher::Instance;
use crate::instruments::Instructions;
use heapmark_model::launch::describe;
use heapmark_model::protocol::Reply;

/// Answers requests on stdin, which must come one at a time: a child reads all that is there.
pub(super) fn main(instances: &[Instance]) -> io::Result<()> {
    loop {
        match fork::in_child(|| one_request(instances))? {
            Child::Answered => {}
            Child::AtEnd => return Ok(()),
            Child::Died(status) => say(&mut io::stdout(), &failed(describe(status)))?,
        }
    }
}

/// Answers one request; whether there was one.
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

/// Has callgrind count `repetitions` of the case.
pub(super) fn answer(
    instance: &Instance,
    repetitions: u32,
    output: &mut dyn Write,
) -> io::Result<()> {
    let hash_seeds = seeds::fix();
    let mut instrument = Instructions::new(repetitions, fork::threads);
    if let Err(reason) = run(instance, &mut instrument) {
        return say(output, &failed(reason));
    }
    let reply = Reply::Instructions {
        process: std::process::id(),
        repetitions: instrument.dumped(),
        other_threads: !instrument.alone(),
        hash_seeds,
    };
    say(output, &reply)?;
    say(output, &Reply::Done)
}
