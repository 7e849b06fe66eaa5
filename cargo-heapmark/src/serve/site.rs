//! The files of a site, in memory, loaded anew when a publish has changed them.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::ServeError;
use crate::publish::{MANIFEST, Manifest};

/// Every file of a site at one moment, by its path below the site's folder.
#[derive(Debug, Default)]
pub(super) struct Site {
    manifest: Manifest,
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Site {
    /// # Errors
    ///
    /// Where the system cannot read now what it may read later, as without a free file descriptor.
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

/// The file at `path`, unless a link leads out of `dir` or the file is not there for us.
fn inside(dir: &Path, path: &str) -> io::Result<Option<Vec<u8>>> {
    let (Ok(real), Ok(dir)) = (dir.join(path).canonicalize(), dir.canonicalize()) else {
        return Ok(None);
    };
    // To open a pipe would wait for its other end.
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

/// Where the newest site is kept.
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

    /// The site as the last complete publish left it. While the folder holds none, as between
    /// its removal and the next publish, or cannot be read, the last one that was seen stays.
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
