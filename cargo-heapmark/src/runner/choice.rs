//! Chooses the bench targets that a command measures.
//!
//! ```text
//!  --bench names ─▶ these targets ───────────┐
//!  no names ──────▶ heapmark's own, else ────┤▶ Own: one target, built in the workspace
//!                   all that use criterion ──┘  Foreign: targets of one package, built in a copy
//! ```

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::harness::Harness;
use super::workspace::{Target, Workspace};

/// The bench target with heapmark's harness that is run by default if there are several.
const DEFAULT_BENCH: &str = "memory_benchmarks";

/// The bench targets that a command measures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// A target with heapmark's harness.
    Own(Target),
    /// Targets of one package that use criterion, which are measured in a copy. Never empty.
    Foreign(Vec<Target>),
}

/// Why no bench targets could be chosen.
#[derive(Debug, thiserror::Error)]
pub enum ChoiceError {
    /// There is none.
    #[error("no bench target in {}: add a [[bench]] with `harness = false` to Cargo.toml, as in the section \"Measure your own crate\" of heapmark's README.md", .0.display())]
    NoBenches(PathBuf),
    /// There is none with this name.
    #[error("no bench target `{bench}` in {}; choose one with --bench: {}", root.display(), benches.join(", "))]
    NoBench {
        /// The requested name.
        bench: String,
        /// The workspace.
        root: PathBuf,
        /// The targets that exist, as `package/bench`.
        benches: Vec<String>,
    },
    /// None can be measured.
    #[error("no bench target can be measured: {}", reasons.join("; "))]
    NoHarness {
        /// Each target, and why.
        reasons: Vec<String>,
    },
    /// Several have heapmark's harness, or only some of them have it.
    #[error(
        "bench targets with heapmark's harness are measured one at a time; choose one with --bench: {}",
        benches.join(", ")
    )]
    OneAtATime {
        /// The targets.
        benches: Vec<String>,
    },
    /// Several packages have bench targets that can be measured.
    #[error("several packages have these bench targets; choose one with --package: {}", packages.join(", "))]
    SeveralPackages {
        /// The packages.
        packages: Vec<String>,
    },
}

impl Workspace {
    /// The bench targets with these names in `package`. Without names, it is the target with
    /// heapmark's harness, or `memory_benchmarks` if there are several; if there is none, all targets
    /// of a package that use criterion. Without a package, it is the one around `folder`, if that has
    /// bench targets.
    ///
    /// # Errors
    ///
    /// If nothing can be measured, or the choice is not clear. The message lists the choices.
    pub fn choose(
        &self,
        names: &[String],
        package: Option<&str>,
        folder: &Path,
    ) -> Result<Chosen, ChoiceError> {
        let around = self.benches.iter();
        let around = around.filter(|target| folder.starts_with(&target.folder));
        let around = around.max_by_key(|target| target.folder.components().count());
        let candidates = self.of_package(package.or(around.map(|target| &*target.package)));
        if candidates.is_empty() && names.is_empty() {
            return Err(ChoiceError::NoBenches(self.root.clone()));
        }
        let chosen = match names {
            [] => by_default(candidates)?,
            names => {
                for name in names {
                    if !candidates.iter().any(|target| target.bench == *name) {
                        return Err(self.no_bench(name));
                    }
                }
                let is_named = |target: &&Target| names.contains(&target.bench);
                candidates.into_iter().filter(is_named).collect()
            }
        };
        let packages: BTreeSet<&str> = chosen.iter().map(|target| &*target.package).collect();
        if packages.len() > 1 {
            let packages = packages.into_iter().map(str::to_owned).collect();
            return Err(ChoiceError::SeveralPackages { packages });
        }
        match &chosen[..] {
            // A target with an unknown harness says itself that it has none.
            [only] if only.harness != Harness::Criterion => Ok(Chosen::Own((*only).clone())),
            several if several.iter().all(|it| it.harness == Harness::Criterion) => {
                Ok(Chosen::Foreign(several.iter().copied().cloned().collect()))
            }
            several => Err(ChoiceError::OneAtATime {
                benches: names_of(several.iter().copied()),
            }),
        }
    }

    /// The bench target `bench` in `package`, or in any package.
    ///
    /// # Errors
    ///
    /// If there is none or more than one. The message lists the choices.
    pub fn bench(&self, bench: &str, package: Option<&str>) -> Result<Target, ChoiceError> {
        let candidates = self.of_package(package).into_iter();
        let named: Vec<&Target> = candidates.filter(|target| target.bench == bench).collect();
        match &named[..] {
            [] => Err(self.no_bench(bench)),
            [only] => Ok((*only).clone()),
            several => Err(ChoiceError::SeveralPackages {
                packages: several.iter().map(|it| it.package.clone()).collect(),
            }),
        }
    }

    fn of_package(&self, package: Option<&str>) -> Vec<&Target> {
        let benches = self.benches.iter();
        let of_package = |target: &&Target| package.is_none_or(|name| target.package == name);
        benches.filter(of_package).collect()
    }

    fn no_bench(&self, bench: &str) -> ChoiceError {
        if self.benches.is_empty() {
            return ChoiceError::NoBenches(self.root.clone());
        }
        ChoiceError::NoBench {
            bench: bench.to_owned(),
            root: self.root.clone(),
            benches: names_of(self.benches.iter()),
        }
    }
}

