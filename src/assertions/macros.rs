//! The assertion macros. As `macro_rules!` macros, they are exported at the crate's root.

/// Asserts how many allocations a block makes on the calling thread, and returns the block's value.
///
/// Reallocations count too, because each requests memory from the allocator. The operator is `<=`,
/// `<`, `==`, `>=` or `>`. The limit may have any integer type.
///
/// ```
/// #[global_allocator]
/// static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
///
/// let both = heapmark::assert_allocs!(<= 3, { (Box::new(1), String::from("two")) });
/// # drop(both);
/// ```
///
/// ```should_panic
/// # #[global_allocator]
/// # static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
/// heapmark::assert_allocs!(< 1, { String::from("one") });
/// ```
///
/// # Panics
///
/// If the assertion does not hold, or if heapmark's allocator is not installed.
#[macro_export]
macro_rules! assert_allocs {
    ($($claim:tt)+) => {
        $crate::__count!(allocs, ["allocation or reallocation", "allocations and reallocations"], $($claim)+)
    };
}

/// Asserts that a block neither allocates nor reallocates on the calling thread, and returns the
/// block's value.
///
/// ```
/// #[global_allocator]
/// static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
///
/// let mut sorted = vec![3, 1, 2];
/// heapmark::assert_no_alloc!({ sorted.sort_unstable() });
/// ```
///
/// # Panics
///
/// If the block allocates, or if heapmark's allocator is not installed.
#[macro_export]
macro_rules! assert_no_alloc {
    ($body:expr $(,)?) => {
        $crate::assert_allocs!(== 0, $body)
    };
}

/// Asserts the peak of a block: the highest number of live bytes of the calling thread while the
/// block runs, minus the number at the start. Returns the block's value.
///
/// ```
/// #[global_allocator]
/// static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
///
/// heapmark::assert_peak!(<= 100, { vec![0_u8; 100].len() });
/// ```
///
/// # Panics
///
/// If the assertion does not hold, or if heapmark's allocator is not installed.
#[macro_export]
macro_rules! assert_peak {
    ($($claim:tt)+) => {
        $crate::__count!(peak, ["byte at the peak", "bytes at the peak"], $($claim)+)
    };
}

/// Asserts the retained bytes of a block: the live bytes of the calling thread after the block ran
/// and its value was dropped, minus those at the start.
///
/// ```
/// #[global_allocator]
/// static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
///
/// let mut cache = Vec::new();
/// heapmark::assert_retains!(== 100, { cache.reserve_exact(100); cache.push(0_u8) });
/// ```
///
/// # Panics
///
/// If the assertion does not hold, or if heapmark's allocator is not installed.
#[macro_export]
macro_rules! assert_retains {
    ($operator:tt $limit:expr, $body:expr $(,)?) => {
        $crate::__count!(retained, ["byte retained", "bytes retained"], $operator $limit, { let _ = $body; })
    };
}

/// The common part of the counting macros. The block is expanded in place and not in a closure, so
/// that `?` and `return` leave the caller's function.
#[doc(hidden)]
#[macro_export]
macro_rules! __count {
    ($metric:ident, $unit:expr, $operator:tt $limit:expr, $body:expr $(,)?) => {{
        use $crate::__private::assertions::AnyLimit as _;
        let limit = $crate::__private::assertions::Limit($limit).get();
        let counting = $crate::__private::assertions::Counting::start();
        let value = $body;
        let counted = counting.finish();
        let counted = i128::from(counted.$metric);
        let holds = counted $operator limit;
        let operator = ::std::stringify!($operator);
        $crate::__private::assertions::judge(holds, (operator, limit), $unit, counted);
        value
    }};
}

/// Asserts that repeated steps do not leak. Calls [`detect`](crate::leak::detect), then
/// [`assert_steady`](crate::leak::Report::assert_steady).
///
/// If other tests run in the same process, prefer [`leak_test!`](crate::leak_test), which runs each
/// test in its own process.
///
/// ```
/// #[global_allocator]
/// static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
///
/// heapmark::assert_no_leak!(Vec::new, |lines: &mut Vec<String>| {
///     lines.push(String::from("one in"));
///     lines.pop() // and one out
/// });
/// ```
///
/// # Panics
///
/// If the verdict is not STEADY, or if heapmark's allocator is not installed.
#[macro_export]
macro_rules! assert_no_leak {
    ($setup:expr, $step:expr $(,)?) => {
        $crate::leak::detect($setup, $step).assert_steady()
    };
}

/// Defines tests that fail if their steps leak. Each test runs in its own process.
///
/// A test is written `fn name(setup, step)`. With `fn name(detector => setup, step)` it uses the
/// settings of `detector`, a [`Detector`](crate::leak::Detector).
///
/// An `async` test runs on a current-thread runtime of the tokio version that the caller depends
/// on. Its step is an `async` closure; setup and drop run inside the runtime too.
///
/// The output of setup and steps is shown if the test fails.
///
/// ```
/// #[global_allocator]
/// static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
///
/// heapmark::leak_test! {
///     /// Each step removes the line that it adds.
///     fn the_list_is_bounded(Vec::new, |lines: &mut Vec<String>| {
///         lines.push(String::from("one in"));
///         lines.pop()
///     });
///
///     fn few_steps_suffice(heapmark::leak::Detector::new().max_steps(5_000) => || (), |_: &mut ()| {});
/// }
/// # fn main() {}
/// ```
///
/// # Panics
///
/// A test panics if its verdict is not STEADY, or if heapmark's allocator is not installed.
#[macro_export]
macro_rules! leak_test {
    () => {};
    // Only inside a repetition does a name keep its location in the caller's source, which a
    // failing test reports.
    (@test [$($attribute:tt)*] [$($name:tt)*] $detect:expr) => {
        $($attribute)*
        #[test]
        fn $($name)*() {
            let path = ::std::concat!(::std::module_path!(), "::", $(::std::stringify!($name))*);
            let $($name)* = &$crate::__private::leak::LeakTest::new(path, || $detect);
            let _: &() = $($name)*;
        }
    };
    ($(#[$attribute:meta])* fn $name:tt($detector:expr => $setup:expr, $step:expr $(,)?) $(; $($rest:tt)*)?) => {
        $crate::leak_test! { @test [$(#[$attribute])*] [$name] $detector.run($setup, $step) }
        $crate::leak_test! { $($($rest)*)? }
    };
    ($(#[$attribute:meta])* fn $name:tt($setup:expr, $step:expr $(,)?) $(; $($rest:tt)*)?) => {
        $crate::leak_test! {
            $(#[$attribute])*
            fn $name($crate::leak::Detector::new() => $setup, $step);
            $($($rest)*)?
        }
    };
    ($(#[$attribute:meta])* async fn $name:tt($detector:expr => $setup:expr, $step:expr $(,)?) $(; $($rest:tt)*)?) => {
        $crate::leak_test! {
            @test [$(#[$attribute])*] [$name] {
                let runtime = ::tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .expect("cannot start a tokio runtime for the leak test");
                let _inside = runtime.enter();
                let mut step = $step;
                $detector.run($setup, |state| runtime.block_on(step(state)))
            }
        }
        $crate::leak_test! { $($($rest)*)? }
    };
    ($(#[$attribute:meta])* async fn $name:tt($setup:expr, $step:expr $(,)?) $(; $($rest:tt)*)?) => {
        $crate::leak_test! {
            $(#[$attribute])*
            async fn $name($crate::leak::Detector::new() => $setup, $step);
            $($($rest)*)?
        }
    };
}
