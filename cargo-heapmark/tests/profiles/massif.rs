//! massif's files: the tree of callers, and the peak.

use cargo_heapmark::profile::Moment;

use super::{parse, read, refused, stacks, summary};

#[test]
fn siblings_in_the_tree_are_callers_of_one_function_and_not_of_each_other() {
    let profile = read("massif-siblings.out");
    assert_eq!(
        stacks(&profile, |site| site.peak),
        [
            ("main;start;pool".to_owned(), 6_000),
            ("read_key;text_new".to_owned(), 2_000),
            ("read_value;text_new".to_owned(), 500),
            ("[below massif's threshold]".to_owned(), 500),
        ]
    );
    let text = summary(&profile);
    assert!(
        text.contains("no stack for 500 B at 3 call sites"),
        "{text}"
    );
    assert!(
        !text.contains("own peak"),
        "massif's own peak is not a different one: {text}"
    );
}

#[test]
fn bytes_that_no_caller_of_a_function_has_are_its_own() {
    let tree = "n1: 100 (heap allocation functions) malloc/new/new[], --alloc-fns, etc.\n \
        n2: 100 0x1: inner (a.c:1)\n  n0: 40 0x2: outer (a.c:2)\n  \
        n0: 30 in 1 place, below massif's threshold (1.00%)\n";
    let profile = parse(snapshots(&[(100, 0, 0, "peak")], tree));
    assert_eq!(
        stacks(&profile, |site| site.peak),
        [
            ("outer;inner".to_owned(), 40),
            ("[below massif's threshold];inner".to_owned(), 30),
            ("inner".to_owned(), 30),
        ]
    );
}

#[test]
fn a_tree_that_is_not_whole_is_refused() {
    let root = "n2: 100 (heap allocation functions) malloc\n";
    for (tree, reason) in [
        ("", "is truncated"),
        (" n0: 50 0x1: f (a.c:1)\n", "is truncated"),
        (
            " n0: 50 0x1: f (a.c:1)\n  n0: 50 0x2: g (a.c:2)\n",
            "2 deep",
        ),
        (
            " n0: 50 0x1: f (a.c:1)\n n0: 51 0x2: g (a.c:2)\n",
            "more bytes",
        ),
        (" n0: 50 0x1: f (a.c:1)\n#-----------\n", "0 deep"),
        (" nx: 50 0x1: f (a.c:1)\n", "a node of the tree is invalid"),
    ] {
        let said = refused(snapshots(&[(100, 0, 0, "peak")], &format!("{root}{tree}")));
        assert!(said.contains(reason), "{tree}: {said}");
    }
}

#[test]
fn the_peak_is_the_largest_heap_of_all_snapshots_even_if_massif_marks_none() {
    let profile = read("massif-no-marked-peak.out");
    assert_eq!(profile.peak().bytes, Some(5_021_305_210));
    assert_eq!(profile.peak_at, Some(100));
    let moment = profile.peak_moment().unwrap();
    assert_eq!((moment.extra, moment.stacks), (Some(8), Some(6_400_272)));
    assert_eq!(profile.most_stacks(), Some(6_400_272));
    let text = summary(&profile);
    for sum in [
        "(5,021,305,210 B)",
        "8 B of allocator overhead",
        "(6,400,272 B)",
    ] {
        assert!(text.contains(sum), "{sum}: {text}");
    }
}

#[test]
fn the_peak_that_massif_marks_is_labelled_if_other_snapshots_have_more_heap() {
    // If massif measures stacks, its own peak is that of heap, extra and stacks together.
    let profile = read("massif-stacks.out");
    assert_eq!(profile.peak().bytes, Some(31_000));
    assert_eq!(profile.most_stacks(), Some(830_032));
    let text = summary(&profile);
    assert!(text.contains("massif's own peak is snapshot "), "{text}");
    assert!(text.contains("0 B of heap"), "{text}");

    let tree = "n0: 70 (heap allocation functions) malloc\n";
    let marked = snapshots(&[(70, 8, 0, "peak"), (90, 4, 0, "empty")], tree);
    let profile = parse(marked);
    assert_eq!(profile.peak().bytes, Some(90));
    let text = summary(&profile);
    assert!(text.contains("4 B of allocator overhead"), "{text}");
    assert!(text.contains("70 B of heap, 8 B extra; another"), "{text}");
    assert_eq!(text.matches("call stacks are").count(), 1, "{text}");
}

#[test]
fn stacks_that_massif_did_not_measure_are_unknown_and_not_zero() {
    let profile = read("massif.out");
    assert_eq!(profile.most_stacks(), None);
    assert!(!summary(&profile).contains("stacks  "));
    let known = |moment: &Moment| moment.extra.is_some();
    assert!(profile.timeline.iter().all(known));
}

/// Snapshots with these sizes of heap, extra and stacks, and this kind of tree. `tree` follows each
/// snapshot whose kind is not `empty`.
fn snapshots(all: &[(u64, u64, u64, &str)], tree: &str) -> String {
    let mut text = "desc: --x\ncmd: ./a\ntime_unit: i\n".to_owned();
    for (number, (heap, extra, stacks, kind)) in all.iter().enumerate() {
        text += &format!(
            "#-----------\nsnapshot={number}\n#-----------\ntime={number}\nmem_heap_B={heap}\n\
             mem_heap_extra_B={extra}\nmem_stacks_B={stacks}\nheap_tree={kind}\n"
        );
        if *kind != "empty" {
            text += tree;
        }
    }
    text
}
