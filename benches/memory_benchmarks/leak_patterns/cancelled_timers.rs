//! Timeouts that stay until they are due, compared with timeouts that are removed when they are
//! cancelled.

use std::collections::BTreeMap;
use std::hint::black_box;

use heapmark::Bencher;

heapmark::question! {
    "cancel a timeout";

    /// A cancelled timeout is only marked, and stays until it is due.
    problem, growth == leak: retained >= size_of::<[u64; 4]>();

    /// Cancelling removes the timeout.
    solution, growth == steady: retained == 0;
}

/// The action of a timeout.
struct Timeout {
    action: Box<dyn Fn() -> u64>,
    cancelled: bool,
}

impl Timeout {
    fn new(request: u64) -> Self {
        let context = black_box([request; 4]);
        Self {
            action: Box::new(move || context[0]),
            cancelled: false,
        }
    }
}

/// Runs the timeouts that are due, and returns their number.
fn run_until(now: u64, timeouts: &mut BTreeMap<u64, Timeout>) -> usize {
    let later = timeouts.split_off(&now);
    let due = std::mem::replace(timeouts, later);
    let alive = due.values().filter(|timeout| !timeout.cancelled);
    alive.filter(|timeout| (timeout.action)() > 0).count()
}

fn problem(b: &mut Bencher) {
    let mut timeouts = BTreeMap::new();
    let mut request = 0;
    b.iter(|| {
        request += 1;
        timeouts.insert(request, Timeout::new(request));
        if let Some(timeout) = timeouts.get_mut(&request) {
            timeout.cancelled = true;
        }
    });
    black_box(run_until(request, &mut timeouts));
}

fn solution(b: &mut Bencher) {
    let mut timeouts = BTreeMap::new();
    let mut request = 0;
    b.iter(|| {
        request += 1;
        timeouts.insert(request, Timeout::new(request));
        timeouts.remove(&request);
    });
    black_box(run_until(request, &mut timeouts));
}
