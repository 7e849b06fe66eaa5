//! The state of the machine that may disturb a time. Only Linux reports it.

use super::machine::read;
use heapmark_model::record::MachineState;

/// The state of the machine now. The caller sets `load_after` after the measurement.
pub fn machine_state() -> MachineState {
    MachineState {
        load_before: load(),
        load_after: None,
        governor: word("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        virtual_machine: virtual_machine(),
        address_randomisation: address_randomisation(),
    }
}

/// The load average of the last minute, in hundredths of a process.
pub(super) fn load() -> Option<u32> {
    let averages = read("/proc/loadavg")?;
    let minute: f64 = averages.split_whitespace().next()?.parse().ok()?;
    Some((minute * 100.0).round() as u32)
}

/// The content of a file with one word.
fn word(path: &str) -> Option<String> {
    read(path).map(|text| text.trim().to_owned())
}

/// Whether this is a virtual machine: x86 processors report it; on others it is unknown.
fn virtual_machine() -> Option<bool> {
    let info = read("/proc/cpuinfo")?;
    let flags = info.lines().find(|line| line.starts_with("flags"))?;
    Some(flags.split_whitespace().any(|flag| flag == "hypervisor"))
}

/// Whether address randomisation is enabled in the system and in the personality of this process,
/// which workers inherit.
fn address_randomisation() -> Option<bool> {
    /// `ADDR_NO_RANDOMIZE` of personality(2).
    const OFF: u32 = 0x004_0000;
    let system: u32 = word("/proc/sys/kernel/randomize_va_space")?.parse().ok()?;
    let personality = word("/proc/self/personality")?;
    let personality = u32::from_str_radix(&personality, 16).ok()?;
    Some(system == 2 && personality & OFF == 0)
}
