//! A lock on a folder, so that only one process works in it. The system releases the lock when the
//! process ends for any reason, and no lock file is left.

use std::fs::File;
use std::io;
use std::path::Path;

/// Locks the folder `dir`, which must exist, until the returned value is dropped. Does not wait.
/// `None` if the file system or the platform does not support locks on folders.
///
/// # Errors
///
/// [`io::ErrorKind::WouldBlock`] if another process has the lock.
pub fn lock(dir: &Path) -> io::Result<Option<File>> {
    match locked(dir) {
        Ok(lock) => Ok(Some(lock)),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Err(error),
        Err(_) => Ok(None),
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

#[cfg(not(unix))]
fn locked(_: &Path) -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}
