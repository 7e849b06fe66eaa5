//! `cargo xtask foreign-tests`: checks that the tests of published crates compile and pass with
//! heapmark as a dev-dependency and its allocator installed.
//!
//! ```text
//!  cargo fetch ─▶ a copy below target/ ─▶ + dev-dependency, + allocator ─▶ cargo test
//!                                     └▶ with criterion instead: refused, the control
//! ```
//!
//! serde_json has impls that make `assert_eq!(&*v, &[])` ambiguous. The tests of these crates
//! compare slices, so they fail to compile if heapmark brings serde_json, as its feature
//! `criterion` does.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Output};

use anyhow::{Context, Result, bail};

use crate::package;

/// Crates whose tests compare slices with empty arrays.
const CRATES: [(&str, &str); 2] = [("smallvec", "1.16.6"), ("bytes", "1.4.0")];

const ALLOCATOR: &str = "
#[cfg(test)]
#[global_allocator]
static HEAPMARK: heapmark::Alloc = heapmark::Alloc::system();
";

/// For a test that has its own allocator: rustc considers the impls of a crate only if the crate is
/// used.
const NAMED: &str = "
#[cfg(test)]
use heapmark as _;
";

/// Runs the task. Exits with 1 if a test fails, or if the control with `criterion` compiles.
pub fn run() -> Result<ExitCode> {
    let here = std::env::current_dir()?;
    let folder = here.join("target/heapmark/foreign");
    let mut failed = false;
    for (name, version) in CRATES {
        let source = package::fetch(&folder, name, version)?;
        let place = folder.join(name);
        copy(&source, &place, &here, "bench")?;
        let output = cargo(&place, &["test"])?;
        let passed = output.status.success();
        let word = if passed { "passed" } else { "FAILED" };
        writeln!(io::stdout(), "{word:>10}  {name} {version}")?;
        if !passed {
            io::stdout().write_all(&output.stderr)?;
            io::stdout().write_all(&output.stdout)?;
        }
        copy(&source, &place, &here, "criterion")?;
        let control = cargo(&place, &["test", "--no-run"])?;
        let stderr = String::from_utf8_lossy(&control.stderr);
        let refused = !control.status.success() && stderr.contains("serde_json");
        writeln!(
            io::stdout(),
            "{:>10}  {name} {version} with the feature `criterion`, which must be refused",
            if refused { "refused" } else { "ACCEPTED" }
        )?;
        failed |= !passed || !refused;
    }
    Ok(ExitCode::from(u8::from(failed)))
}

/// Copies a crate; the copy depends on heapmark with this feature and has its allocator.
fn copy(source: &Path, place: &Path, heapmark: &Path, feature: &str) -> Result<()> {
    package::copy(source, place)?;
    // The lock file of a published crate may have versions with which heapmark does not build.
    let _ = fs::remove_file(place.join("Cargo.lock"));
    let manifest = place.join("Cargo.toml");
    let text = fs::read_to_string(&manifest)?;
    if text.contains("[workspace]") {
        bail!(
            "cannot copy {}: it is a workspace; choose another crate",
            manifest.display()
        );
    }
    let heapmark = format!("{:?}", heapmark.display().to_string());
    fs::write(
        &manifest,
        format!(
            "{text}\n[dev-dependencies.heapmark]\npath = {heapmark}\nfeatures = [\"{feature}\"]\n\n[workspace]\n"
        ),
    )?;
    let mut files = vec![place.join("src/lib.rs")];
    for entry in fs::read_dir(place.join("tests")).into_iter().flatten() {
        files.push(entry?.path());
    }
    for file in files {
        let text = fs::read_to_string(&file)?;
        let added = match text.contains("#[global_allocator]") {
            true => NAMED,
            false => ALLOCATOR,
        };
        fs::write(&file, text + added)?;
    }
    Ok(())
}

fn cargo(folder: &Path, arguments: &[&str]) -> Result<Output> {
    let target = folder.with_file_name("target");
    Command::new("cargo")
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .output()
        .context("cannot run `cargo`")
}
