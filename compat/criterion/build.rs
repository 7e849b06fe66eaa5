//! Sets `since_0_4` to `since_0_8` for the criterion version that this package stands in for.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let minor = std::env::var("CARGO_PKG_VERSION_MINOR");
    let minor: u32 = minor.ok().and_then(|minor| minor.parse().ok()).unwrap_or(8);
    for version in 4..=8 {
        println!("cargo:rustc-check-cfg=cfg(since_0_{version})");
        if minor >= version {
            println!("cargo:rustc-cfg=since_0_{version}");
        }
    }
}
