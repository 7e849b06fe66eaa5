//! Worker mode: answers the requests of a parent process, line by line.

use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use super::FINE;
use super::workload::Workload;
use crate::alloc;
use crate::bencher::{Bencher, CaseAssertion, Instance, Instrument, Relation};
#[cfg(target_os = "linux")]
use crate::instruments::callgrind;
use crate::instruments::{Callsites, Count, GrowthInstrument, Observer, Rate, Time, seed_heap};
use heapmark_model::protocol::{self, Launch, Pass, Reply, Request};
use heapmark_model::record::{self, Metric, Observation};

/// Creates the instrument for a pass with a number of repetitions; `None` if there is none.
pub type Instruments<'a> = &'a dyn Fn(Pass, u32) -> Option<Box<dyn Observer>>;

pub(super) fn main(instances: &[Instance]) -> io::Result<u8> {
    #[cfg(target_os = "linux")]
    if callgrind::is_present() {
        return super::instructions::main(instances).map(|()| FINE);
    }
    serve(
        instances,
        &real_instruments,
        &mut io::stdin().lock(),
        &mut io::stdout().lock(),
    )?;
    Ok(FINE)
}

/// Answers every request with the reason why this binary has no cases to run.
pub(super) fn refuse(reason: &dyn std::fmt::Display) -> io::Result<u8> {
    let output = &mut io::stdout().lock();
    for line in io::stdin().lock().lines() {
        line?;
        say(output, &failed(reason.to_string()))?;
    }
    Ok(FINE)
}

pub(super) fn real_instruments(pass: Pass, repetitions: u32) -> Option<Box<dyn Observer>> {
    match pass {
        Pass::Count => Some(Box::new(Count::new(repetitions))),
        Pass::Instructions | Pass::Rate | Pass::Callsites | Pass::Growth => None,
    }
}

/// Answers every request on `input` until it ends.
///
/// # Errors
///
/// If a stream fails. A request that fails is answered with the reason.
pub fn serve(
    instances: &[Instance],
    instruments: Instruments<'_>,
    input: &mut dyn BufRead,
    output: &mut dyn Write,
) -> io::Result<()> {
    for line in input.lines() {
        say(output, &hello())?;
        match protocol::decode::<Request>(&line?) {
            Ok(Some(request)) => answer(&request, instances, instruments, output)?,
            Ok(None) => {}
            Err(error) => say(output, &failed(error.to_string()))?,
        }
    }
    Ok(())
}

/// The first reply of every worker.
pub(super) fn hello() -> Reply {
    let allocator = alloc::is_installed().then(alloc::inner_name).flatten();
    Reply::Hello {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        allocator: allocator.map(str::to_owned),
        revision: super::revision::told(),
    }
}

fn answer(
    request: &Request,
    instances: &[Instance],
    instruments: Instruments<'_>,
    output: &mut dyn Write,
) -> io::Result<()> {
    match request {
        Request::List => {
            for group in instances.chunk_by(|left, right| left.group.name == right.group.name) {
                say(output, &Reply::Group(group[0].group.info()))?;
            }
            for instance in instances {
                say(output, &Reply::Case(instance.info()))?;
            }
        }
        Request::RunEach { pass, repetitions } => {
            for instance in instances {
                let case = instance.id().to_owned();
                say(output, &Reply::About { case: case.clone() })?;
                let request = Request::Run {
                    case,
                    pass: *pass,
                    repetitions: *repetitions,
                };
                tell_about(instance, &request, instruments, output)?;
            }
        }
        Request::Run { case, .. } | Request::Time { case, .. } => {
            return match instances.iter().find(|instance| instance.id() == case) {
                Some(instance) => answer_about(instance, request, instruments, output),
                None => say(output, &unknown(case)),
            };
        }
    }
    say(output, &Reply::Done)
}

/// Answers a request about the case `workload`.
pub(super) fn answer_about(
    workload: &dyn Workload,
    request: &Request,
    instruments: Instruments<'_>,
    output: &mut dyn Write,
) -> io::Result<()> {
    if tell_about(workload, request, instruments, output)? {
        say(output, &Reply::Done)?;
    }
    Ok(())
}

/// Writes the replies to a request about the case `workload`. Returns whether it succeeded.
pub(super) fn tell_about(
    workload: &dyn Workload,
    request: &Request,
    instruments: Instruments<'_>,
    output: &mut dyn Write,
) -> io::Result<bool> {
    let replies = match request {
        Request::List | Request::RunEach { .. } => Ok(Vec::new()),
        #[cfg(target_os = "linux")]
        Request::Run {
            pass: Pass::Instructions,
            repetitions,
            ..
        } if callgrind::is_present() => {
            return super::instructions::answer(workload, *repetitions, output);
        }
        Request::Run {
            pass, repetitions, ..
        } => replies(workload, *pass, *repetitions, instruments),
        Request::Time { launch, .. } => time(workload, *launch).map(|batches| vec![batches]),
    };
    match replies {
        Ok(replies) => {
            replies.iter().try_for_each(|reply| say(output, reply))?;
            Ok(true)
        }
        Err(reason) => {
            say(output, &failed(reason))?;
            Ok(false)
        }
    }
}

