//! Unpacks the sources of heapmark, and makes the package that replaces a version of criterion.
//!
//! ```text
//! layers/
//! ├─ heapmark/         the library, as this program was built with it
//! ├─ heapmark-model/
//! └─ criterion-0.5.1/  criterion's interface over heapmark's harness
//! ```

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use heapmark::__private::sources::{MODEL_SOURCES, SOURCES};
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, Value, value};

/// The folder of the layer in heapmark's sources.
const LAYER: &str = "compat/criterion/";

/// The edition of heapmark's packages, whose manifests take it from the workspace.
const EDITION: &str = "2024";

/// The features of criterion in any version. A version without one of them is not affected.
const FEATURES: [&str; 7] = [
    "cargo_bench_support",
    "csv_output",
    "default",
    "html_reports",
    "plotters",
    "rayon",
    "real_blackbox",
];

/// Features of criterion with the crate that they need: its requirement and its features.
const EXECUTORS: [(&str, &str, &str, &[&str]); 4] = [
    ("async_futures", "futures", "0.3", &["executor"]),
    ("async_smol", "smol", "", &[]),
    ("async_std", "async-std", "1", &[]),
    ("async_tokio", "tokio", "1", &["rt"]),
];

/// Writes heapmark's packages below `folder`.
///
/// # Errors
///
/// If a file cannot be written.
pub(super) fn unpack(folder: &Path) -> io::Result<()> {
    for (name, sources) in [("heapmark", SOURCES), ("heapmark-model", MODEL_SOURCES)] {
        let root = folder.join(name);
        for &(path, text) in sources {
            if path == "Cargo.toml" {
                let manifest = library(name, text).map_err(io::Error::other)?;
                put(&root.join(path), &manifest)?;
            } else {
                put(&root.join(path), text)?;
            }
        }
    }
    Ok(())
}

/// Writes the package that replaces `version` of criterion. Returns its folder.
///
/// # Errors
///
/// If a file cannot be written.
pub(super) fn layer(folder: &Path, version: &str) -> io::Result<PathBuf> {
    let root = folder.join(format!("criterion-{version}"));
    for &(path, text) in SOURCES {
        if let Some(path) = path.strip_prefix(LAYER) {
            put(&root.join(path), text)?;
        }
    }
    put(&root.join("Cargo.toml"), &manifest(version))?;
    Ok(root)
}

/// Writes a file, unless it has this text already: cargo builds again what is newer than before.
fn put(path: &Path, text: &str) -> io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|known| known == text) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}

/// The manifest of a library of heapmark, without what a bench target does not need: optional
/// dependencies for other uses, dev-dependencies, targets and the workspace.
fn library(name: &str, text: &str) -> Result<String, toml_edit::TomlError> {
    let own: DocumentMut = text.parse()?;
    let mut manifest = DocumentMut::new();
    manifest["package"] = package(name, env!("CARGO_PKG_VERSION"), EDITION);
    manifest["workspace"] = Item::Table(Table::new());
    let mut dependencies = own.get("dependencies").cloned().unwrap_or_default();
    let dropped = [
        "bumpalo",
        "criterion",
        "schemars",
        "serde",
        "serde_json",
        "thiserror",
    ];
    if let Some(table) = dependencies.as_table_like_mut() {
        for name in dropped {
            table.remove(name);
        }
        if table.remove("regex").is_some() {
            // The same interface, and a tenth of the time to compile it.
            let mut lite = InlineTable::new();
            lite.insert("package", "regex-lite".into());
            lite.insert("version", "0.1.6".into());
            lite.insert("optional", true.into());
            table.insert("regex", value(lite));
        }
        if table.contains_key("heapmark-model") {
            let mut model = InlineTable::new();
            model.insert("path", "../heapmark-model".into());
            table.insert("heapmark-model", value(model));
        }
    }
    let mut features = own.get("features").cloned().unwrap_or_default();
    if let Some(table) = features.as_table_like_mut() {
        let is_dropped = |feature: &Value| {
            let name = feature.as_str().unwrap_or_default();
            dropped
                .iter()
                .any(|dropped| name == format!("dep:{dropped}"))
        };
        for (_, list) in table.iter_mut() {
            if let Some(list) = list.as_array_mut() {
                list.retain(|feature| !is_dropped(feature));
            }
        }
    }
    manifest["features"] = features;
    manifest["dependencies"] = dependencies;
    // The workspace of the library declares its cfgs. Warnings do not concern the user.
    manifest["lints"]["rust"]["unexpected_cfgs"] = value("allow");
    if let Some(target) = own.get("target") {
        manifest["target"] = target.clone();
    }
    Ok(manifest.to_string())
}

