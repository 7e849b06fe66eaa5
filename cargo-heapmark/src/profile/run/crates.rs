//! Finds the crate that each source file of a profile belongs to. The compiler writes paths
//! relative to the folder in which it ran, so `src/task/mod.rs` can belong to the server or to any
//! of its dependencies. Some tools prepend that folder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::profile::Profile;

/// Writes the paths of downloaded crates as `tokio-1.54.1/src/task/mod.rs`, and those in the
/// workspace of `server` relative to its root. A file that several crates contain stays unchanged.
pub fn name_crates(profile: &mut Profile, server: &Path) {
    let mut around = server.ancestors();
    let Some(root) = around.find(|folder| folder.join("Cargo.lock").is_file()) else {
        return;
    };
    for frame in &mut profile.frames {
        if let Ok(below) = Path::new(&frame.file).strip_prefix(root) {
            frame.file = below.display().to_string();
        }
    }
    let crates: BTreeSet<String> = profile
        .frames
        .iter()
        .filter_map(|frame| fetched(&frame.file))
        .collect();
    let mut known: BTreeMap<String, Option<String>> = BTreeMap::new();
    for frame in &mut profile.frames {
        let file = &frame.file;
        let is_relative = file.contains('/') && !file.starts_with(['/', '.']);
        if !is_relative || root.join(file).is_file() {
            continue;
        }
        let name = known.entry(file.clone()).or_insert_with(|| {
            let mut holding = crates
                .iter()
                .filter(|of| Path::new(of).join(file).is_file());
            let (one, another) = (holding.next()?, holding.next());
            let (_, name) = one.rsplit_once('/')?;
            another.is_none().then(|| format!("{name}/{file}"))
        });
        if let Some(name) = name {
            frame.file.clone_from(name);
        }
    }
}

/// The folder of the downloaded crate that contains an absolute path.
fn fetched(file: &str) -> Option<String> {
    let (registry, rest) = file.split_once("/registry/src/")?;
    let mut parts = rest.split('/');
    let (index, name) = (parts.next()?, parts.next()?);
    Some(format!("{registry}/registry/src/{index}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::name_crates;
    use std::fs;

    #[test]
    fn a_file_of_a_fetched_crate_gets_its_name_and_one_of_the_workspace_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        };
        let files = [
            "app/Cargo.lock",
            "app/src/own.rs",
            "app/src/both.rs",
            "app/src/whole.rs",
        ];
        files.into_iter().for_each(write);
        let crates = [
            "a-1.0.0/src/both.rs",
            "a-1.0.0/src/task.rs",
            "a-1.0.0/src/two.rs",
        ];
        for path in crates {
            write(&format!("registry/src/index/{path}"));
        }
        write("registry/src/index/b-2.0.0/src/two.rs");
        let fetched = |name: &str| format!("{}/registry/src/index/{name}", folder.path().display());
        let whole = format!("{}/app/src/whole.rs", folder.path().display());
        let (a, b) = (fetched("a-1.0.0/src/x.rs"), fetched("b-2.0.0/src/x.rs"));

        let text = format!(
            "v 10400 3\ns 1 f\ns {:x} {a}\ns {:x} {b}\ns a src/own.rs\ns b src/both.rs\ns b src/task.rs\ns a src/two.rs\ns {:x} {whole}\n\
             i 1 0 1 2 1\ni 2 0 1 3 1\ni 3 0 1 4 1\ni 4 0 1 5 1\ni 5 0 1 6 1\ni 6 0 1 7 1\ni 7 0 1 8 1\n\
             t 1 0\nt 2 1\nt 3 2\nt 4 3\nt 5 4\nt 6 5\nt 7 6\na 1 7\n+ 0\n",
            a.len(),
            b.len(),
            whole.len()
        );
        let mut profile = crate::profile::parse(text.as_bytes()).unwrap();
        name_crates(&mut profile, &folder.path().join("app/target/server"));
        let files: Vec<&str> = profile.frames.iter().map(|frame| &*frame.file).collect();
        for file in [
            "src/own.rs",
            "src/both.rs",
            "src/whole.rs",
            "a-1.0.0/src/task.rs",
            "src/two.rs",
        ] {
            assert!(files.contains(&file), "{file} is not in {files:?}");
        }
    }
}