/// The targets to measure if none is named.
fn by_default(candidates: Vec<&Target>) -> Result<Vec<&Target>, ChoiceError> {
    let with = |harness: Harness| {
        let with = candidates.iter().filter(move |it| it.harness == harness);
        with.copied().collect::<Vec<&Target>>()
    };
    let own = with(Harness::Heapmark);
    let default = own.iter().filter(|target| target.bench == DEFAULT_BENCH);
    let default: Vec<&Target> = default.copied().collect();
    let foreign = with(Harness::Criterion);
    match (&own[..], foreign.is_empty()) {
        ([], true) => Err(ChoiceError::NoHarness {
            reasons: candidates.iter().map(|it| reason(it)).collect(),
        }),
        ([], false) => Ok(foreign),
        ([_, _, ..], _) if !default.is_empty() => Ok(default),
        _ => Ok(own),
    }
}

/// Why a target cannot be measured, by its harness.
fn reason(target: &Target) -> String {
    let Target { package, bench, .. } = target;
    match target.harness {
        Harness::Libtest => format!(
            "`{package}/{bench}` has libtest's harness; set `harness = false` for it in Cargo.toml"
        ),
        _ => format!("`{package}/{bench}` uses neither heapmark nor criterion"),
    }
}

fn names_of<'a>(targets: impl Iterator<Item = &'a Target>) -> Vec<String> {
    let name = |target: &Target| format!("{}/{}", target.package, target.bench);
    targets.map(name).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Chosen, Target, Workspace};
    use crate::runner::harness::Harness::{self, Criterion, Heapmark, Libtest, Other};

    fn workspace(benches: &[(&str, &str, Harness)]) -> Workspace {
        let target = |&(package, bench, harness): &(&str, &str, Harness)| Target {
            package: package.to_owned(),
            bench: bench.to_owned(),
            features: Vec::new(),
            source: format!("/w/{package}/benches/{bench}.rs").into(),
            folder: format!("/w/{package}").into(),
            harness,
        };
        Workspace::planted("/w", benches.iter().map(target).collect())
    }

    /// The chosen targets as `own x` or `foreign x y`, or the error.
    fn chosen(benches: &[(&str, &str, Harness)], names: &[&str], folder: &str) -> String {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        match workspace(benches).choose(&names, None, Path::new(folder)) {
            Ok(Chosen::Own(target)) => format!("own {}", target.bench),
            Ok(Chosen::Foreign(targets)) => {
                let names: Vec<String> = targets.into_iter().map(|it| it.bench).collect();
                format!("foreign {}", names.join(" "))
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn without_names_heapmarks_own_target_comes_first_and_criterion_second() {
        let own = ("a", "memory", Heapmark);
        let foreign = [("a", "x", Criterion), ("a", "y", Criterion)];
        assert_eq!(chosen(&[own], &[], "/w"), "own memory");
        assert_eq!(
            chosen(&[foreign[0], own, foreign[1]], &[], "/w"),
            "own memory"
        );
        assert_eq!(chosen(&foreign, &[], "/w"), "foreign x y");
        let default = ("a", "memory_benchmarks", Heapmark);
        assert_eq!(chosen(&[own, default], &[], "/w"), "own memory_benchmarks");
        let said = chosen(&[own, ("a", "other", Heapmark)], &[], "/w");
        assert!(
            said.contains("choose one with --bench: a/memory, a/other"),
            "{said}"
        );
    }

    #[test]
    fn no_named_target_is_dropped() {
        let benches = [
            ("a", "x", Criterion),
            ("a", "y", Criterion),
            ("a", "own", Heapmark),
            ("a", "odd", Other),
        ];
        assert_eq!(chosen(&benches, &["y", "x"], "/w"), "foreign x y");
        assert_eq!(chosen(&benches, &["own"], "/w"), "own own");
        assert_eq!(chosen(&benches, &["odd"], "/w"), "own odd");
        for names in [["x", "own"], ["x", "odd"]] {
            let said = chosen(&benches, &names, "/w");
            assert!(said.contains("one at a time"), "{said}");
        }
        let said = chosen(&benches, &["x", "z"], "/w");
        assert!(
            said.contains("no bench target `z` in /w; choose one with --bench: a/x, a/y"),
            "{said}"
        );
    }

    #[test]
    fn the_package_is_the_one_of_the_folder() {
        let benches = [("a", "x", Criterion), ("b", "x", Criterion)];
        assert_eq!(chosen(&benches, &[], "/w/b/src"), "foreign x");
        for names in [&[][..], &["x"]] {
            let said = chosen(&benches, names, "/w");
            assert!(said.contains("choose one with --package: a, b"), "{said}");
        }
    }

    #[test]
    fn what_cannot_be_measured_is_listed_with_what_to_do() {
        let said = chosen(&[("a", "x", Libtest), ("a", "y", Other)], &[], "/w");
        assert!(
            said.contains("`a/x` has libtest's harness; set `harness = false`"),
            "{said}"
        );
        assert!(
            said.contains("`a/y` uses neither heapmark nor criterion"),
            "{said}"
        );
        let said = chosen(&[], &[], "/w");
        assert!(said.contains("add a [[bench]]"), "{said}");
    }

    #[test]
    fn a_name_in_several_packages_needs_the_package() {
        let workspace = workspace(&[("one", "memory", Heapmark), ("two", "memory", Heapmark)]);
        let said = workspace.bench("memory", None).unwrap_err().to_string();
        assert!(said.contains("--package: one, two"), "{said}");
        assert_eq!(
            workspace.bench("memory", Some("two")).unwrap().package,
            "two"
        );
    }
}
