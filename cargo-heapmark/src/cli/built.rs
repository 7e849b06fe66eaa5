//! Builds the bench targets that a command measures, whichever harness they have.
//!
//! ```text
//!  BenchArguments ─▶ Chosen ─┬─ own ──────▶ built in the workspace ────────┐
//!                            └─ foreign ──▶ built in a shadow directory ───┴─▶ BuiltSuite
//! ```

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::CliError;
use super::bench::BenchArguments;
use crate::event::{Event, Listener};
use crate::runner::{
    self, Binary, Built, Chosen, Environment, Replacement, Shadow, Target, Targets, Workspace,
};
use heapmark_model::launch::Launcher;
use heapmark_model::record;

/// The name of the suite in a record if it consists of all bench targets that can be measured.
const ALL_TARGETS: &str = "*";

/// The harness of such a suite in a record.
pub(super) const CRITERION: &str = "criterion";

/// What is built in a workspace, ready to be measured.
pub(super) struct BuiltSuite<'a> {
    pub(super) suite: Targets<'a>,
    /// The package and the bench targets.
    pub(super) name: record::Suite,
    pub(super) environment: Environment,
    // The binaries may read files of the copy.
    _shadow: Option<Shadow>,
}

/// How to build.
pub(super) struct BuildPlan<'a> {
    pub(super) bench: &'a BenchArguments,
    pub(super) results: &'a Path,
    pub(super) machine: Option<&'a str>,
    /// Whether to keep what is needed to link in other orders, to time the cases.
    pub(super) is_timed: bool,
}

/// Builds the chosen bench targets of `workspace`.
pub(super) fn build<'a>(
    workspace: &Workspace,
    plan: &BuildPlan<'_>,
    stop: &'a AtomicBool,
    listener: &mut dyn Listener,
) -> Result<BuiltSuite<'a>, CliError> {
    match plan.bench.choose(workspace, &plan.bench.folder()?)? {
        Chosen::Own(target) => in_place(workspace, target, plan, stop, listener),
        Chosen::Foreign(targets) => in_shadow(workspace, &targets, plan, stop, listener),
    }
}

fn in_place<'a>(
    workspace: &Workspace,
    target: Target,
    plan: &BuildPlan<'_>,
    stop: &'a AtomicBool,
    listener: &mut dyn Listener,
) -> Result<BuiltSuite<'a>, CliError> {
    let environment = Environment::of_build(
        &workspace.root,
        (&workspace.root, &workspace.flags, None),
        &target.package,
        plan.results,
        plan.machine,
    )?;
    listener.on(&Event::Building {
        bench: target.bench.clone(),
    });
    let built = if plan.is_timed {
        let triple = &environment.toolchain.target;
        runner::build_to_shuffle(workspace, &target, triple, &[])?
    } else {
        runner::build(workspace, &target, &[])?
    };
    // If the features cannot be determined, the report only lacks this note.
    let added = runner::dev_features(workspace, &target).unwrap_or_default();
    if !added.is_empty() {
        let crates = added.iter().map(ToString::to_string).collect();
        listener.on(&Event::DevFeatures { crates });
    }
    let launcher = Launcher::new(built.binary.clone(), plan.bench.deadline(), stop);
    let binary = Binary::new(built, &workspace.target, launcher);
    Ok(BuiltSuite {
        suite: Targets::new(vec![(target.bench.clone(), binary)]),
        name: record::Suite {
            package: target.package,
            bench: target.bench,
            filter: None,
            harness: None,
            flags: workspace.flags.of_build(),
        },
        environment,
        _shadow: None,
    })
}

fn in_shadow<'a>(
    workspace: &Workspace,
    targets: &[Target],
    plan: &BuildPlan<'_>,
    stop: &'a AtomicBool,
    listener: &mut dyn Listener,
) -> Result<BuiltSuite<'a>, CliError> {
    let folder = Shadow::folder(workspace);
    listener.on(&Event::Building {
        bench: format!("{} in {}", names(targets, ", "), folder.display()),
    });
    let shadow = Shadow::open(workspace)?;
    let moved: Vec<Target> = targets.iter().map(|target| shadow.moved(target)).collect();
    let replacement = shadow.replace(&moved)?;
    tell(&replacement, listener);
    let copy = shadow.workspace();
    let built = runner::build_replaced(copy, &moved, &replacement.config, &[])?;
    let package = targets[0].package.clone();
    let environment = Environment::of_build(
        &workspace.root,
        (&copy.root, &copy.flags, Some(&replacement.config)),
        &package,
        plan.results,
        plan.machine,
    )?;
    let suite = suite(&moved, built, &copy.target, plan.bench, stop);
    Ok(BuiltSuite {
        suite,
        name: record::Suite {
            package,
            bench: name(targets, plan.bench),
            filter: None,
            harness: Some(CRITERION.to_owned()),
            flags: workspace.flags.of_build(),
        },
        environment,
        _shadow: Some(shadow),
    })
}

/// Announces what differs from the user's files.
pub(super) fn tell(replacement: &Replacement, listener: &mut dyn Listener) {
    if !replacement.updated.is_empty() {
        let packages = replacement.updated.clone();
        listener.on(&Event::Updated { packages });
    }
    for file in &replacement.allocators {
        listener.on(&Event::ReplacedAllocator { file: file.clone() });
    }
}

/// The name of the bench targets in a record.
pub(super) fn name(targets: &[Target], bench: &BenchArguments) -> String {
    if bench.bench.is_empty() {
        return ALL_TARGETS.to_owned();
    }
    names(targets, ",")
}

/// The names of bench targets, with a separator between them.
pub(super) fn names(targets: &[Target], separator: &str) -> String {
    let names: Vec<&str> = targets.iter().map(|target| &*target.bench).collect();
    names.join(separator)
}

/// The cases of bench targets with their binaries.
pub(super) fn suite<'a>(
    targets: &[Target],
    built: Vec<Built>,
    folder: &Path,
    bench: &BenchArguments,
    stop: &'a AtomicBool,
) -> Targets<'a> {
    let parts = targets.iter().zip(built).map(|(target, built)| {
        let launcher = launcher(target, &built, bench, stop);
        (target.bench.clone(), Binary::new(built, folder, launcher))
    });
    Targets::new(parts.collect())
}

/// Starts the binary of a bench target as `cargo bench` does: in the folder of its package.
fn launcher<'a>(
    target: &Target,
    built: &Built,
    bench: &BenchArguments,
    stop: &'a AtomicBool,
) -> Launcher<'a> {
    let variables = [("CARGO_MANIFEST_DIR", target.folder.clone().into_os_string())];
    let variables = variables.map(|(name, value)| (name.to_owned(), value));
    Launcher::new(built.binary.clone(), bench.deadline(), stop)
        .inside(&target.folder, variables.to_vec())
}
