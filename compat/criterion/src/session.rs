//! Registers each benchmark with heapmark under the names that criterion gives it.

use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use super::library::__private::bencher::Instrument;
use super::library::__private::harness::registry;
use super::library::__private::record::CaseInfo;

use super::group::BenchmarkId;

/// How many benchmarks have had these names so far, to distinguish the next one.
static NAMES: Mutex<BTreeMap<(String, String), usize>> = Mutex::new(BTreeMap::new());

/// The spellings of each group so far, by its name in lower case. heapmark needs groups that differ
/// also where capital letters do not count, as in the names of files.
static GROUPS: Mutex<BTreeMap<String, Vec<String>>> = Mutex::new(BTreeMap::new());

/// Registers a benchmark of `group`; without a group, the group is the bench target.
pub(crate) fn benchmark(
    group: Option<&str>,
    id: &BenchmarkId,
    file: &str,
    body: &mut dyn FnMut(&mut dyn Instrument),
) {
    let group = distinct(group.map_or_else(registry::program, str::to_owned));
    let number = {
        let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
        let number = names.entry((group.clone(), id.text())).or_default();
        *number += 1;
        *number
    };
    let (question, mut variant, parameter) = id.parts();
    if number > 1 {
        variant = format!("{variant} ({number})");
    }
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

/// The name of a group, with a number if another group has it in other letters.
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
            broken.push(format!("panicked: {}", registry::message(&*payload)));
        }
    }
    registry::finish(&broken)
}
