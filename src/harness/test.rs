//! Test mode: runs every case once and checks its assertions. The output is like that of libtest.

use std::io::{self, Write};
use std::time::Instant;

use heapmark_model::format::plural;

use super::unmet::unmet;
use super::worker::{growth, observe};
use super::{FINE, UNMET};
use crate::bencher::Instance;
use crate::instruments::Count;

pub(super) fn run(chosen: &[Instance], known: usize, out: &mut impl Write) -> io::Result<u8> {
    let start = Instant::now();
    let mut failures = Vec::new();
    writeln!(out, "\nrunning {}", plural(chosen.len(), "test"))?;
    for instance in chosen {
        let failure = check(instance);
        let word = if failure.is_none() { "ok" } else { "FAILED" };
        writeln!(out, "test {} ... {word}", instance.id())?;
        failures.extend(failure.map(|reason| (instance.id(), reason)));
    }
    if !failures.is_empty() {
        writeln!(out, "\nfailures:\n")?;
        for (id, reason) in &failures {
            writeln!(out, "    {id}: {reason}")?;
        }
    }
    let verdict = if failures.is_empty() { "ok" } else { "FAILED" };
    let (failed, passed) = (failures.len(), chosen.len() - failures.len());
    writeln!(
        out,
        "\ntest result: {verdict}. {passed} passed; {failed} failed; 0 ignored; 0 measured; {} filtered out; finished in {:.2}s\n",
        known - chosen.len(),
        start.elapsed().as_secs_f64()
    )?;
    Ok(if failures.is_empty() { FINE } else { UNMET })
}

/// The reason why the case fails, if it does.
fn check(instance: &Instance) -> Option<String> {
    let observations = match observe(instance, &mut Count::new(1)) {
        Ok(observations) => observations,
        Err(reason) => return Some(reason),
    };
    let broken = observations.iter().find_map(|one| unmet(instance, one));
    broken.or_else(|| unlike_declared(instance))
}

/// The reason why the growth of live memory differs from what the case declares, if it does.
fn unlike_declared(instance: &Instance) -> Option<String> {
    let declared = instance.case.growth?;
    match growth(instance, None) {
        Err(reason) => Some(reason),
        Ok(found) if found.verdict == declared => None,
        Ok(found) => Some(format!(
            "is declared as {declared}, but is {}: {}; {}",
            found.verdict,
            found.reason,
            plural(usize::try_from(found.steps).unwrap_or(usize::MAX), "step")
        )),
    }
}
