//! By criterion, as other benchmarks show it.
//!
//! Its verdict on change is hidden, because launches of the same binary differ by more than its
//! intervals; with a baseline on the command line it is shown all the same.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use criterion::Criterion;
use heapmark_model::launch::Launcher;
use heapmark_model::record::Verdict;

use crate::bencher::{Bencher, Instance};
use crate::harness::arguments::Options;
use crate::instruments::Screen;

/// How long a leak is timed.
const MOMENT: Duration = Duration::from_millis(5);

/// criterion, once with usual times and once with brief ones.
pub(in crate::harness) struct Stopwatch {
    usual: Criterion,
    /// A leak on purpose would fill gigabytes in a usual time, or in one that was asked for.
    brief: Criterion,
    _scratch: Scratch,
}

impl Stopwatch {
    pub(in crate::harness) fn new(options: &Options, _: &Launcher<'_>) -> Self {
        let scratch = Scratch::new();
        let brief = criterion(options, &scratch)
            .warm_up_time(MOMENT)
            .measurement_time(MOMENT);
        Self {
            usual: criterion(options, &scratch),
            brief,
            _scratch: scratch,
        }
    }

    /// Prints how long a case takes.
    pub(in crate::harness) fn time(
        &mut self,
        instance: &Instance,
        _: &mut impl Write,
    ) -> io::Result<()> {
        let criterion = match instance.case.growth {
            Some(Verdict::Leak) => &mut self.brief,
            _ => &mut self.usual,
        };
        criterion.bench_function(instance.id(), |bencher| {
            instance.run(&mut Bencher::new(&mut Screen::new(bencher)));
        });
        Ok(())
    }

    pub(in crate::harness) fn end(&mut self) {
        self.usual.final_summary();
    }
}

/// criterion with short times, which its own arguments override.
fn criterion(options: &Options, scratch: &Scratch) -> Criterion {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(200))
        .nresamples(5_000);
    if !options.baseline {
        criterion = criterion.output_directory(&scratch.0);
    }
    // The cases are chosen already; criterion would understand a filter a little differently.
    criterion.configure_from_args().with_filter("")
}

/// Where criterion may write: fresh, so that it has nothing to compare with, and gone afterwards.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("heapmark-criterion-{}", std::process::id())))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // It may never have been made.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
