//! Describes this machine. What only Linux tells is read from /proc and left out elsewhere.

use std::fs;

use crate::record::{Machine, slug};

/// This machine, under the folder name `id` or one made of processor, cores and system.
pub fn machine(id: Option<&str>) -> Machine {
    let cpu = cpu().unwrap_or_else(|| format!("unknown {}", std::env::consts::ARCH));
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let os = std::env::consts::OS.to_owned();
    let own_name = format!("{cpu} {cores} {os}");
    Machine {
        id: slug(id.unwrap_or(&own_name)),
        cpu,
        cores,
        os,
        arch: std::env::consts::ARCH.to_owned(),
        kernel: read("/proc/sys/kernel/osrelease").map(|text| text.trim().to_owned()),
        memory: memory(),
    }
}

pub(super) fn read(path: &str) -> Option<String> {
    fs::read_to_string(path).ok()
}

fn cpu() -> Option<String> {
    // x86 has a model name for each core; Arm has none there, and its hardware line varies.
    let info = read("/proc/cpuinfo")?;
    let line = info.lines().find(|line| line.starts_with("model name"))?;
    let (_, name) = line.split_once(':')?;
    Some(name.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn memory() -> Option<u64> {
    let info = read("/proc/meminfo")?;
    let line = info.lines().find(|line| line.starts_with("MemTotal:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}
