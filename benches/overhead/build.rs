//! Links the binaries in a random order of functions if a seed is given.
//!
//! Code placement changes times by several percent, so `cargo xtask overhead` measures each wrapper
//! in several link orders. This needs lld, the default linker on x86-64 Linux.

fn main() {
    const SEED: &str = "HEAPMARK_LINK_ORDER";
    let mut directives = format!("cargo::rerun-if-env-changed={SEED}\n");
    if let Ok(seed) = std::env::var(SEED) {
        directives += "cargo::rustc-link-arg-bins=-Wl,--shuffle-sections=.text*=";
        directives += &seed;
        directives += "\n";
    }
    let _ = std::io::Write::write_all(&mut std::io::stdout(), directives.as_bytes());
}
