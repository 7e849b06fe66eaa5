//! What a process took, as the kernel tells it.

use std::fs;
use std::io;

use heapmark_model::record::AllocatorMeasurement;
use rustix::time::{ClockId, clock_gettime};

use crate::UsableSize;
use crate::work::Work;

/// Does the work once. The faults and the time of the start are left out; what was highest is not,
/// and is the same for every allocator but for its own pages.
pub fn measure(work: &Work, usable: Option<UsableSize>) -> io::Result<AllocatorMeasurement> {
    let faults_before = minor_faults()?;
    let before = cpu_nanoseconds();
    let held = (work.run)(usable);
    let cpu = cpu_nanoseconds() - before;
    let faults = minor_faults()? - faults_before;
    Ok(AllocatorMeasurement {
        cpu_nanoseconds: cpu,
        minor_faults: faults,
        highest_resident: kibibytes("/proc/self/status", "VmHWM:")?,
        anonymous_after: kibibytes("/proc/self/smaps_rollup", "Anonymous:")?,
        held,
    })
}

/// Bytes of the process in memory now, file pages included.
pub fn resident() -> io::Result<u64> {
    kibibytes("/proc/self/smaps_rollup", "Rss:")
}

fn cpu_nanoseconds() -> u64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// The tenth field of /proc/self/stat; the second may hold spaces, and ends with the last bracket.
fn minor_faults() -> io::Result<u64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let fields = stat.rsplit_once(')').map(|(_, rest)| rest);
    let faults = fields.and_then(|rest| rest.split_ascii_whitespace().nth(7)?.parse().ok());
    faults.ok_or_else(|| io::Error::other("/proc/self/stat tells no faults"))
}

/// A line such as `Rss:   1234 kB`, in bytes.
fn kibibytes(file: &str, key: &str) -> io::Result<u64> {
    let text = fs::read_to_string(file)?;
    let line = text.lines().find_map(|line| line.strip_prefix(key));
    let number = line.and_then(|line| line.split_ascii_whitespace().next()?.parse::<u64>().ok());
    let number = number.ok_or_else(|| io::Error::other(format!("{file} has no {key}")))?;
    Ok(number * 1024)
}
