use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::write::write;
use super::{PublishError, Written};

/// How long another publish is waited for; one of thousands of pages takes a few seconds.
const PATIENCE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(20);

/// The folder of a site, which no other publish reads or writes while this value lives.
#[derive(Debug)]
pub struct Folder {
    dir: PathBuf,
    /// The folder itself is what is locked, so that no file is left; the system lets go of the lock
    /// when the process ends, however it does. Absent where the file system has no locks.
    _lock: Option<File>,
}

impl Folder {
    /// Makes `dir` if it is not there, and waits until no other publish holds it.
    ///
    /// # Errors
    ///
    /// Where `dir` cannot be made, or another publish has held it for a minute.
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

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.dir
    }

    /// Makes the folder hold `files`; see [`write`](super::write()).
    ///
    /// # Errors
    ///
    /// As of [`write`](super::write()).
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

/// A folder cannot be opened there, so two publishes at a time are up to the user.
#[cfg(not(unix))]
fn locked(_: &Path) -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}
