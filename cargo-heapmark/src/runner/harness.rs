//! Detects which harness a bench target has, from its manifest and its source.

use std::path::Path;

use toml_edit::{DocumentMut, Item, Table};

/// The harness of a bench target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Harness {
    /// heapmark's own.
    Heapmark,
    /// criterion's.
    Criterion,
    /// libtest's: the target does not set `harness = false`.
    Libtest,
    /// Any other.
    Other,
}

/// The harness of the bench target `bench` with the main file `source`, whose manifest is at
/// `manifest`. A file that cannot be read has none.
pub(super) fn harness(manifest: &Path, bench: &str, source: &Path) -> Harness {
    let text = std::fs::read_to_string(source).unwrap_or_default();
    let manifest = std::fs::read_to_string(manifest).unwrap_or_default();
    let manifest: DocumentMut = manifest.parse().unwrap_or_default();
    if !has_own_main(&manifest, bench) {
        Harness::Libtest
    } else if ["heapmark::main!", "heapmark::{", "heapmark::criterion"]
        .iter()
        .any(|own| text.contains(own))
    {
        Harness::Heapmark
    } else if text.contains("criterion") || text.contains("Criterion") {
        Harness::Criterion
    } else if text.contains("heapmark") {
        Harness::Heapmark
    } else {
        Harness::Other
    }
}

/// Whether the manifest sets `harness = false` for the bench target.
fn has_own_main(manifest: &DocumentMut, bench: &str) -> bool {
    let benches = manifest.get("bench").and_then(Item::as_array_of_tables);
    let is_named = |table: &&Table| table.get("name").and_then(Item::as_str) == Some(bench);
    let table = benches.and_then(|benches| benches.iter().find(is_named));
    table.and_then(|table| table.get("harness")?.as_bool()) == Some(false)
}

#[cfg(test)]
mod tests {
    use super::{Harness, harness};

    fn of(manifest: &str, source: &str) -> Harness {
        let folder = tempfile::tempdir().unwrap();
        let [toml, main] = ["Cargo.toml", "speed.rs"].map(|name| folder.path().join(name));
        std::fs::write(&toml, manifest).unwrap();
        std::fs::write(&main, source).unwrap();
        harness(&toml, "speed", &main)
    }

    #[test]
    fn the_source_tells_the_harness_of_a_target_with_its_own_main() {
        let own = "[[bench]]\nname = \"other\"\n[[bench]]\nname = \"speed\"\nharness = false\n";
        assert_eq!(of(own, "heapmark::main!(a);"), Harness::Heapmark);
        assert_eq!(of(own, "use criterion::Criterion;"), Harness::Criterion);
        let interface = "use heapmark::criterion::Criterion;";
        assert_eq!(of(own, interface), Harness::Heapmark);
        assert_eq!(of(own, "fn main() {}"), Harness::Other);
        let libtest = "[[bench]]\nname = \"speed\"\n";
        assert_eq!(of(libtest, "use criterion::Criterion;"), Harness::Libtest);
        assert_eq!(of("not toml", "heapmark::main!(a);"), Harness::Libtest);
    }
}
