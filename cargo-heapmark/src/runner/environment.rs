//! The environment of a run: commit, machine, toolchain and time.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use super::command::CommandError;
use super::flags::CargoFlags;
use heapmark_model::record::{Commit, Machine, MachineState, Provenance, SCHEMA, Toolchain};

/// The environment of a run. Tests use a fixed one.
#[derive(Clone, Debug)]
pub struct Environment {
    /// The measured commit, or why git cannot determine it. Without a commit, a run cannot be
    /// recorded.
    pub commit: Result<Commit, String>,
    /// The machine.
    pub machine: Machine,
    /// The toolchain that builds the bench target.
    pub toolchain: Toolchain,
    /// The current time, in UTC to the second.
    pub now: String,
    /// Returns what may disturb a time at the moment of the call.
    pub machine_state: fn() -> MachineState,
}

impl Environment {
    /// Reads commit, machine, toolchain and clock for `package` of the workspace at `root`.
    ///
    /// # Errors
    ///
    /// If rustc cannot be run.
    pub fn read(
        root: &Path,
        package: &str,
        records: &Path,
        machine: Option<&str>,
    ) -> Result<Self, CommandError> {
        let flags = CargoFlags::default();
        Self::of_build(root, (root, &flags, None), package, records, machine)
    }

    /// Like [`read`](Self::read), for a build in the folder `built_in` with flags of cargo and a file
    /// of its configuration.
    ///
    /// # Errors
    ///
    /// If rustc cannot be run.
    pub fn of_build(
        root: &Path,
        (built_in, flags, config): (&Path, &CargoFlags, Option<&Path>),
        package: &str,
        records: &Path,
        machine: Option<&str>,
    ) -> Result<Self, CommandError> {
        Ok(Self {
            commit: super::commit(root, records)
                .map_err(|error| super::git::no_commit(root, &error)),
            machine: super::machine(machine),
            toolchain: super::toolchain(built_in, package, flags, config)?,
            now: now(),
            machine_state: super::machine_state,
        })
    }

    /// The provenance of a record of this run.
    ///
    /// # Errors
    ///
    /// Why git cannot determine the commit.
    pub fn provenance(&self) -> Result<Provenance, String> {
        Ok(Provenance {
            schema: SCHEMA,
            heapmark: env!("CARGO_PKG_VERSION").to_owned(),
            commit: self.commit.clone()?,
            measured_at: self.now.clone(),
            machine: self.machine.clone(),
            toolchain: self.toolchain.clone(),
        })
    }
}

/// The current time in UTC, as in `2026-11-22T21:25:07Z`.
pub fn now() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    utc(now.unwrap_or_default().as_secs() as i64).unwrap_or_default()
}

/// Seconds since 1970 as text, as in `2026-11-22T21:25:07Z`; `None` if outside the calendar's
/// range.
pub(super) fn utc(seconds: i64) -> Option<String> {
    let time = jiff::Timestamp::from_second(seconds).ok()?;
    Some(time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

#[cfg(test)]
mod tests {
    use super::utc;

    #[test]
    fn times_are_utc_to_the_second() {
        assert_eq!(utc(0).as_deref(), Some("1970-01-01T00:00:00Z"));
        assert_eq!(utc(1_000_000_000).as_deref(), Some("2001-09-09T01:46:40Z"));
        assert_eq!(utc(i64::MAX), None);
    }
}
