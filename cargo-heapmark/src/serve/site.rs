//! The files of a site in memory, reloaded when a publish has changed them.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::ServeError;
use crate::publish::{MANIFEST, Manifest};

/// All files of a site at one time, by their path below the site's folder.
#[derive(Debug, Default)]
pub(super) struct Site {
    manifest: Manifest,
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Site {
    /// Loads the files in `manifest`.
    ///
    /// # Errors
    ///
    /// If a file cannot be read for a temporary reason, for example without a free file descriptor.
    fn load(dir: &Path, manifest: Manifest) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        for path in manifest.files.keys() {
            if let Some(bytes) = inside(dir, path)? {
                files.insert(path.clone(), bytes);
            }
        }
        Ok(Self { manifest, files })
    }
}

/// The file at `path`; `None` if a link leads out of `dir`, or the file is missing or not readable.
fn inside(dir: &Path, path: &str) -> io::Result<Option<Vec<u8>>> {
    let (Ok(real), Ok(dir)) = (dir.join(path).canonicalize(), dir.canonicalize()) else {
        return Ok(None);
    };
    // Opening a pipe would block until its other end is opened.
    if !real.starts_with(dir) || !real.is_file() {
        return Ok(None);
    }
    match fs::read(real) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) => match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => Ok(None),
            _ => Err(error),
        },
    }
}

/// The newest version of the site.
#[derive(Debug)]
pub(super) struct Shelf {
    dir: PathBuf,
    site: Mutex<Arc<Site>>,
}

impl Shelf {
    pub fn open(dir: PathBuf) -> Result<Self, ServeError> {
        let unread = |source| ServeError::Read {
            path: dir.join(MANIFEST),
            source,
        };
        let manifest = Manifest::read(&dir, MANIFEST).map_err(unread)?;
        let Some(manifest) = manifest else {
            return Err(ServeError::NoSite { path: dir });
        };
        let site = Site::load(&dir, manifest).map_err(unread)?;
        Ok(Self {
            dir,
            site: Mutex::new(Arc::new(site)),
        })
    }

    /// The site after the last complete publish. While the folder contains no site, for example
    /// between its removal and the next publish, or cannot be read, it is the last loaded site.
    pub fn site(&self) -> Arc<Site> {
        let mut site = self.site.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(Some(manifest)) = Manifest::read(&self.dir, MANIFEST)
            && manifest != site.manifest
            && let Ok(newer) = Site::load(&self.dir, manifest)
        {
            *site = Arc::new(newer);
        }
        Arc::clone(&site)
    }
}
