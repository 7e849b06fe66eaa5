//! The lock on the folder of a site.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::write::write;
use super::{PublishError, Written};

/// How long to wait for another publish. One of thousands of pages takes a few seconds.
const PATIENCE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(20);

/// The folder of a site, which no other publish reads or writes while this value lives.
#[derive(Debug)]
pub struct Folder {
    dir: PathBuf,
    /// The lock is on the folder itself, so no lock file is left. The system releases it when the
    /// process exits for any reason. Absent if the file system does not support locks.
    _lock: Option<File>,
}

impl Folder {
    /// Creates `dir` if it does not exist, and waits until no other publish has the lock.
    ///
    /// # Errors
    ///
    /// If `dir` cannot be created, or another publish has the lock for a minute.
    pub fn lock(dir: &Path) -> Result<Self, PublishError> {
        fs::create_dir_all(dir).map_err(PublishError::write(dir))?;
        let began = Instant::now();
        loop {
            match locked(dir) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if began.elapsed() > PATIENCE {
                        return Err(PublishError::Busy {
                            path: dir.to_owned(),
                            seconds: PATIENCE.as_secs(),
                        });
                    }
                    thread::sleep(GLANCE);
                }
                lock => {
                    return Ok(Self {
                        dir: dir.to_owned(),
                        _lock: lock.ok(),
                    });
                }
            }
        }
    }

    /// The path of the folder.
    pub fn path(&self) -> &Path {
        &self.dir
    }

    /// Writes `files` into the folder; see [`write`](super::write()).
    ///
    /// # Errors
    ///
    /// Those of [`write`](super::write()).
    pub fn write(&self, files: &BTreeMap<String, Vec<u8>>) -> Result<Written, PublishError> {
        write(&self.dir, files)
    }
}

#[cfg(unix)]
fn locked(dir: &Path) -> io::Result<File> {
    let folder = File::open(dir)?;
    rustix::fs::flock(
        &folder,
        rustix::fs::FlockOperation::NonBlockingLockExclusive,
    )?;
    Ok(folder)
}

/// On these systems a folder cannot be locked, so the user must not run two publishes at a time.
#[cfg(not(unix))]
fn locked(_: &Path) -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}
