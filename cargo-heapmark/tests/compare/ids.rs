//! Two sides on which the same case has different ids. Cases are matched by their names, and never
//! by an id that several cases share.

use std::fs;

use crate::repository::{ROUTINE, Repository};

const CASES: &str = "
    fn one(b: &mut Bencher) { b.iter(|| Box::new(black_box(1_u8))); }
    fn two(b: &mut Bencher) { b.iter(|| [1_u8, 2].map(|n| Box::new(black_box(n)))); }
    fn three(b: &mut Bencher) { b.iter(|| [1_u8, 2, 3].map(|n| Box::new(black_box(n)))); }
";

#[test]
fn a_base_of_an_older_heapmark_is_compared_if_its_ids_are_unambiguous() {
    let repository = Repository::new();
    repository.branch("old", |r| {
        let worker = include_str!("../fixtures/compare/old_worker.rs.txt");
        fs::write(r.root().join("benches/memory.rs"), worker).unwrap();
    });
    let names = r#"question "q" {
        /// One block.
        one as "A";
        /// Three blocks.
        three as "a";
        /// Two blocks.
        two as "日";
    }"#;
    repository.branch("new", |r| r.write(ROUTINE, CASES, names));
    let (verdicts, json) = repository.verdicts(&["old", "new"], 2);
    assert_eq!(verdicts, ["tiny/first SAME", "tiny/q/~65e5.~ SAME"]);
    let failures = json["base"]["failures"].as_array().unwrap();
    let ids: Vec<&str> = failures.iter().map(|f| f["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["tiny/q/~41.~", "tiny/q/a~"]);
    assert_eq!(
        failures[0]["reason"],
        "its old id `tiny/q/a` names 2 cases (`A` of `q`, `a` of `q`), so its numbers are unknown"
    );
}

#[test]
fn a_case_whose_id_changed_because_of_another_case_is_the_same_case() {
    let repository = Repository::new();
    let question = |answers: &str| format!("question \"q\" {{ {answers} }}");
    let one = "/// One block.\none as \"A\";";
    let both = question(&format!("{one}\n/// Three blocks.\nthree as \"a\";"));
    let one = question(one);
    repository.branch("one", |r| r.write(ROUTINE, CASES, &one));
    repository.branch("both", |r| r.write(ROUTINE, CASES, &both));
    let (verdicts, _) = repository.verdicts(&["one", "both"], 0);
    assert_eq!(
        verdicts,
        ["tiny/q/a~ ADDED", "tiny/first SAME", "tiny/q/~41.~ SAME"]
    );
    let (verdicts, _) = repository.verdicts(&["both", "one"], 0);
    assert_eq!(
        verdicts,
        ["tiny/q/a~ REMOVED", "tiny/first SAME", "tiny/q/a SAME"]
    );
}