/// The manifest of the package that replaces `version` of criterion.
fn manifest(version: &str) -> String {
    let minor = minor(version);
    let mut manifest = DocumentMut::new();
    manifest["package"] = package("criterion", version, "2021");
    let mut features = Table::new();
    for feature in FEATURES.into_iter().chain(["async"]) {
        features.insert(feature, value(Array::new()));
    }
    let mut dependencies = Table::new();
    let mut heapmark = InlineTable::new();
    heapmark.insert("path", "../heapmark".into());
    heapmark.insert("features", Array::from_iter(["bench"]).into());
    dependencies.insert("heapmark", value(heapmark));
    for (feature, package, requirement, with) in EXECUTORS {
        let requirement = match package {
            "smol" if minor < 6 => "1.2",
            "smol" => "2",
            _ => requirement,
        };
        let mut dependency = InlineTable::new();
        dependency.insert("version", requirement.into());
        dependency.insert("default-features", (package == "async-std").into());
        dependency.insert("features", Array::from_iter(with.iter().copied()).into());
        dependency.insert("optional", true.into());
        dependencies.insert(package, value(dependency));
        let needs = Array::from_iter([format!("dep:{package}"), "async".to_owned()]);
        features.insert(feature, value(needs));
    }
    let executors = EXECUTORS.map(|(feature, ..)| feature);
    features.insert("stable", value(Array::from_iter(executors)));
    manifest["features"] = Item::Table(features);
    manifest["dependencies"] = Item::Table(dependencies);
    manifest["workspace"] = Item::Table(Table::new());
    manifest.to_string()
}

/// The second part of a version of criterion.
fn minor(version: &str) -> u32 {
    let minor = version.split('.').nth(1);
    minor.and_then(|minor| minor.parse().ok()).unwrap_or(0)
}

fn package(name: &str, version: &str, edition: &str) -> Item {
    let mut package = Table::new();
    package.insert("name", value(name));
    package.insert("version", value(version));
    package.insert("edition", value(edition));
    package.insert("publish", value(false));
    Item::Table(package)
}

#[cfg(test)]
mod tests {
    use super::{library, manifest};
    use heapmark::__private::sources::{MODEL_SOURCES, SOURCES};

    #[test]
    fn an_unpacked_library_has_no_dependency_that_a_bench_target_does_not_need() {
        for (name, sources, wanted) in [
            ("heapmark", SOURCES, "stats_alloc"),
            ("heapmark-model", MODEL_SOURCES, "regex-lite"),
        ] {
            let text = sources
                .iter()
                .find(|(path, _)| *path == "Cargo.toml")
                .unwrap();
            let manifest = library(name, text.1).unwrap();
            assert!(manifest.contains(wanted), "{manifest}");
            for gone in ["criterion =  {", "serde = {", "dev-dependencies", "members"] {
                assert!(!manifest.contains(gone), "{gone}: {manifest}");
            }
        }
    }

    #[test]
    fn an_executor_is_the_one_of_that_version_of_criterion() {
        assert!(manifest("0.5.1").contains("smol = { version = \"1.2\""));
        assert!(manifest("0.6.0").contains("smol = { version = \"2\""));
    }
}
