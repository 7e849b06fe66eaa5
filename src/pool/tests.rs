//! Tests of pools, small enough for Miri. `tests/arena_pool_stats` counts their allocations, and
//! `tests/interleavings` tries every interleaving of their threads.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use super::{Pool, Pooled, Stats};

fn buffers(capacity: usize) -> Pool<Vec<u8>> {
    Pool::new(capacity, || Vec::with_capacity(64), Vec::clear)
        .with_retained_bytes(1_000, Vec::capacity)
}

/// Whether every created object is in use, idle or discarded.
fn balances(stats: Stats) -> bool {
    stats.misses == stats.outstanding as u64 + stats.retained as u64 + stats.discarded
}

#[test]
fn the_object_that_came_back_last_is_handed_out_first() {
    let made = AtomicUsize::new(0);
    let pool = Pool::new(3, move || made.fetch_add(1, Relaxed), |_| ());
    let [first, second, third] = [pool.get(), pool.get(), pool.get()];
    let order = [*second, *third, *first];
    drop(second);
    drop(third);
    drop(first);
    let again = [pool.get(), pool.get(), pool.get()];
    let [a, b, c] = &again;
    assert_eq!([**c, **b, **a], order);
}

#[test]
fn the_next_user_does_not_see_what_the_last_one_wrote() {
    let pool = buffers(4);
    pool.get().extend_from_slice(b"secret");
    let buffer = pool.get();
    assert_eq!(*buffer, b"");
    assert_eq!(buffer.capacity(), 64);
    assert_eq!(pool.stats().hits, 1);
}

#[test]
fn no_more_objects_wait_than_the_capacity() {
    for capacity in 0..3 {
        let pool = buffers(capacity);
        drop([pool.get(), pool.get(), pool.get()]);
        let stats = pool.stats();
        assert_eq!(stats.retained, capacity);
        assert_eq!(stats.discarded, 3 - capacity as u64);
        assert!(balances(stats), "{stats:?}");
    }
}

#[test]
fn no_more_bytes_wait_than_the_bound() {
    let pool = buffers(100);
    let away: Vec<_> = (0..50).map(|_| pool.get()).collect();
    drop(away);
    let stats = pool.stats();
    let each = 64 + size_of::<Vec<u8>>();
    assert_eq!(stats.retained, 1_000 / each);
    assert_eq!(stats.retained_bytes, stats.retained * each);
    assert!(balances(stats), "{stats:?}");
}

#[test]
fn an_object_that_grew_too_large_makes_room_for_others() {
    let pool = buffers(10);
    pool.get().reserve_exact(2_000);
    assert_eq!((pool.stats().retained, pool.stats().discarded), (0, 1));
    drop(pool.get());
    assert_eq!((pool.stats().retained, pool.stats().discarded), (1, 1));
}

#[test]
fn an_object_leaves_the_bytes_that_it_brought() {
    let pool = buffers(10);
    drop([pool.get(), pool.get()]);
    let mut grown = pool.get();
    grown.reserve_exact(500);
    drop(grown);
    let sizes = 500 + 64 + 2 * size_of::<Vec<u8>>();
    assert_eq!(pool.stats().retained_bytes, sizes);
    let all = [pool.get(), pool.get()];
    assert_eq!(pool.stats().retained_bytes, 0);
    drop(all);
}

#[test]
fn a_panicking_reset_drops_the_object_and_is_seen() {
    static DROPPED: AtomicUsize = AtomicUsize::new(0);
    struct Fragile;
    impl Drop for Fragile {
        fn drop(&mut self) {
            DROPPED.fetch_add(1, Relaxed);
        }
    }
    let pool = Pool::new(4, || Fragile, |_| panic!("cannot be reset"));
    let returned = catch_unwind(AssertUnwindSafe(|| drop(pool.get())));
    assert!(returned.is_err());
    assert_eq!(DROPPED.load(Relaxed), 1);
    let expected = Stats {
        misses: 1,
        discarded: 1,
        ..Stats::default()
    };
    assert_eq!(pool.stats(), expected);
}

#[test]
fn a_panicking_measure_drops_the_object() {
    let pool = buffers(4).with_retained_bytes(1_000, |_| panic!("cannot be measured"));
    assert!(catch_unwind(AssertUnwindSafe(|| drop(pool.get()))).is_err());
    assert_eq!((pool.stats().retained, pool.stats().discarded), (0, 1));
    assert_eq!(pool.stats().outstanding, 0);
}

