//! Prints the progress of a run to stderr: a bar on a terminal, otherwise lines.

use std::io::{self, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::event::{Event, Listener};
use heapmark_model::format::{plural, visible, visible_lines};

/// Prints events to stderr; stdout is for data.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
    on_terminal: bool,
}

impl Progress {
    /// Draws a bar if stderr is a terminal.
    pub(super) fn on_stderr() -> Self {
        let on_terminal = io::stderr().is_terminal();
        let target = if on_terminal {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        if let Ok(style) = ProgressStyle::with_template("{prefix:>10}  {bar:24} {pos}/{len}  {msg}")
        {
            bar.set_style(style.progress_chars("━╸ "));
        }
        Self { bar, on_terminal }
    }

    /// Prints a line. Errors are ignored: the run does not depend on its progress output.
    fn line(&self, word: &str, text: &str) {
        self.bar.suspend(|| {
            let _ = writeln!(io::stderr(), "{word:>10}  {}", visible_lines(text, 12));
        });
    }
}

impl Listener for Progress {
    fn on(&mut self, event: &Event) {
        match event {
            Event::Building { bench } => self.line("Building", bench),
            Event::DevFeatures { crates } => {
                let crates = crates.join(", ");
                self.line(
                    "Note",
                    &format!("measured with features that only dev-dependencies enable: {crates}"),
                );
            }
            Event::ReplacedAllocator { file } => {
                let file = file.display();
                let note = "was replaced by heapmark's, which counts";
                self.line("Note", &format!("the global allocator of {file} {note}"));
            }
            Event::Updated { packages } => {
                let packages = packages.join(", ");
                let note = "heapmark needs newer versions than those that are locked";
                self.line("Note", &format!("updated in the copy: {packages}; {note}"));
            }
            Event::Incomplete { reason } => self.line("Warning", reason),
            Event::Counting { cases } => {
                self.bar.set_length(*cases as u64);
                self.bar.set_prefix("Counting");
                if !self.on_terminal {
                    self.line("Counting", &plural(*cases, "case"));
                }
            }
            Event::CountingInstructions { cases } => {
                self.bar.set_length(*cases as u64);
                self.bar.set_prefix("Counting");
                if !self.on_terminal {
                    let cases = plural(*cases, "case");
                    self.line("Counting", &format!("instructions of {cases}"));
                }
            }
            Event::Repeating { cases } => {
                self.bar.inc_length(*cases as u64);
                self.bar.set_prefix("Repeating");
                if !self.on_terminal {
                    self.line("Repeating", &plural(*cases, "case"));
                }
            }
            Event::Repeated { id } => {
                self.bar.set_message(visible(id));
                self.bar.inc(1);
            }
            Event::InstructionsCounted { id } => {
                self.bar
                    .set_message(format!("instructions of {}", visible(id)));
                self.bar.inc(1);
            }
            Event::NoInstructions { reason } => self.line("Note", reason),
            Event::Varying { id } => {
                let id = visible(id);
                self.bar
                    .set_message(format!("{id} varies, counting it again"));
            }
            Event::CaseStarted { id } => self.bar.set_message(visible(id)),
            Event::CaseCounted(_) => self.bar.inc(1),
            Event::CaseFailed(failure) => {
                self.bar.inc(1);
                self.line("FAILED", &format!("{}  {}", failure.id, failure.reason));
            }
            Event::LayingOut { link_orders } => {
                let what = plural(*link_orders as usize, "link order");
                self.line("Linking", &what);
            }
            Event::Timing { launches } => {
                self.bar.set_prefix("Timing");
                self.bar.inc_length(*launches as u64);
                if !self.on_terminal && self.bar.position() == 0 {
                    self.line("Timing", &plural(*launches, "launch"));
                }
            }
            // The bar is drawn between two processes, not while one of them measures.
            Event::Launching { id } => {
                self.bar.inc(1);
                self.bar.set_message(visible(id));
            }
            Event::Counted | Event::Timed => {
                self.bar.finish_and_clear();
                self.bar.reset();
                self.bar.set_length(0);
            }
            Event::Stored { .. } | Event::Rendered { .. } => {}
            Event::Took { phases } => self.line("Took", phases),
            Event::NotStored { reason } => self.line("Note", reason),
            Event::Skipped { reason } => self.line("Skipped", reason),
        }
    }
}
