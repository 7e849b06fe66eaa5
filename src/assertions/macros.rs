//! The macros. They stand at the crate's root, as macros do.

/// Asserts how many allocations a block makes on the calling thread, and gives its value.
/// Reallocations count, since each asks the allocator for memory. `<=`, `<`, `==`, `>=` and `>`;
/// the limit is of any integer type.
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
/// When the count is another, and where heapmark's allocator is not installed.
#[macro_export]
macro_rules! assert_allocs {
    ($($claim:tt)+) => {
        $crate::__count!(allocs, ["allocation or reallocation", "allocations and reallocations"], $($claim)+)
    };
}

/// Asserts that a block allocates nothing on the calling thread, and gives its value.
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
/// When it allocates, and where heapmark's allocator is not installed.
#[macro_export]
macro_rules! assert_no_alloc {
    ($body:expr $(,)?) => {
        $crate::assert_allocs!(== 0, $body)
    };
}

/// Asserts how high the live bytes of the calling thread climb while a block runs, above where
/// they were, and gives its value.
///
/// # Panics
///
/// When the peak is another, and where heapmark's allocator is not installed.
#[macro_export]
macro_rules! assert_peak {
    ($($claim:tt)+) => {
        $crate::__count!(peak, ["byte at the peak", "bytes at the peak"], $($claim)+)
    };
}

/// Asserts how many bytes of the calling thread still live after a block ran and its value was
/// dropped, above what lived before.
///
/// # Panics
///
/// When other than claimed, and where heapmark's allocator is not installed.
#[macro_export]
macro_rules! assert_retains {
    ($operator:tt $limit:expr, $body:expr $(,)?) => {
        $crate::__count!(retained, ["byte retained", "bytes retained"], $operator $limit, { let _ = $body; })
    };
}

/// What the counting macros have in common. The block stands where it was written, not in a
/// closure, so that `?` and `return` mean what they say.
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

/// Asserts that steps do not leak: [`detect`](crate::leak::detect), then
/// [`assert_steady`](crate::leak::Report::assert_steady).
///
/// In a test that runs beside others, [`leak_test!`](crate::leak_test) is surer.
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
/// Unless the verdict is steady, and where heapmark's allocator is not installed.
#[macro_export]
macro_rules! assert_no_leak {
    ($setup:expr, $step:expr $(,)?) => {
        $crate::leak::detect($setup, $step).assert_steady()
    };
}

/// Writes tests that fail when their steps leak, each in a process of its own.
///
/// A test is `name(setup, step)`; `detector => ` before the two gives other settings. `async`
/// tests run on a current-thread runtime of the caller's own tokio, their step is an `async`
/// closure; setup and drop run inside of the runtime as well. What setup and steps print is shown
/// when the test fails.
///
/// ```
/// #[global_allocator]
/// static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
///
/// heapmark::leak_test! {
///     /// What goes in comes out.
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
/// A test panics unless its verdict is steady, and where heapmark's allocator is not installed.
#[macro_export]
macro_rules! leak_test {
    () => {};
    // In a repetition, and only there, a name keeps its place in the caller's source, which is
    // where the test fails.
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
                    .expect("tokio can start a runtime");
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
