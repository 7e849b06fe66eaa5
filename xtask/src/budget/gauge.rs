//! Measures bytes on the wire, elements of a page, and the CPU and wall time of a step.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::Context;

/// Header and trailer that gzip puts around the compressed data, in bytes.
const GZIP_FRAME: u64 = 18;

/// Bytes of `content` as a server sends it, compressed like `gzip` by default.
pub(super) fn gzip(content: &[u8]) -> u64 {
    miniz_oxide::deflate::compress_to_vec(content, 6).len() as u64 + GZIP_FRAME
}

/// The number of elements of a page: its opening tags.
pub(super) fn elements(html: &[u8]) -> u64 {
    let opens = |pair: &&[u8]| pair[0] == b'<' && pair[1].is_ascii_alphabetic();
    html.windows(2).filter(opens).count() as u64
}

/// The time of a step.
#[derive(Clone, Copy)]
pub(super) struct Taken {
    pub(super) cpu: Duration,
    pub(super) wall: Duration,
}

/// Runs `step` and measures its time.
pub(super) fn timed<T>(step: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<(T, Taken)> {
    let (cpu, start) = (cpu_time()?, Instant::now());
    let done = step()?;
    let taken = Taken {
        wall: start.elapsed(),
        cpu: cpu_time()?.saturating_sub(cpu),
    };
    Ok((done, taken))
}

/// CPU time of this process so far, including threads that have ended, to 10 ms.
fn cpu_time() -> anyhow::Result<Duration> {
    /// Linux counts these times in hundredths of a second on every machine.
    const TICK: Duration = Duration::from_millis(10);
    let path = "/proc/self/stat";
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?;
    // The name of the process is in brackets and may contain any character. User and system time
    // are the 12th and 13th field after it.
    let (_, fields) = text
        .rsplit_once(')')
        .with_context(|| format!("{path} has no process name"))?;
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks = ticks.map(str::parse::<u32>).sum::<Result<u32, _>>()?;
    Ok(TICK * ticks)
}

#[cfg(test)]
mod tests {
    use super::{Duration, cpu_time, elements, gzip, timed};

    #[test]
    fn only_opening_tags_are_elements() {
        assert_eq!(elements(b"<!doctype html><p>a < b<br></p><svg/>"), 3);
    }

    #[test]
    fn repeated_content_compresses_well() {
        assert!(gzip(&[b'a'; 10_000]) < 100);
    }

    #[test]
    fn work_takes_cpu_time_and_sleep_takes_none() {
        let pause = Duration::from_millis(200);
        let asleep = || {
            let (_, taken) = timed(|| {
                std::thread::sleep(pause);
                Ok(())
            })
            .unwrap();
            assert!(taken.wall >= pause);
            taken.cpu
        };
        // Other tests run in this process at the same time, but not for long.
        assert!((0..50).any(|_| asleep() < pause / 2));
        let busy = || {
            let start = cpu_time()?;
            while cpu_time()? - start < pause {}
            Ok(())
        };
        let (_, busy) = timed(busy).unwrap();
        assert!(busy.cpu >= pause, "{:?}", busy.cpu);
    }
}
