//! The files of a site, in memory, loaded anew when a publish has changed them.

use std::collections::BTreeMap;
use std::fs;
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
    fn load(dir: &Path, manifest: Manifest) -> Self {
        let read = |path: &String| Some((path.clone(), inside(dir, path)?));
        Self {
            files: manifest.files.keys().filter_map(read).collect(),
            manifest,
        }
    }
}

/// The file at `path`, unless a link leads out of `dir`.
fn inside(dir: &Path, path: &str) -> Option<Vec<u8>> {
    let real = dir.join(path).canonicalize().ok()?;
    let stays = real.starts_with(dir.canonicalize().ok()?);
    // To open a pipe would wait for its other end.
    if !stays || !real.is_file() {
        return None;
    }
    fs::read(real).ok()
}

/// Where the newest site is kept.
#[derive(Debug)]
pub(super) struct Shelf {
    dir: PathBuf,
    site: Mutex<Arc<Site>>,
}

impl Shelf {
    pub fn open(dir: PathBuf) -> Result<Self, ServeError> {
        let manifest = Manifest::read(&dir, MANIFEST).map_err(|source| ServeError::Read {
            path: dir.join(MANIFEST),
            source,
        })?;
        let Some(manifest) = manifest else {
            return Err(ServeError::NoSite { path: dir });
        };
        let site = Site::load(&dir, manifest);
        Ok(Self {
            dir,
            site: Mutex::new(Arc::new(site)),
        })
    }

    /// The site as the last complete publish left it. While the folder holds none, as between
    /// its removal and the next publish, the last one that was seen stays.
    pub fn site(&self) -> Arc<Site> {
        let mut site = self.site.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(Some(manifest)) = Manifest::read(&self.dir, MANIFEST)
            && manifest != site.manifest
        {
            *site = Arc::new(Site::load(&self.dir, manifest));
        }
        Arc::clone(&site)
    }
}
