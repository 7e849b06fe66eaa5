//! Describes this machine. Some values are read from /proc, so they are known only on Linux.

use std::fs;

use super::toolchain::sha256;
use heapmark_model::record::{Machine, slug};

/// This machine. Its folder name is made from `id`, or else from processor, cores and system.
pub fn machine(id: Option<&str>) -> Machine {
    let cpu = cpu().unwrap_or_else(|| format!("unknown {}", std::env::consts::ARCH));
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let os = std::env::consts::OS.to_owned();
    let own_name = format!("{cpu} {cores} {os}");
    Machine {
        id: id.map_or_else(|| slug(&own_name), folder),
        cpu,
        cores,
        os,
        arch: std::env::consts::ARCH.to_owned(),
        kernel: read("/proc/sys/kernel/osrelease").map(|text| text.trim().to_owned()),
        memory: memory(),
    }
}

/// The folder name for a machine name that the user chose: a slug. It includes a hash if the name
/// has non-ASCII letters, which a slug drops, so that two such names do not become one machine.
fn folder(name: &str) -> String {
    let slug = slug(name);
    if name.is_ascii() {
        return slug;
    }
    let hash = &sha256(name.as_bytes())[..12];
    format!("{slug}-{hash}").trim_start_matches('-').to_owned()
}

pub(super) fn read(path: &str) -> Option<String> {
    fs::read_to_string(path).ok()
}

fn cpu() -> Option<String> {
    // x86 has a model name for each core. Arm has none, and its hardware line is not uniform.
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

#[cfg(test)]
mod tests {
    use super::folder;

    #[test]
    fn two_names_of_another_script_are_two_machines() {
        assert_eq!(folder("Build Host"), "build-host");
        assert_ne!(folder("日本1"), folder("中国1"));
        assert!(folder("日本1").starts_with("1-"));
        assert_eq!(folder("日本").len(), 12);
    }
}
