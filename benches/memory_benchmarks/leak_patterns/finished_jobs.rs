//! Handles of jobs that are kept until shutdown, compared with handles that are kept only while the
//! job runs.

use std::hint::black_box;
use std::sync::{Arc, OnceLock};

use heapmark::Bencher;

heapmark::question! {
    "keep the handles of jobs";

    /// Every handle is kept for a join at the end, with the result of its job.
    problem, growth == leak: retained >= RESULT;

    /// Handles of finished jobs are dropped when a new job starts.
    solution, growth == steady: retained == 0;
}

/// Bytes of a job's result.
const RESULT: usize = 80;

/// Capacity for handles, so that the list does not grow in the first iterations.
const ROOM: usize = 64;

/// The handle that a thread pool returns for a job.
struct Handle(Arc<OnceLock<Vec<u8>>>);

impl Handle {
    fn is_finished(&self) -> bool {
        self.0.get().is_some()
    }
}

/// The job is finished before the function returns, because threads do not matter for the handles.
fn spawn() -> Handle {
    let result = Arc::new(OnceLock::new());
    let of_job = Arc::clone(&result);
    black_box(of_job.set(vec![0; black_box(RESULT)]).is_ok());
    Handle(result)
}

fn problem(b: &mut Bencher) {
    let mut handles: Vec<Handle> = Vec::with_capacity(ROOM);
    b.iter(|| handles.push(spawn()));
    black_box(handles.iter().all(Handle::is_finished));
}

fn solution(b: &mut Bencher) {
    let mut handles: Vec<Handle> = Vec::with_capacity(ROOM);
    let mut start = || {
        handles.retain(|handle| !handle.is_finished());
        handles.push(spawn());
    };
    start();
    b.iter(start);
}
