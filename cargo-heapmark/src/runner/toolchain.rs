//! Describes the toolchain and the dependencies of a build.

use std::path::Path;
use std::process::Command;

use sha2::{Digest, Sha256};

use super::command::{CommandError, cargo, output, output_of};
use super::flags::CargoFlags;
use heapmark_model::record::Toolchain;

/// The toolchain that builds the bench target of `package` in `root`, as rustc and cargo report it.
/// `flags` are the user's flags of cargo, and `config` is a file of its configuration that the build
/// uses.
///
/// # Errors
///
/// If rustc cannot be run.
pub fn toolchain(
    root: &Path,
    package: &str,
    flags: &CargoFlags,
    config: Option<&Path>,
) -> Result<Toolchain, CommandError> {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let described = output(&rustc, &["-vV"], root)?;
    let value = |key: &str| {
        let mut lines = described.lines().filter_map(|line| line.split_once(": "));
        let found = lines.find(|(name, _)| *name == key)?;
        Some(found.1.to_owned()).filter(|value| value != "unknown")
    };
    Ok(Toolchain {
        rustc: value("release").unwrap_or_else(|| "unknown".to_owned()),
        commit: value("commit-hash"),
        target: value("host").unwrap_or_else(|| "unknown".to_owned()),
        llvm: value("LLVM version"),
        // Flags that are not valid Unicode are also recorded.
        rustflags: std::env::var_os("RUSTFLAGS")
            .map(|flags| flags.to_string_lossy().into_owned())
            .unwrap_or_default(),
        lock_sha256: std::fs::read(root.join("Cargo.lock"))
            .ok()
            .map(|lock| sha256(&lock)),
        dependencies_sha256: dependencies(root, package, flags, config),
    })
}

/// The hash of the crates that `package` and its bench targets are built from. `Cargo.lock` is not
/// suitable, because it contains every crate of the workspace: an update of an unrelated tool would
/// look like another program.
fn dependencies(
    root: &Path,
    package: &str,
    flags: &CargoFlags,
    config: Option<&Path>,
) -> Option<String> {
    let arguments = ["tree", "--package", package, "--edges", "normal,build,dev"];
    let form = ["--prefix", "none", "--no-dedupe"];
    let mut tree = Command::new(cargo());
    tree.args(arguments).args(form).current_dir(root);
    flags.add_to_any(&mut tree);
    flags.add_features(&mut tree, &[]);
    if let Some(config) = config {
        tree.arg("--config").arg(config);
    }
    let tree = output_of(tree).ok()?;
    let mut crates: Vec<&str> = tree.lines().filter_map(name_and_version).collect();
    crates.sort_unstable();
    crates.dedup();
    // Without a crate there is no hash: otherwise all such builds would look the same.
    (!crates.is_empty()).then(|| sha256(crates.join("\n").as_bytes()))
}

/// The crate on a line of `cargo tree`, without the path of a local crate: its location does not
/// matter, and the commit identifies its content.
fn name_and_version(line: &str) -> Option<&str> {
    let line = line.trim();
    let own = line.find(" (/").map_or(line, |end| &line[..end]);
    (!own.is_empty()).then_some(own)
}

/// The SHA-256 of `bytes` in lower-case hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::name_and_version;

    #[test]
    fn the_folder_of_a_crate_is_not_part_of_its_name() {
        assert_eq!(
            name_and_version("mine v0.1.0 (/home/me/mine)"),
            Some("mine v0.1.0")
        );
        let from_git = "theirs v2.0.0 (https://example.org/theirs#0a1b2c3d)";
        assert_eq!(name_and_version(from_git), Some(from_git));
        assert_eq!(name_and_version(""), None);
    }
}
