//! Tests of scopes, small enough for Miri. `tests/arena_pool_stats` counts their allocations.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use super::{Arena, KEPT_ARENAS, KEPT_BYTES, Reset, Scope, reset_arena, with_arena};

/// Sets its flag when it is dropped.
struct Flag<'a>(&'a Cell<bool>);

impl Drop for Flag<'_> {
    fn drop(&mut self) {
        self.0.set(true);
    }
}

#[test]
fn a_scope_begins_empty_whatever_the_last_one_held() {
    for _ in 0..3 {
        with_arena(|arena| {
            assert_eq!(arena.used(), 0);
            arena.alloc_slice(&[1_u64; 50]);
            assert_eq!(arena.used(), 400);
        });
    }
}

#[test]
fn a_nested_scope_leaves_the_values_of_the_outer_one_alone() {
    with_arena(|outer| {
        let text = outer.alloc_str("outer");
        for depth in 0..3 {
            with_arena(|inner| {
                assert_eq!(inner.used(), 0);
                inner.alloc_slice(&[depth; 5]);
                with_arena(|innermost| *innermost.alloc(depth) + 1);
            });
        }
        assert_eq!(text, "outer");
        assert_eq!(outer.used(), 5);
    });
}

#[test]
fn scopes_may_end_in_any_order() {
    let first = Scope::enter();
    let second = Scope::enter();
    let text = second.alloc_str("second");
    drop(first);
    let third = Scope::enter();
    third.alloc_str("third!");
    assert_eq!(text, "second");
}

#[test]
fn a_panic_inside_leaves_the_arena_usable_and_empty() {
    for _ in 0..2 {
        let panicked = catch_unwind(|| {
            with_arena(|arena| {
                arena.alloc_str("half done");
                panic!("in the middle of a request");
            })
        });
        assert!(panicked.is_err());
    }
    with_arena(|arena| assert_eq!(arena.used(), 0));
    assert!(matches!(reset_arena(), Reset::Done { .. }));
}

#[test]
fn a_reset_inside_a_scope_is_refused_and_changes_nothing() {
    with_arena(|arena| {
        let text = arena.alloc_str("in use");
        assert_eq!(reset_arena(), Reset::Refused { open_scopes: 1 });
        with_arena(|_| assert_eq!(reset_arena(), Reset::Refused { open_scopes: 2 }));
        assert_eq!(text, "in use");
    });
}

#[test]
fn a_reset_after_the_scopes_frees_their_memory() {
    with_arena(|arena| drop(arena.alloc_boxed([0_u8; 1000])));
    let Reset::Done { freed_bytes } = reset_arena() else {
        panic!("no scope is open");
    };
    assert!(freed_bytes >= 1000, "{freed_bytes}");
    assert_eq!(reset_arena(), Reset::Done { freed_bytes: 0 });
}

#[test]
fn an_arena_that_grew_beyond_the_bound_is_not_kept() {
    let kept_after = |bytes: usize| {
        with_arena(|arena| arena.alloc_slice(&vec![0_u8; bytes]).len());
        match reset_arena() {
            Reset::Done { freed_bytes } => freed_bytes,
            Reset::Refused { .. } => panic!("no scope is open"),
        }
    };
    assert_eq!(kept_after(KEPT_BYTES + 1), 0);
    assert!((1..=KEPT_BYTES).contains(&kept_after(KEPT_BYTES / 4)));
}

#[test]
fn no_more_arenas_are_kept_than_the_bound() {
    let scopes: Vec<Scope> = (0..KEPT_ARENAS + 3).map(|_| Scope::enter()).collect();
    for scope in &scopes {
        scope.alloc(1_u8);
    }
    let each = scopes[0].capacity();
    drop(scopes);
    let freed_bytes = KEPT_ARENAS * each;
    assert_eq!(reset_arena(), Reset::Done { freed_bytes });
}

#[test]
fn a_box_runs_its_destructor_when_it_is_dropped() {
    let dropped = Cell::new(false);
    with_arena(|arena| {
        let flag = arena.alloc_boxed(Flag(&dropped));
        assert!(!dropped.get());
        drop(flag);
        assert!(dropped.get());
    });
}

#[test]
fn a_panic_runs_the_destructors_of_boxes() {
    let dropped = Cell::new(false);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        with_arena(|arena| {
            let _flag = arena.alloc_boxed(Flag(&dropped));
            panic!("while the box lives");
        })
    }));
    assert!(panicked.is_err());
    assert!(dropped.get());
}

#[test]
fn without_drop_means_without_drop() {
    let dropped = Cell::new(false);
    with_arena(|arena| {
        arena.alloc_without_drop(Flag(&dropped));
    });
    assert!(!dropped.get());
}

#[test]
fn used_and_free_bytes_are_the_capacity() {
    let arena = Arena::with_capacity(100);
    for length in [1, 10, 1000] {
        arena.alloc_slice(&vec![0_u8; length]);
        let free = arena.as_bump().chunk_capacity();
        assert_eq!(arena.used() + free, arena.capacity());
    }
    assert!(arena.used() >= 1011);
}

#[test]
fn values_are_aligned_and_keep_what_was_written() {
    let arena = Arena::new();
    let byte = arena.alloc(1_u8);
    let wide = arena.alloc(2_u128);
    let text = arena.alloc_format(format_args!("{byte}-{wide}"));
    assert_eq!(std::ptr::from_mut(wide).addr() % align_of::<u128>(), 0);
    *byte += 1;
    *wide += 1;
    assert_eq!((*byte, *wide, text), (2, 3, "1-2"));
    assert_eq!(arena.alloc_format(format_args!("plain")), "plain");
}

#[test]
fn a_scope_inside_the_destructor_of_a_thread_local_works() {
    struct AtTheEnd;
    impl Drop for AtTheEnd {
        fn drop(&mut self) {
            with_arena(|arena| assert_eq!(arena.alloc_str("late"), "late"));
            assert!(matches!(reset_arena(), Reset::Done { .. }));
        }
    }
    thread_local! { static LAST: AtTheEnd = const { AtTheEnd }; }
    // In one of the two orders, the arenas are destroyed before the destructor opens its scope.
    let registered = || LAST.with(|_| ());
    let used = || with_arena(|arena| _ = arena.alloc(1_u8));
    let orders: [[fn(); 2]; 2] = [[registered, used], [used, registered]];
    for order in orders {
        let ended = thread::spawn(move || order.into_iter().for_each(|step| step())).join();
        assert!(ended.is_ok());
    }
}

#[test]
fn an_arena_may_go_to_another_thread() {
    let mut arena = Arena::new();
    arena.alloc_str("here");
    arena.reset();
    let used = thread::spawn(move || arena.alloc_str("there").len()).join();
    assert_eq!(used.ok(), Some(5));
}
