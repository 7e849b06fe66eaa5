//! Replaces the registry with a folder, so that nothing is downloaded.

use std::fs;

use crate::repository::Repository;

/// A repository with a dependency `planted` in these versions, each with its `src/lib.rs`. Version
/// 1.0.0 is locked.
pub fn repository(versions: &[(&str, &str)]) -> Repository {
    let repository = Repository::new();
    let registry = repository.dir.path().join("registry");
    for (version, code) in versions {
        let folder = registry.join(format!("planted-{version}"));
        fs::create_dir_all(folder.join("src")).unwrap();
        let manifest =
            format!("[package]\nname = \"planted\"\nversion = \"{version}\"\nedition = \"2021\"\n");
        fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        fs::write(folder.join("src/lib.rs"), code).unwrap();
        fs::write(folder.join(".cargo-checksum.json"), "{\"files\":{}}").unwrap();
    }
    let root = repository.root();
    fs::create_dir(root.join(".cargo")).unwrap();
    let config = format!(
        "[registries.folder]\nindex = \"file:///no/such/index\"\n\n[source.folder-index]\nregistry = \"file:///no/such/index\"\nreplace-with = \"vendored\"\n\n[source.vendored]\ndirectory = {registry:?}\n"
    );
    fs::write(root.join(".cargo/config.toml"), config).unwrap();
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let requirement = "[dev-dependencies]\nplanted = { version = \"1\", registry = \"folder\" }";
    let manifest = manifest.replace("[dev-dependencies]", requirement);
    fs::write(root.join("Cargo.toml"), manifest).unwrap();
    repository
}