#[test]
fn a_user_that_panics_does_not_abort_even_where_the_reset_would_panic_too() {
    let pool = Pool::new(4, String::new, |_| panic!("a second panic would abort"));
    let used = catch_unwind(AssertUnwindSafe(|| {
        let _text = pool.get();
        panic!("while the object is away");
    }));
    assert!(used.is_err());
    let stats = pool.stats();
    assert_eq!((stats.outstanding, stats.discarded), (0, 1));
}

#[test]
fn a_panicking_init_leaves_nothing_outstanding() {
    let fails = Arc::new(AtomicUsize::new(1));
    let failing = Arc::clone(&fails);
    let init = move || assert_eq!(failing.load(Relaxed), 0, "cannot be made yet");
    let pool = Pool::new(4, init, |()| ());
    assert!(catch_unwind(AssertUnwindSafe(|| drop(pool.get()))).is_err());
    assert_eq!(pool.stats().outstanding, 0);
    fails.store(0, Relaxed);
    drop(pool.get());
    assert_eq!(pool.stats().retained, 1);
    assert!(balances(pool.stats()), "{:?}", pool.stats());
}

#[test]
fn an_object_taken_out_for_good_is_no_longer_the_pools() {
    let pool = buffers(4);
    let buffer: Vec<u8> = pool.get().into_inner();
    assert_eq!(buffer.capacity(), 64);
    let stats = pool.stats();
    assert_eq!((stats.outstanding, stats.discarded), (0, 1));
}

#[test]
fn a_reset_may_use_the_pool_itself() {
    use std::sync::OnceLock;
    static POOL: OnceLock<Pool<Option<u8>>> = OnceLock::new();
    let pool = POOL.get_or_init(|| {
        Pool::new(
            4,
            || Some(1),
            |value| {
                if value.take().is_some() {
                    let _ = POOL.get().map(|pool| pool.get().take());
                }
            },
        )
    });
    drop(pool.get());
    assert_eq!(pool.stats().retained, 2);
}

#[test]
fn put_is_the_end_of_the_guard_and_knows_the_pool_that_it_came_from() {
    let [here, there] = [buffers(4), buffers(4)];
    let buffer = here.get();
    there.put(buffer);
    assert_eq!((here.stats().retained, there.stats().retained), (1, 0));
}

#[test]
fn clearing_drops_what_waits_and_nothing_else() {
    let pool = buffers(4);
    let away = pool.get();
    drop(pool.get());
    pool.clear();
    let stats = pool.stats();
    assert_eq!((stats.retained, stats.retained_bytes), (0, 0));
    assert_eq!((stats.outstanding, stats.discarded), (1, 1));
    drop(away);
    assert_eq!(pool.stats().retained, 1);
}

#[test]
fn threads_share_a_pool_and_the_counts_add_up() {
    let (threads, rounds) = (4, if cfg!(miri) { 10 } else { 1_000 });
    let pool = buffers(2);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..rounds {
                    let mut buffer = pool.get();
                    assert!(buffer.is_empty());
                    buffer.push(1);
                }
            });
        }
    });
    let stats = pool.stats();
    assert_eq!(stats.hits + stats.misses, threads * rounds);
    assert_eq!(stats.outstanding, 0);
    assert!((1..=2).contains(&stats.retained), "{stats:?}");
    assert!(balances(stats), "{stats:?}");
}

#[test]
fn a_pool_is_for_all_threads_and_a_guard_goes_where_its_object_does() {
    fn shared(_: &(impl Send + Sync)) {}
    fn sent(_: &impl Send) {}
    // `Cell` may be sent, but not shared.
    let pool = Pool::new(1, || Cell::new(1), |cell| cell.set(1));
    shared(&pool);
    sent(&pool.get());
    shared(&buffers(1).get());
}

#[test]
fn the_debug_output_of_a_pool_shows_its_counts() {
    let pool = buffers(1);
    let text: Pooled<'_, Vec<u8>> = pool.get();
    assert_eq!(format!("{text:?}"), "Pooled(Some([]))");
    assert!(format!("{pool:?}").contains("outstanding: 1"), "{pool:?}");
}
