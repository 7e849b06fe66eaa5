//! Times a case with criterion, in the format that other benchmarks have.
//!
//! criterion's verdict on changes is hidden, because launches of the same binary differ by more
//! than its intervals. It is shown if the command line has an option for baselines.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use criterion::Criterion;
use heapmark_model::launch::Launcher;
use heapmark_model::record::Verdict;

use crate::bencher::{Bencher, Instance};
use crate::harness::arguments::Options;
use crate::instruments::Screen;

/// How long a case with an intentional leak is timed.
const MOMENT: Duration = Duration::from_millis(5);

/// criterion with the usual times, and with brief ones.
pub(in crate::harness) struct Stopwatch {
    usual: Criterion,
    /// For intentional leaks, which would allocate gigabytes in the usual or a requested time.
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

    /// Times a case and prints the result.
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

/// criterion with short times, which its own arguments may override.
fn criterion(options: &Options, scratch: &Scratch) -> Criterion {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(200))
        .nresamples(5_000);
    if !options.baseline {
        criterion = criterion.output_directory(&scratch.0);
    }
    // The cases are already selected, and criterion interprets filters differently.
    criterion.configure_from_args().with_filter("")
}

/// The output folder of criterion. It is new, so that criterion has nothing to compare with, and is
/// deleted afterwards.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("heapmark-criterion-{}", std::process::id())))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // The folder may not exist.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
