//! Changes the version requirement of a dependency in a manifest, and only that.

use std::path::{Path, PathBuf};
use std::{fs, io};

use toml_edit::{DocumentMut, Item, TableLike, value};

/// Why a manifest could not be edited.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// It cannot be read or written.
    #[error("cannot edit {}: {source}", path.display())]
    File {
        /// The manifest.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// It is not TOML.
    #[error("cannot edit {}: {source}", path.display())]
    Toml {
        /// The manifest.
        path: PathBuf,
        /// The parser's error.
        source: toml_edit::TomlError,
    },
}

const KINDS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// Makes the manifest at `path` require exactly `version` in each requirement of the package
/// `name`. Returns whether there was one.
pub(super) fn require(path: &Path, name: &str, version: &str) -> Result<bool, EditError> {
    let file = |source| EditError::File {
        path: path.to_owned(),
        source,
    };
    let text = fs::read_to_string(path).map_err(file)?;
    let edited = edit(&text, name, version).map_err(|source| EditError::Toml {
        path: path.to_owned(),
        source,
    })?;
    if let Some(edited) = &edited {
        fs::write(path, edited).map_err(file)?;
    }
    Ok(edited.is_some())
}

fn edit(text: &str, name: &str, version: &str) -> Result<Option<String>, toml_edit::TomlError> {
    let mut manifest: DocumentMut = text.parse()?;
    let mut edited = within(manifest.as_table_mut(), name, version);
    let workspace = manifest
        .get_mut("workspace")
        .and_then(Item::as_table_like_mut);
    edited |= workspace.is_some_and(|table| within(table, name, version));
    let targets = manifest.get_mut("target").and_then(Item::as_table_like_mut);
    if let Some(targets) = targets {
        for (_, target) in targets.iter_mut() {
            let target = target.as_table_like_mut();
            edited |= target.is_some_and(|table| within(table, name, version));
        }
    }
    Ok(edited.then(|| manifest.to_string()))
}

/// Changes the requirements of `name` in the dependency lists of `table`.
fn within(table: &mut dyn TableLike, name: &str, version: &str) -> bool {
    let mut edited = false;
    for kind in KINDS {
        let list = table.get_mut(kind).and_then(Item::as_table_like_mut);
        let Some(list) = list else { continue };
        for (key, item) in list.iter_mut() {
            let renamed = item.get("package").and_then(Item::as_str);
            if renamed.unwrap_or(key.get()) != name {
                continue;
            }
            // An inherited dependency, or one from a folder, has no version to change.
            let required = if item.is_str() {
                Some(item)
            } else {
                let details = item.as_table_like_mut();
                details.and_then(|details| details.get_mut("version"))
            };
            if let Some(required) = required {
                *required = value(format!("={version}"));
                edited = true;
            }
        }
    }
    edited
}

#[cfg(test)]
mod tests {
    use super::edit;

    fn edited(text: &str) -> Option<String> {
        edit(text, "lib", "2.0.0").unwrap()
    }

    #[test]
    fn every_form_of_a_requirement_is_changed_and_the_rest_is_kept() {
        let text = r#"# A comment.
[dependencies]
lib = "1" # why
other = "1"
[dev-dependencies]
renamed = { package = "lib", version = "1.2", features = ["x"] }
[workspace.dependencies]
lib = { version = "1" }
[target.'cfg(unix)'.dependencies.lib]
version = "1"
"#;
        let found = edited(text).unwrap();
        assert_eq!(found.matches("\"=2.0.0\"").count(), 4, "{found}");
        assert!(found.starts_with("# A comment."), "{found}");
        assert!(found.contains("other = \"1\"") && found.contains("features = [\"x\"]"));
    }

    #[test]
    fn a_dependency_without_a_version_is_left_unchanged() {
        for text in [
            "[dependencies]\nlib = { workspace = true }\n",
            "[dependencies]\nlib = { path = \"x\" }\n",
            "[dependencies]\nlib = { package = \"other\", version = \"1\" }\n",
            "[package]\nname = \"lib\"\n",
        ] {
            assert_eq!(edited(text), None, "{text}");
        }
    }
}