/// The replies of a pass over a case, or the reason why the case failed.
fn replies(
    workload: &dyn Workload,
    pass: Pass,
    repetitions: u32,
    instruments: Instruments<'_>,
) -> Result<Vec<Reply>, String> {
    if pass == Pass::Callsites {
        let mut instrument = Callsites::default();
        run(workload, &mut instrument)?;
        let callsites = instrument.take();
        return Ok(vec![Reply::Callsites { callsites }]);
    }
    if pass == Pass::Rate {
        let mut instrument = Rate::default();
        run(workload, &mut instrument)?;
        let totals = instrument.take();
        return Ok(vec![Reply::Totals { totals }]);
    }
    if pass == Pass::Growth {
        let again = Request::Run {
            case: workload.id().to_owned(),
            pass,
            repetitions,
        };
        let again = protocol::encode(&again);
        let growth = Box::new(growth(workload, Some(again))?);
        return Ok(vec![Reply::Growth { growth }]);
    }
    let Some(mut instrument) = instruments(pass, repetitions) else {
        return Ok(vec![Reply::Unsupported { pass }]);
    };
    let observations = observe(workload, &mut *instrument)?.into_iter();
    Ok(observations.map(|seen| observed(workload, seen)).collect())
}

pub(super) fn unknown(case: &str) -> Reply {
    failed(format!("no case is called `{case}`"))
}

fn observed(workload: &dyn Workload, observation: Observation) -> Reply {
    let size = workload.size();
    let claims = workload.assertions().iter();
    let claims = claims.map(|claim| (claim.claim(size), claim.is_met(size, &observation)));
    Reply::Observation {
        claims: claims.collect(),
        observation: Box::new(observation),
    }
}

/// Runs a case under `instrument`. Returns the observations, or the reason why the case failed.
pub(super) fn observe(
    workload: &dyn Workload,
    instrument: &mut (dyn Observer + '_),
) -> Result<Vec<Observation>, String> {
    run(workload, instrument.as_instrument())?;
    match instrument.take() {
        observations if observations.is_empty() => {
            Err("measured nothing: the thread has no counters".to_owned())
        }
        observations => Ok(observations),
    }
}

/// Repeats a case and judges the growth of live memory. `again` is the request to send to a fresh
/// process for the call sites of a leak.
pub(super) fn growth(
    workload: &dyn Workload,
    again: Option<String>,
) -> Result<record::Growth, String> {
    let mut instrument = GrowthInstrument::new(again);
    run(workload, &mut instrument)?;
    let mut found = instrument
        .take()
        .ok_or_else(|| "measured nothing: the leak detector did not run".to_owned())?;
    found.declared = workload.declared_growth();
    let mut claims = workload.assertions().iter();
    if found.hint().is_some() && claims.any(|claim| claims_no_allocation(claim, workload.size())) {
        // The case asserts it, so the hint is not needed.
        found.reason = "nothing grows, and no iteration allocates, as asserted".to_owned();
    }
    Ok(found)
}

fn claims_no_allocation(claim: &CaseAssertion, size: usize) -> bool {
    claim.metric == Metric::Allocs
        && claim.relation != Relation::AtLeast
        && (claim.value)(size) == 0
}

/// Times a case on a seeded heap.
fn time(workload: &dyn Workload, launch: Launch) -> Result<Reply, String> {
    let batch = Duration::from_micros(u64::from(launch.batch_microseconds));
    let mut instrument = Time::new(launch.batches, batch).slower(launch.slower_percent);
    seed_heap(launch.heap_seed);
    run(workload, &mut instrument)?;
    Ok(Reply::Batches {
        picoseconds: instrument.take(),
        paces: instrument.take_paces(),
    })
}

/// Runs a case once under `instrument`. The case must measure exactly one routine.
pub(super) fn run(workload: &dyn Workload, instrument: &mut dyn Instrument) -> Result<(), String> {
    let measured = catch_unwind(AssertUnwindSafe(|| {
        let mut bencher = Bencher::new(instrument);
        workload.run(&mut bencher);
        bencher.measured()
    }));
    match measured {
        Err(panic) => Err(format!("panicked: {}", message(&*panic))),
        Ok(0) => Err("measured nothing: the case never calls a method of its bencher".to_owned()),
        Ok(1) => Ok(()),
        Ok(times) => Err(format!(
            "measures {times} routines in one case; split it into {times} cases"
        )),
    }
}

/// The text of a panic.
pub fn message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a value that is not text")
}

pub(super) fn failed(reason: String) -> Reply {
    Reply::Failed { reason }
}

/// Writes a reply on a separate line, even if the case has printed an unfinished line.
pub(super) fn say(output: &mut dyn Write, reply: &Reply) -> io::Result<()> {
    write!(output, "\n{}\n", protocol::encode(reply))?;
    output.flush()
}
