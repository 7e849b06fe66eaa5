//! Registers each benchmark with heapmark under the names that criterion gives it.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use super::library::__private::bencher::Instrument;
use super::library::__private::harness::registry;
use super::library::__private::record::CaseInfo;

use super::group::BenchmarkId;

/// The names of the benchmarks so far, each with its group.
static NAMES: Mutex<BTreeSet<(String, String)>> = Mutex::new(BTreeSet::new());

/// The spellings of each group so far, by its name in lower case. heapmark needs group names that
/// differ even if case is ignored, because some file systems ignore it.
static GROUPS: Mutex<BTreeMap<String, Vec<String>>> = Mutex::new(BTreeMap::new());

/// Registers a benchmark of `group`; without a group, the group is the bench target.
pub(crate) fn benchmark(
    group: Option<&str>,
    id: &BenchmarkId,
    file: &str,
    body: &mut dyn FnMut(&mut dyn Instrument),
) {
    let group = distinct(group.map_or_else(registry::program, str::to_owned));
    let (question, variant, parameter) = id.parts();
    let variant = unused(variant, |variant| {
        let names = (&question, variant, parameter);
        NAMES
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert((group.clone(), format!("{names:?}")))
    });
    let info = CaseInfo {
        id: String::new(),
        group,
        question,
        variant,
        parameter,
        summary: String::new(),
        file: file.to_owned(),
    };
    registry::case(info, &mut |bencher| body(bencher));
}

/// `variant`, or `variant (2)` and so on, until `insert` finds that no other benchmark has the name.
fn unused(variant: String, insert: impl Fn(&str) -> bool) -> String {
    if insert(&variant) {
        return variant;
    }
    let numbered = (2_u64..).map(|number| format!("{variant} ({number})"));
    let mut numbered = numbered.filter(|variant| insert(variant));
    numbered.next().unwrap_or(variant)
}

/// The name of a group, with a number if another group has the same name in another case.
fn distinct(group: String) -> String {
    let mut groups = GROUPS.lock().unwrap_or_else(PoisonError::into_inner);
    let spellings = groups.entry(group.to_lowercase()).or_default();
    let known = spellings.iter().position(|spelling| *spelling == group);
    let place = known.unwrap_or_else(|| {
        spellings.push(group.clone());
        spellings.len() - 1
    });
    match place {
        0 => group,
        place => format!("{group} ({})", place + 1),
    }
}

/// Runs the functions of the groups, which register their benchmarks. This is the `main` of a bench
/// target.
///
/// A panic ends one group. The others still run, so that a missing file does not hide them.
/// `revision` is the revision that the target was built from, if the build has set one.
pub fn main(groups: &[&dyn Fn()], revision: Option<&'static str>) -> ExitCode {
    registry::tell(revision);
    registry::start();
    let mut broken = Vec::new();
    for group in groups {
        if let Err(payload) = panic::catch_unwind(AssertUnwindSafe(group)) {
            broken.push(format!(
                "a group of benchmarks panicked: {}",
                registry::message(&*payload)
            ));
        }
    }
    registry::finish(&broken)
}
