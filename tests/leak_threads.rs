//! Which threads count when other threads allocate during a detection, for example other tests.

#![expect(
    clippy::unwrap_used,
    reason = "a test may unwrap: its panic is its verdict"
)]

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Barrier, Mutex, MutexGuard, OnceLock, PoisonError, mpsc};
use std::thread;

use heapmark::leak::{Detector, Report, Verdict};

#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

/// Runs one test at a time, because the threads of one would disturb another.
fn take_turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn detector() -> Detector {
    Detector::new().max_steps(5_000)
}

/// A thread that starts before a detection. It has not allocated before the first step, and then
/// repeats `work` until the end.
struct Earlier {
    begin: Arc<Barrier>,
    end: Arc<AtomicBool>,
    /// How often `work` was done.
    done: Arc<AtomicU64>,
    thread: thread::JoinHandle<()>,
}

impl Earlier {
    fn start(mut work: impl FnMut() + Send + 'static) -> Self {
        let begin = Arc::new(Barrier::new(2));
        let end = Arc::new(AtomicBool::new(false));
        let done = Arc::new(AtomicU64::new(0));
        let (their_begin, their_end) = (Arc::clone(&begin), Arc::clone(&end));
        let their_done = Arc::clone(&done);
        let thread = thread::spawn(move || {
            their_begin.wait();
            while !their_end.load(Ordering::Acquire) {
                work();
                their_done.fetch_add(1, Ordering::Release);
                thread::yield_now();
            }
        });
        Self {
            begin,
            end,
            done,
            thread,
        }
    }

    /// The report about `step`. This thread works at least once during each step, also if other
    /// processes leave it little time: otherwise a verdict would depend on the scheduler.
    fn beside<R>(self, mut step: impl FnMut() -> R) -> Report {
        let mut begins = true;
        let report = detector().run(
            || {
                // A second pass calls the setup again.
                if std::mem::take(&mut begins) {
                    self.begin.wait();
                }
            },
            |_| {
                let before = self.done.load(Ordering::Acquire);
                while self.done.load(Ordering::Acquire) == before {
                    thread::yield_now();
                }
                step()
            },
        );
        self.end.store(true, Ordering::Release);
        self.thread.join().unwrap();
        report
    }
}

fn leak_a_block() {
    std::mem::forget(black_box(Box::new([1_u8; 100])));
}

/// The steps leak nothing, so LEAKS would be wrong. The verdict is STEADY if the other thread did
/// most of its work during the first steps, which depends on the scheduler.
fn assert_no_leak_or_advice(report: &Report) {
    match report.verdict {
        Verdict::Steady => {}
        Verdict::Undecided => {
            for advice in ["leak_test!", "--test-threads=1", "this_thread_only(true)"] {
                assert!(report.reason.contains(advice), "{report}");
            }
        }
        _ => panic!("{report}"),
    }
}

#[test]
fn a_leak_of_an_earlier_thread_is_not_a_leak_of_the_steps() {
    let _turn = take_turn();
    let report = Earlier::start(leak_a_block).beside(|| Box::new(1));
    assert_no_leak_or_advice(&report);
    assert!(!report.to_string().contains("0.000"), "{report}");
}

/// The test harness also starts threads while a detection runs.
#[test]
fn threads_that_an_earlier_thread_starts_do_not_belong_to_the_steps() {
    let _turn = take_turn();
    let start = || thread::spawn(leak_a_block).join().unwrap();
    let report = Earlier::start(start).beside(|| Box::new(1));
    assert_no_leak_or_advice(&report);
}

#[test]
fn memory_that_an_earlier_thread_frees_is_not_a_leak_of_the_steps() {
    let _turn = take_turn();
    let (send, receive) = mpsc::channel::<Box<u64>>();
    let report = Earlier::start(move || receive.try_iter().for_each(drop)).beside(|| {
        send.send(Box::new(1)).unwrap();
    });
    assert_ne!(report.verdict, Verdict::Leak, "{report}");
}

/// Each thread that starts while the steps run allocates once for itself. If the scheduler delays
/// one until the last steps, the verdict may be UNDECIDED.
#[test]
fn a_pool_that_only_starts_leaves_a_clean_program_steady() {
    let _turn = take_turn();
    let mut steady = 0;
    for _ in 0..20 {
        let ends: Vec<mpsc::Sender<()>> = (0..8)
            .map(|_| {
                let (end, ended) = mpsc::channel();
                thread::spawn(move || {
                    let room = black_box(Vec::<u64>::with_capacity(100));
                    let _ = ended.recv();
                    drop(room);
                });
                end
            })
            .collect();
        let report = Detector::new().run(Vec::new, |list: &mut Vec<u64>| {
            list.push(1);
            list.shrink_to_fit();
            list.pop()
        });
        assert_ne!(report.verdict, Verdict::Leak, "{report}");
        steady += usize::from(report.verdict == Verdict::Steady);
        drop(ends);
    }
    assert!(steady >= 19, "only {steady} of 20 are STEADY");
}

