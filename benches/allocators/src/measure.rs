//! Measures the work with the kernel's numbers about the process.

use std::fs;
use std::io;

use heapmark_model::record::AllocatorMeasurement;
use rustix::time::{ClockId, clock_gettime};

use crate::UsableSize;
use crate::work::Work;

/// Does the work once. Faults and time of the start-up are not included. The highest resident
/// memory includes the start-up, which is the same for every allocator except for its own pages.
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

/// Resident bytes of the process, including file pages.
pub fn resident() -> io::Result<u64> {
    kibibytes("/proc/self/smaps_rollup", "Rss:")
}

fn cpu_nanoseconds() -> u64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// The tenth field of /proc/self/stat. The second field may contain spaces and ends with the last
/// bracket.
fn minor_faults() -> io::Result<u64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let fields = stat.rsplit_once(')').map(|(_, rest)| rest);
    let faults = fields.and_then(|rest| rest.split_ascii_whitespace().nth(7)?.parse().ok());
    faults.ok_or_else(|| io::Error::other("/proc/self/stat has no number of faults"))
}

/// The value of a line such as `Rss:   1234 kB`, in bytes.
fn kibibytes(file: &str, key: &str) -> io::Result<u64> {
    let text = fs::read_to_string(file)?;
    let line = text.lines().find_map(|line| line.strip_prefix(key));
    let number = line.and_then(|line| line.split_ascii_whitespace().next()?.parse::<u64>().ok());
    let number = number.ok_or_else(|| io::Error::other(format!("{file} has no {key}")))?;
    Ok(number * 1024)
}
