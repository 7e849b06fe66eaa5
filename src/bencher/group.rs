use crate::bencher::{Bencher, Expectation};
use crate::record::{CaseInfo, GroupInfo, slug};

/// Cases that belong together, in report order; made by [`group!`](crate::group).
pub struct Group {
    /// The name, as in `string_allocations`: the first part of every case's id.
    pub name: &'static str,
    /// What the group is about.
    pub summary: &'static str,
    /// Its cases.
    pub cases: &'static [Case],
}

/// A workload with what is said about it.
pub struct Case {
    /// The question that it answers; `None` for a case that stands alone.
    pub question: Option<&'static str>,
    /// Its name, or the answer that it stands for.
    pub variant: &'static str,
    /// What it shows.
    pub summary: &'static str,
    /// The sizes that it is run at; empty where it has none.
    pub parameters: &'static [usize],
    /// The workload.
    pub body: Body,
    /// What it holds true.
    pub expectations: &'static [Expectation],
    /// The source file.
    pub file: &'static str,
}

/// A workload: the same function for every pass.
#[derive(Clone, Copy)]
pub enum Body {
    /// Takes no parameter.
    Plain(fn(&mut Bencher<'_>)),
    /// Is told the size to run at.
    Sized(fn(&mut Bencher<'_>, usize)),
}

/// A case at one of its sizes: what a record has an entry for.
#[derive(Clone, Copy)]
pub struct Instance {
    /// The group that it is listed in.
    pub group: &'static Group,
    /// The case.
    pub case: &'static Case,
    /// The size, if the case has any.
    pub parameter: Option<usize>,
}

impl Group {
    /// What a record says about the group.
    pub fn info(&self) -> GroupInfo {
        GroupInfo {
            name: self.name.to_owned(),
            summary: one_line(self.summary),
        }
    }

    /// The group's cases at all their sizes, in report order.
    pub fn instances(&'static self) -> impl Iterator<Item = Instance> {
        self.cases.iter().flat_map(move |case| {
            let sizes: Vec<Option<usize>> = if case.parameters.is_empty() {
                vec![None]
            } else {
                case.parameters.iter().copied().map(Some).collect()
            };
            sizes.into_iter().map(move |parameter| Instance {
                group: self,
                case,
                parameter,
            })
        })
    }
}

impl Instance {
    /// The stable id, as in `allocation_sizes/vec_alloc/64`.
    pub fn id(&self) -> String {
        let mut id = self.group.name.to_owned();
        if let Some(question) = self.case.question {
            id.push('/');
            id.push_str(&slug(question));
        }
        id.push('/');
        id.push_str(&slug(self.case.variant));
        if let Some(parameter) = self.parameter {
            id.push_str(&format!("/{parameter}"));
        }
        id
    }

    /// What a record says about the case.
    pub fn info(&self) -> CaseInfo {
        CaseInfo {
            id: self.id(),
            group: self.group.name.to_owned(),
            question: self.case.question.map(str::to_owned),
            variant: self.case.variant.to_owned(),
            parameter: self.parameter.map(|size| size as u64),
            summary: one_line(self.case.summary),
            file: self.case.file.to_owned(),
        }
    }

    /// Runs the workload under `bencher`.
    pub fn run(&self, bencher: &mut Bencher<'_>) {
        match self.case.body {
            Body::Plain(body) => body(bencher),
            Body::Sized(body) => body(bencher, self.parameter.unwrap_or_default()),
        }
    }

    /// The parameter that expectations are asked at.
    pub fn size(&self) -> usize {
        self.parameter.unwrap_or_default()
    }
}

/// Doc comments come as one string a line, each with its leading space.
fn one_line(doc: &str) -> String {
    doc.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lists the cases of a group, in report order, in a module of their own.
///
/// Each line is a function of the module, with a sentence on what it shows and what it holds
/// true of one iteration. A function that is not listed is dead code, which the compiler reports.
/// A case that takes a size lists its sizes. Cases that answer a question stand under it, after
/// those that stand alone, and may give their answer a name that is no function's.
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
///         /// Asking for `n` bytes allocates `n` bytes.
///         sized(n in [64, 256]): allocs == 1, bytes == n;
///
///         question "share a text" {
///             /// A copy is a block of its own.
///             string as "String": allocs == 1;
///             /// A copy counts, and allocates nothing.
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
/// let ids: Vec<String> = strings::GROUP.instances().map(|case| case.id()).collect();
/// assert_eq!(ids[..3], ["strings/small", "strings/sized/64", "strings/sized/256"]);
/// assert_eq!(ids[3..], ["strings/share-a-text/string", "strings/share-a-text/arc-str"]);
/// ```
#[macro_export]
macro_rules! group {
    (
        $(#[doc = $about:literal])+
        $name:ident;
        $(
            $(#[doc = $doc:literal])+
            $case:ident $(($size:ident in [$($parameter:expr),+ $(,)?]))?
                $(: $($metric:ident $relation:tt $value:expr),+)?;
        )*
        $(
            question $question:literal {
                $(
                    $(#[doc = $answer_doc:literal])+
                    $answer:ident $(as $variant:literal)?
                        $(($answer_size:ident in [$($answer_parameter:expr),+ $(,)?]))?
                        $(: $($answer_metric:ident $answer_relation:tt $answer_value:expr),+)?;
                )+
            }
        )*
    ) => {
        $(#[doc = $about])+
        pub static GROUP: $crate::bencher::Group = $crate::bencher::Group {
            name: stringify!($name),
            summary: concat!($($about, "\n"),+),
            cases: &[
                $($crate::bencher::Case {
                    question: None,
                    variant: stringify!($case),
                    summary: concat!($($doc, "\n"),+),
                    parameters: &[$($($parameter),+)?],
                    body: $crate::__body!($case $($size)?),
                    expectations: $crate::__expectations!(
                        [$($size)?] $($($metric $relation $value),+)?
                    ),
                    file: file!(),
                },)*
                $($($crate::bencher::Case {
                    question: Some($question),
                    variant: $crate::__variant!($answer $($variant)?),
                    summary: concat!($($answer_doc, "\n"),+),
                    parameters: &[$($($answer_parameter),+)?],
                    body: $crate::__body!($answer $($answer_size)?),
                    expectations: $crate::__expectations!(
                        [$($answer_size)?]
                        $($($answer_metric $answer_relation $answer_value),+)?
                    ),
                    file: file!(),
                },)+)*
            ],
        };
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
macro_rules! __body {
    ($case:ident) => {
        $crate::bencher::Body::Plain($case)
    };
    ($case:ident $size:ident) => {
        $crate::bencher::Body::Sized($case)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __expectations {
    ([$($size:ident)?]) => { &[] };
    ([] $($metric:ident $relation:tt $value:expr),+) => {
        &[$($crate::bencher::Expectation {
            metric: $crate::__metric!($metric),
            relation: $crate::__relation!($relation),
            value: |_| ($value) as i64,
        }),+]
    };
    ([$size:ident] $($metric:ident $relation:tt $value:expr),+) => {
        &[$($crate::bencher::Expectation {
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
        $crate::record::Metric::Allocs
    };
    (frees) => {
        $crate::record::Metric::Frees
    };
    (reallocs) => {
        $crate::record::Metric::Reallocs
    };
    (bytes) => {
        $crate::record::Metric::Bytes
    };
    (peak) => {
        $crate::record::Metric::Peak
    };
    (retained) => {
        $crate::record::Metric::Retained
    };
    (drop_allocs) => {
        $crate::record::Metric::DropAllocs
    };
    (drop_frees) => {
        $crate::record::Metric::DropFrees
    };
    (drop_reallocs) => {
        $crate::record::Metric::DropReallocs
    };
    (drop_bytes) => {
        $crate::record::Metric::DropBytes
    };
    ($other:ident) => {
        compile_error!(concat!(
            "`",
            stringify!($other),
            "` is no metric; known are allocs, frees, reallocs, bytes, ",
            "peak, retained, drop_allocs, drop_frees, drop_reallocs, drop_bytes"
        ))
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __relation {
    (==) => {
        $crate::bencher::Relation::Equal
    };
    (<=) => {
        $crate::bencher::Relation::AtMost
    };
    (>=) => {
        $crate::bencher::Relation::AtLeast
    };
}
