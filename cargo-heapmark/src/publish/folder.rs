//! The lock on the folder of a site.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::write::{remove_leftovers, write};
use super::{PublishError, Written};
use crate::lock::lock;

/// How long to wait for another publish. One of thousands of pages takes a few seconds.
const PATIENCE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(20);

/// The folder of a site, which no other publish reads or writes while this value lives.
#[derive(Debug)]
pub struct Folder {
    dir: PathBuf,
    /// Absent if the file system does not support locks.
    lock: Option<File>,
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
            match lock(dir) {
                Err(_) => {
                    if began.elapsed() > PATIENCE {
                        return Err(PublishError::Busy {
                            path: dir.to_owned(),
                            seconds: PATIENCE.as_secs(),
                        });
                    }
                    thread::sleep(GLANCE);
                }
                Ok(lock) => {
                    return Ok(Self {
                        dir: dir.to_owned(),
                        lock,
                    });
                }
            }
        }
    }

    /// The path of the folder.
    pub fn path(&self) -> &Path {
        &self.dir
    }

    /// Writes `files` into the folder; see [`write`](super::write()). First removes the temporary
    /// files that a killed publish has left.
    ///
    /// # Errors
    ///
    /// Those of [`write`](super::write()).
    pub fn write(&self, files: &BTreeMap<String, Vec<u8>>) -> Result<Written, PublishError> {
        if self.lock.is_some() {
            remove_leftovers(&self.dir, files);
        }
        write(&self.dir, files)
    }
}
