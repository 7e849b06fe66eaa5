//! Selects the interface of the criterion version that this package replaces. The source has the
//! newest interface; each of `before_0_4` to `before_0_8` removes what that version added.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let minor = std::env::var("CARGO_PKG_VERSION_MINOR");
    let minor: u32 = minor
        .ok()
        .and_then(|minor| minor.parse().ok())
        .unwrap_or(8);
    for version in 4..=8 {
        println!("cargo:rustc-check-cfg=cfg(before_0_{version})");
        if minor < version {
            println!("cargo:rustc-cfg=before_0_{version}");
        }
    }
}
