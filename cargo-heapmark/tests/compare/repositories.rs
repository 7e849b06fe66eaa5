//! Unusual repositories: a detached HEAD, and a submodule with changes.

use std::fs;

use crate::repository::{ROUTINE, Repository};

#[test]
fn a_detached_head_is_compared_and_stays_detached() {
    let repository = Repository::new();
    repository.branch("bigger", |r| {
        r.write("vec![1_u8; black_box(65)]", "", "");
    });
    repository.git(&["checkout", "--quiet", "--detach", "bigger"]);
    // The merge base with main is compared with the work tree.
    let (verdicts, _) = repository.verdicts(&[], 1);
    assert_eq!(verdicts, ["tiny/first WORSE"]);
    let branch = repository.git(&["branch", "--show-current"]);
    assert_eq!(branch, "");
}

#[test]
fn a_dirty_submodule_is_left_as_it_is() {
    let repository = Repository::new();
    let outside = repository.dir.path().join("outside");
    fs::create_dir(&outside).unwrap();
    let outside = outside.to_str().unwrap();
    repository.git(&["init", "--quiet", outside]);
    let empty = ["commit", "--quiet", "--allow-empty", "--message", "Begin"];
    repository.git(&[&["-C", outside], &empty[..]].concat());
    let allow = ["-c", "protocol.file.allow=always", "submodule", "add"];
    repository.git(&[&allow[..], &["--quiet", outside, "vendored"]].concat());
    repository.commit("Vendor");
    let planted = repository.dir.path().join("a repository/vendored/planted");
    fs::write(&planted, "dirty").unwrap();
    repository.write(&format!("/* changed */ {ROUTINE}"), "", "");
    // `verdicts` also checks that the repository is unchanged.
    let (verdicts, _) = repository.verdicts(&["HEAD"], 0);
    assert_eq!(verdicts, ["tiny/first SAME"]);
    assert_eq!(fs::read_to_string(&planted).unwrap(), "dirty");
    let (verdicts, _) = repository.verdicts(&["HEAD~1", "HEAD"], 0);
    assert_eq!(verdicts, ["tiny/first SAME"]);
}
