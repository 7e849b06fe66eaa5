//! Runs two programs as one: each step is a step of both, as real programs do more than leak.

use std::cell::RefCell;
use std::rc::Rc;

use heapmark::leak::{Detector, Report};

use crate::outcome::{Draw, Outcome, Program};

/// Makes the state of a program and returns its steps.
type Kept = Box<dyn FnMut() -> Steps>;
type Steps = Box<dyn FnMut()>;

enum Mode {
    Alone,
    /// The next program is stored instead of run.
    Keep,
    /// The next program runs together with the stored one.
    Beside(Kept),
}

thread_local! {
    static MODE: RefCell<Mode> = const { RefCell::new(Mode::Alone) };
}

/// Runs the detector on a program, together with the stored one if there is one.
pub fn detect<S: 'static, R>(
    mut setup: impl FnMut() -> S + 'static,
    mut step: impl FnMut(&mut S) -> R + 'static,
) -> Report {
    let detector = Detector::new();
    match MODE.replace(Mode::Alone) {
        Mode::Alone => detector.run(setup, step),
        Mode::Keep => {
            // Allocated before any detection counts. The second pass calls the setup again.
            let step = Rc::new(RefCell::new(step));
            MODE.set(Mode::Beside(Box::new(move || {
                let (step, mut state) = (Rc::clone(&step), setup());
                Box::new(move || drop(step.borrow_mut()(&mut state)))
            })));
            // The report of this empty detection is not used.
            detector.max_steps(1).run(|| (), |()| ())
        }
        Mode::Beside(mut kept) => detector.run(
            move || (setup(), kept()),
            move |(state, beside)| {
                beside();
                drop(step(state));
            },
        ),
    }
}

/// Runs two programs as one. Their leaks add up, and the result fills up if either of them does.
pub fn both(one: Program, other: Program, seed: u64) -> Outcome {
    MODE.set(Mode::Keep);
    let kept = other.1(&mut Draw::with_seed(!seed));
    let run = one.1(&mut Draw::with_seed(seed));
    let truth = [run.truth, kept.truth];
    let leaks = truth.iter().any(Option::is_some);
    Outcome {
        truth: leaks.then(|| truth.into_iter().flatten().sum()),
        fills: run.fills || kept.fills,
        report: run.report,
    }
}
