//! Links the binaries in an order of functions drawn from a seed, when one is given.
//!
//! Where code lies changes how fast it runs by several percent, so that `cargo xtask overhead`
//! measures each wrapper in several layouts. It needs lld, the default linker on x86-64 Linux.

fn main() {
    const SEED: &str = "HEAPMARK_LAYOUT";
    let mut directives = format!("cargo::rerun-if-env-changed={SEED}\n");
    if let Ok(seed) = std::env::var(SEED) {
        directives += "cargo::rustc-link-arg-bins=-Wl,--shuffle-sections=.text*=";
        directives += &seed;
        directives += "\n";
    }
    let _ = std::io::Write::write_all(&mut std::io::stdout(), directives.as_bytes());
}
