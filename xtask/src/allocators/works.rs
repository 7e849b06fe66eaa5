//! Fixed work, a process each, which prints what the kernel says of it.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use heapmark::record::{AllocatorMeasurement, AllocatorResult, Sample};

use super::{Name, Turn, say, turns};

/// Processes for each work and allocator.
pub(super) const ROUNDS: u32 = 5;
/// Work takes well below a second; one that takes this long hangs.
const PATIENCE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(1);

/// The results of all work under all allocators.
pub(super) fn measure(
    names: &[Name],
    binary: &dyn Fn(Name) -> PathBuf,
) -> Result<Vec<AllocatorResult>> {
    let first = *names.first().context("no allocator is named")?;
    let works = ask(&binary(first), None)?;
    let works: Vec<&str> = works.lines().collect();
    let turns = turns(names);
    let plan: Vec<(usize, Turn)> = (0..works.len())
        .flat_map(|work| turns.iter().map(move |turn| (work, *turn)))
        .collect();
    say(
        "Running",
        &format!("{} processes of fixed work", plan.len() * ROUNDS as usize),
    )?;
    let mut random = fastrand::Rng::new();
    let mut seen: BTreeMap<(usize, Turn), Vec<AllocatorMeasurement>> = BTreeMap::new();
    for _ in 0..ROUNDS {
        let mut order = plan.clone();
        random.shuffle(&mut order);
        for (work, turn) in order {
            let line = ask(&binary(turn.0), Some(works[work]))?;
            let measurement = serde_json::from_str(&line)
                .with_context(|| format!("{} printed no measurement: {line}", turn.0.as_str()))?;
            seen.entry((work, turn)).or_default().push(measurement);
        }
    }
    let results = plan.into_iter().filter_map(|(work, turn)| {
        let measured = seen.get(&(work, turn))?;
        let sample =
            |of: fn(&AllocatorMeasurement) -> u64| sample(measured.iter().map(of).collect());
        Some(AllocatorResult {
            work: works[work].to_owned(),
            allocator: turn.0.as_str().to_owned(),
            again: turn.1,
            cpu_nanoseconds: sample(|m| m.cpu_nanoseconds),
            minor_faults: sample(|m| m.minor_faults),
            highest_resident: sample(|m| m.highest_resident),
            anonymous_after: sample(|m| m.anonymous_after),
            held: measured.first()?.held,
        })
    });
    Ok(results.collect())
}

fn sample(mut values: Vec<u64>) -> Sample {
    values.sort_unstable();
    let at = |index: usize| values.get(index).copied().unwrap_or_default();
    Sample {
        min: at(0),
        median: at(values.len() / 2),
        max: at(values.len().saturating_sub(1)),
    }
}

/// What a process prints, which ends in time and well.
fn ask(binary: &Path, work: Option<&str>) -> Result<String> {
    let mut child = Command::new(binary)
        .args(work)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| binary.display().to_string())?;
    let what = || format!("{} {}", binary.display(), work.unwrap_or_default());
    let deadline = Instant::now() + PATIENCE;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if Instant::now() >= deadline {
            let _ = child.kill();
            let _ = child.wait();
            bail!("{} did not end within {} s", what(), PATIENCE.as_secs());
        }
        thread::sleep(GLANCE);
    };
    // A line or a few names fit the pipe, so that nobody waits for a reader.
    let mut text = String::new();
    if let Some(mut out) = child.stdout.take() {
        out.read_to_string(&mut text)?;
    }
    ensure!(status.success(), "{} ended with {status}", what());
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_fails_or_says_nothing_of_use_is_named() {
        let failed = measure(&[Name::System], &|_| "false".into()).unwrap_err();
        assert!(format!("{failed:#}").contains("ended with"), "{failed:#}");
        let odd = measure(&[Name::System], &|_| "echo".into()).unwrap_err();
        assert!(
            format!("{odd:#}").contains("printed no measurement"),
            "{odd:#}"
        );
        let missing = measure(&[Name::System], &|_| "/no/such/binary".into()).unwrap_err();
        assert!(
            format!("{missing:#}").contains("/no/such/binary"),
            "{missing:#}"
        );
    }

    #[test]
    fn a_sample_has_the_middle_one() {
        let three = sample(vec![5, 1, 9]);
        assert_eq!((three.min, three.median, three.max), (1, 5, 9));
    }
}