/// In a separate process, in which no other test ends during the detection.
#[test]
#[cfg(target_os = "linux")]
fn leaks_on_threads_that_the_steps_start_are_found_in_a_quiet_process() {
    for name in [
        "a_leak_on_a_thread_of_a_thread",
        "a_leak_on_a_pool_of_the_setup",
    ] {
        let run = std::process::Command::new(std::env::current_exe().unwrap())
            .args([name, "--exact", "--ignored", "--nocapture"])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "{said}");
        assert!(
            String::from_utf8_lossy(&run.stdout).contains("1 passed"),
            "{said}"
        );
    }
}

#[test]
#[ignore = "another test runs it in a separate process"]
fn a_leak_on_a_thread_of_a_thread() {
    let report = detector().run(
        || 0_u64,
        |count| {
            *count += 1;
            if count.is_multiple_of(10) {
                thread::spawn(|| thread::spawn(leak_a_block).join().unwrap())
                    .join()
                    .unwrap();
            }
        },
    );
    assert_eq!(report.verdict, Verdict::Leak, "{report}");
    let frames = &report.callsites[0].frames;
    assert!(frames[0].function.contains("leak_a_block"), "{report}");
}

#[test]
#[ignore = "another test runs it in a separate process"]
fn a_leak_on_a_pool_of_the_setup() {
    let pool = || {
        let (send, receive) = mpsc::channel::<()>();
        let (done, is_done) = mpsc::channel::<()>();
        thread::spawn(move || {
            while receive.recv().is_ok() {
                leak_a_block();
                done.send(()).unwrap();
            }
        });
        (send, is_done)
    };
    let report = detector().max_steps(2_000).run(pool, |(send, is_done)| {
        send.send(()).unwrap();
        is_done.recv().unwrap();
    });
    assert_eq!(report.verdict, Verdict::Leak, "{report}");
    let frames = &report.callsites[0].frames;
    assert!(frames[0].function.contains("leak_a_block"), "{report}");
}

/// A pool such as rayon's global one is made by the first test that needs it, and then works for
/// all tests.
#[test]
fn threads_that_the_steps_start_may_work_for_another_test() {
    let _turn = take_turn();
    static POOL: OnceLock<mpsc::Sender<()>> = OnceLock::new();
    let pool = || {
        POOL.get_or_init(|| {
            let (send, receive) = mpsc::channel();
            thread::spawn(move || receive.into_iter().for_each(|()| leak_a_block()));
            send
        })
    };
    let other_test = Earlier::start(|| {
        if let Some(pool) = POOL.get() {
            pool.send(()).unwrap();
        }
    });
    let report = other_test.beside(|| drop((pool(), Box::new(1))));
    assert_eq!(report.verdict, Verdict::Undecided, "{report}");
}

/// The memory of the calling thread is certain. The verdict may stay undecided.
#[test]
fn a_leak_of_the_calling_thread_is_found_next_to_a_busy_one() {
    let _turn = take_turn();
    let report = Earlier::start(|| drop(black_box(vec![1_u8; 10]))).beside(|| {
        (0..200).for_each(|_| leak_a_block());
    });
    let is_sure = matches!(report.verdict, Verdict::Leak | Verdict::Undecided);
    assert!(is_sure, "{report}");
    if report.verdict == Verdict::Leak {
        let frames = &report.callsites[0].frames;
        assert!(frames[0].function.contains("leak_a_block"), "{report}");
    }
}

#[test]
fn all_threads_count_if_they_are_requested() {
    let _turn = take_turn();
    let (send, receive) = mpsc::channel::<()>();
    let (done, is_done) = mpsc::channel::<()>();
    let pool = thread::spawn(move || {
        while receive.recv().is_ok() {
            leak_a_block();
            done.send(()).unwrap();
        }
    });
    let mut step = |(): &mut ()| {
        send.send(()).unwrap();
        is_done.recv().unwrap();
    };
    let report = detector().max_steps(2_000).run(|| (), &mut step);
    assert_eq!(report.verdict, Verdict::Undecided, "{report}");
    let report = detector()
        .max_steps(2_000)
        .all_threads(true)
        .run(|| (), &mut step);
    assert_eq!(report.verdict, Verdict::Leak, "{report}");
    drop(send);
    pool.join().unwrap();
}
