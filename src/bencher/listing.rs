//! The macros that list the cases of a bench file. They do not measure.

/// Lists the cases of a group, in report order. Each group needs its own module.
///
/// Each entry is the name of a function in the module. It has a doc comment that describes the
/// case, and may have assertions about one iteration, such as `allocs == 1`. A function that is
/// not listed is dead code, which the compiler reports.
///
/// - **Sizes:** a case that takes a size lists its sizes, as in `sized(n in [64, 256])`.
/// - **Metrics:** `allocs`, `frees`, `reallocs`, `bytes`, `peak`, `retained`, `drop_allocs`,
///   `drop_frees`, `drop_reallocs` and `drop_bytes`, compared with `==`, `<=` or `>=`.
/// - **Growth:** a case can declare the verdict of the leak detector before its assertions, as in
///   `problem, growth == leak: allocs == 1`. The verdict is `steady`, `leak`, or `retains` (memory
///   is kept after a spike). Use it if the state of the case lives from iteration to iteration.
/// - **Questions:** cases that solve the same task in different ways are listed under a question,
///   after the cases without a question. `as` names such a case; without `as`, its name is that of
///   the function. A question with many cases can have its own module, with
///   [`question!`](crate::question).
///
/// ```
/// mod strings {
///     use heapmark::Bencher;
///     use std::hint::black_box;
///
///     heapmark::group! {
///         /// Making strings.
///         strings;
///
///         /// Five bytes on the heap: `String` has no small-string storage.
///         small: allocs == 1, bytes == 5, retained == 0;
///         /// Requesting `n` bytes allocates `n` bytes.
///         sized(n in [64, 256]): allocs == 1, bytes == n;
///
///         question "share a text" {
///             /// Each copy allocates a block.
///             string as "String": allocs == 1;
///             /// A copy increments a counter, and allocates nothing.
///             shared as "Arc<str>": allocs == 0;
///         }
///     }
///
///     fn small(b: &mut Bencher) {
///         b.iter(|| String::from(black_box("hello")));
///     }
///
///     fn sized(b: &mut Bencher, n: usize) {
///         b.iter(|| String::with_capacity(black_box(n)));
///     }
///
///     fn string(b: &mut Bencher) {
///         let text = String::from("hello");
///         b.iter(|| text.clone());
///     }
///
///     fn shared(b: &mut Bencher) {
///         let text = std::sync::Arc::<str>::from("hello");
///         b.iter(|| text.clone());
///     }
/// }
///
/// let cases = heapmark::__private::bencher::instances(&[&strings::GROUP]).unwrap();
/// let ids: Vec<&str> = cases.iter().map(|case| case.id()).collect();
/// assert_eq!(ids[..3], ["strings/small", "strings/sized/64", "strings/sized/256"]);
/// assert_eq!(ids[3..], ["strings/share-a-text/string", "strings/share-a-text/arc-str"]);
/// ```
///
/// # Ids
///
/// The id of a case consists of the names of its group, question, variant and parameter. They are
/// in lower case, and `-` replaces every run of characters other than letters, digits and `_`.
///
/// Two cases such as `Arc` and `arc` would get the same id in this way. Their ids encode every
/// character instead, as in `~41.rc~` and `arc~`. So does the id of a case whose name has non-ASCII
/// characters. Two cases with exactly the same names are an error, which contains both names.
#[macro_export]
macro_rules! group {
    (
        $(#[doc = $about:literal])+
        $name:ident;
        $(
            $(#[doc = $doc:literal])+
            $case:ident $(($size:ident in [$($parameter:expr),+ $(,)?]))?
                $(, growth == $growth:ident)?
                $(: $($metric:ident $relation:tt $value:expr),+)?;
        )*
        $(question $question:literal { $($answers:tt)+ })*
        $(question $module:ident;)*
    ) => {
        $(#[doc = $about])+
        pub static GROUP: $crate::__private::bencher::Group = $crate::__private::bencher::Group {
            name: stringify!($name),
            summary: concat!($($about, "\n"),+),
            cases: &[
                &[$($crate::__case!(
                    None, [$($doc),+] $case $(($size in [$($parameter),+]))?
                        $(, growth == $growth)? $(: $($metric $relation $value),+)?
                )),*],
                $($crate::__answers!($question; $($answers)+),)*
                $($module::CASES),*
            ],
        };
    };
}

/// Lists the cases of one question in a separate module. The [`group!`](crate::group) that the
/// question belongs to names the module, as in `question share_a_text;`.
///
/// ```
/// mod strings {
///     mod share_a_text {
///         use heapmark::Bencher;
///
///         heapmark::question! {
///             "share a text";
///             /// Each copy allocates a block.
///             string as "String": allocs == 1;
///         }
///
///         fn string(b: &mut Bencher) {
///             let text = String::from("hello");
///             b.iter(|| text.clone());
///         }
///     }
///
///     heapmark::group! {
///         /// Making strings.
///         strings;
///         question share_a_text;
///     }
/// }
///
/// let cases = heapmark::__private::bencher::instances(&[&strings::GROUP]).unwrap();
/// assert_eq!(cases[0].id(), "strings/share-a-text/string");
/// ```
#[macro_export]
macro_rules! question {
    ($question:literal; $($answers:tt)+) => {
        /// The answers, in report order.
        pub const CASES: &[$crate::__private::bencher::Case] = $crate::__answers!($question; $($answers)+);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __answers {
    (
        $question:literal;
        $(
            $(#[doc = $doc:literal])+
            $case:ident $(as $variant:literal)? $(($size:ident in [$($parameter:expr),+ $(,)?]))?
                $(, growth == $growth:ident)?
                $(: $($metric:ident $relation:tt $value:expr),+)?;
        )+
    ) => {
        &[$($crate::__case!(
            Some($question), [$($doc),+] $case $(as $variant)? $(($size in [$($parameter),+]))?
                $(, growth == $growth)? $(: $($metric $relation $value),+)?
        )),+]
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __case {
    (
        $question:expr, [$($doc:literal),+] $case:ident $(as $variant:literal)?
            $(($size:ident in [$($parameter:expr),+]))?
            $(, growth == $growth:ident)?
            $(: $($metric:ident $relation:tt $value:expr),+)?
    ) => {
        $crate::__private::bencher::Case {
            question: $question,
            variant: $crate::__variant!($case $($variant)?),
            summary: concat!($($doc, "\n"),+),
            parameters: &[$($($parameter),+)?],
            body: $crate::__body!($case $($size)?),
            growth: $crate::__growth!($($growth)?),
            assertions: $crate::__assertions!(
                [$($size)?] $($($metric $relation $value),+)?
            ),
            file: file!(),
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __variant {
    ($case:ident) => {
        stringify!($case)
    };
    ($case:ident $variant:literal) => {
        $variant
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __growth {
    () => {
        None
    };
    (steady) => {
        Some($crate::__private::record::Verdict::Steady)
    };
    (leak) => {
        Some($crate::__private::record::Verdict::Leak)
    };
    (retains) => {
        Some($crate::__private::record::Verdict::Retains)
    };
    ($other:ident) => {
        compile_error!(concat!(
            "`",
            stringify!($other),
            "` is not a verdict on growth; use steady, leak or retains"
        ))
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __body {
    ($case:ident) => {
        $crate::__private::bencher::Body::Plain($case)
    };
    ($case:ident $size:ident) => {
        $crate::__private::bencher::Body::Sized($case)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __assertions {
    ([$($size:ident)?]) => { &[] };
    ([] $($metric:ident $relation:tt $value:expr),+) => {
        &[$($crate::__private::bencher::CaseAssertion {
            metric: $crate::__metric!($metric),
            relation: $crate::__relation!($relation),
            value: |_| ($value) as i64,
        }),+]
    };
    ([$size:ident] $($metric:ident $relation:tt $value:expr),+) => {
        &[$($crate::__private::bencher::CaseAssertion {
            metric: $crate::__metric!($metric),
            relation: $crate::__relation!($relation),
            value: |$size: usize| { let _ = $size; ($value) as i64 },
        }),+]
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __metric {
    (allocs) => {
        $crate::__private::record::Metric::Allocs
    };
    (frees) => {
        $crate::__private::record::Metric::Frees
    };
    (reallocs) => {
        $crate::__private::record::Metric::Reallocs
    };
    (bytes) => {
        $crate::__private::record::Metric::Bytes
    };
    (peak) => {
        $crate::__private::record::Metric::Peak
    };
    (retained) => {
        $crate::__private::record::Metric::Retained
    };
    (drop_allocs) => {
        $crate::__private::record::Metric::DropAllocs
    };
    (drop_frees) => {
        $crate::__private::record::Metric::DropFrees
    };
    (drop_reallocs) => {
        $crate::__private::record::Metric::DropReallocs
    };
    (drop_bytes) => {
        $crate::__private::record::Metric::DropBytes
    };
    ($other:ident) => {
        compile_error!(concat!(
            "`",
            stringify!($other),
            "` is not a metric; use allocs, frees, reallocs, bytes, ",
            "peak, retained, drop_allocs, drop_frees, drop_reallocs or drop_bytes"
        ))
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __relation {
    (==) => {
        $crate::__private::bencher::Relation::Equal
    };
    (<=) => {
        $crate::__private::bencher::Relation::AtMost
    };
    (>=) => {
        $crate::__private::bencher::Relation::AtLeast
    };
}
