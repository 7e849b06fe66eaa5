//! Builds the example server as a tool wants it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use cargo_heapmark::profile::run::Tool;
use cargo_heapmark::profile::run::subject::{FRAME_POINTERS, HOST, SANITIZER};

const NAME: &str = "memory_profile_server";
/// The server that nothing watches.
const PLAIN: &str = "benchmark_server";

/// How a server is built.
struct Recipe {
    /// Names the folder that the binary is kept in.
    kind: &'static str,
    /// Other flags build everything anew, so what they built is kept apart.
    target: &'static str,
    arguments: &'static [&'static str],
    flags: Option<&'static str>,
    /// Whether the target folder has one more for each target.
    has_target: bool,
}

const SANITIZED: &str = "target/heapmark/profile/lsan";
/// Where what LeakSanitizer is built into lies, and the compiler's environment for it: that of a
/// build whose arguments are somebody else's.
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
            // What the compiler runs while it builds must not be sanitised: hence a target.
            arguments: &["+nightly", "build", "--target", HOST],
            flags: Some(SANITIZER),
            has_target: true,
        },
        _ => usual,
    }
}

/// The server as a tool wants it, in a place of its own: the next build has other features and the
/// same path.
pub fn example(tool: Tool) -> Result<PathBuf> {
    built(NAME, &recipe(tool))
}

/// The plain server.
pub fn plain() -> Result<PathBuf> {
    built(PLAIN, &recipe(Tool::Plain))
}

fn built(name: &str, recipe: &Recipe) -> Result<PathBuf> {
    let mut cargo = Command::new("cargo");
    cargo.args(recipe.arguments);
    cargo.args(["--release", "--quiet", "-p", "heapmark"]);
    // Line tables alone have no names of functions that were inlined, as async ones are.
    cargo.args([
        "--config",
        "profile.release.package.heapmark.debug='limited'",
    ]);
    cargo.args(["--example", name, "--target-dir", recipe.target]);
    if let Some(flags) = recipe.flags {
        cargo.env("RUSTFLAGS", flags);
    }
    if !cargo.status().context("cargo")?.success() {
        bail!("the server does not build");
    }
    let folder = Path::new("target/heapmark/profile/bin").join(recipe.kind);
    std::fs::create_dir_all(&folder)?;
    let mut built = PathBuf::from(recipe.target);
    if recipe.has_target {
        built.push(HOST);
    }
    built.extend(["release", "examples", name]);
    let kept = std::path::absolute(folder.join(name))?;
    std::fs::copy(&built, &kept).with_context(|| built.display().to_string())?;
    Ok(kept)
}
