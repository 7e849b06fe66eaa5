//! Builds the example server with the flags that a tool needs.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use cargo_heapmark::profile::run::Tool;
use cargo_heapmark::profile::run::subject::{FRAME_POINTERS, HOST, SANITIZER};

const NAME: &str = "memory_profile_server";
/// The server without heapmark's allocator.
const PLAIN: &str = "benchmark_server";

/// How a server is built.
struct Recipe {
    /// The name of the folder for the binary.
    kind: &'static str,
    /// The target folder. Other flags would rebuild everything in the usual one.
    target: &'static str,
    arguments: &'static [&'static str],
    flags: Option<&'static str>,
    /// Whether the target folder contains one more folder for each target triple.
    has_target: bool,
}

const SANITIZED: &str = "target/heapmark/profile/lsan";
/// The target folder for builds with LeakSanitizer, and the environment of the compiler. They are
/// for builds whose arguments another module chooses.
pub fn sanitized() -> (&'static str, [(&'static str, &'static str); 3]) {
    let variables = [
        ("RUSTUP_TOOLCHAIN", "nightly"),
        ("RUSTFLAGS", SANITIZER),
        ("CARGO_BUILD_TARGET", HOST),
    ];
    (SANITIZED, variables)
}

fn recipe(tool: Tool) -> Recipe {
    let usual = Recipe {
        kind: "system",
        target: "target",
        arguments: &["build"],
        flags: None,
        has_target: false,
    };
    match tool {
        Tool::Dhat => Recipe {
            kind: "dhat",
            arguments: &["build", "--features", "memory-profiling"],
            ..usual
        },
        Tool::Live => Recipe {
            kind: "live",
            target: "target/heapmark/profile/frame-pointers",
            flags: Some(FRAME_POINTERS),
            ..usual
        },
        Tool::Lsan => Recipe {
            kind: "lsan",
            target: SANITIZED,
            // Programs that the compiler runs during the build must not be sanitised. An explicit
            // target excludes them.
            arguments: &["+nightly", "build", "--target", HOST],
            flags: Some(SANITIZER),
            has_target: true,
        },
        _ => usual,
    }
}

/// Builds the server as a tool needs it, and copies it to a separate folder: the next build has
/// other features and the same path.
pub fn example(tool: Tool) -> Result<PathBuf> {
    built(NAME, &recipe(tool))
}

/// Builds the plain server.
pub fn plain() -> Result<PathBuf> {
    built(PLAIN, &recipe(Tool::Plain))
}

fn built(name: &str, recipe: &Recipe) -> Result<PathBuf> {
    let mut cargo = Command::new("cargo");
    cargo.args(recipe.arguments);
    cargo.args(["--release", "--quiet", "-p", "heapmark"]);
    // Line tables do not contain the names of inlined functions, such as async ones.
    cargo.args([
        "--config",
        "profile.release.package.heapmark.debug='limited'",
    ]);
    cargo.args(["--example", name, "--target-dir", recipe.target]);
    if let Some(flags) = recipe.flags {
        cargo.env("RUSTFLAGS", flags);
    }
    if !cargo.status().context("cannot run `cargo`")?.success() {
        bail!("the example `{name}` does not build; see the errors of cargo above");
    }
    let folder = Path::new("target/heapmark/profile/bin").join(recipe.kind);
    std::fs::create_dir_all(&folder)?;
    let mut built = PathBuf::from(recipe.target);
    if recipe.has_target {
        built.push(HOST);
    }
    built.extend(["release", "examples", name]);
    let kept = std::path::absolute(folder.join(name))?;
    std::fs::copy(&built, &kept).with_context(|| format!("cannot copy {}", built.display()))?;
    Ok(kept)
}
