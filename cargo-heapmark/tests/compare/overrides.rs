//! Dependency overrides: two versions of a dependency are compared on one revision.

use crate::registry;
use crate::repository::{Repository, stderr};

/// A repository whose case allocates through a dependency `planted`: one block with version 1.0.0,
/// two with 1.1.0, and three with 2.0.0, which the requirement does not allow.
fn repository() -> Repository {
    let versions = [("1.0.0", 1), ("1.1.0", 2), ("2.0.0", 3)].map(|(version, blocks)| {
        let code = format!(
            "pub fn made() -> [Box<u8>; {blocks}] {{ std::array::from_fn(|i| Box::new(std::hint::black_box(i as u8))) }}"
        );
        (version, code)
    });
    let versions = versions
        .each_ref()
        .map(|(version, code)| (*version, &**code));
    let repository = registry::repository(&versions);
    repository.write("planted::made()", "", "");
    repository.commit("Depend on it");
    repository
}

#[test]
fn two_versions_of_a_dependency_are_compared_on_one_revision() {
    let repository = repository();
    let flags = |base: &'static str, head: &'static str| {
        ["main", "main", "--base-with", base, "--head-with", head]
    };
    let (verdicts, json) = repository.verdicts(&flags("planted=1.0.0", "planted=1.1.0"), 1);
    assert_eq!(verdicts, ["tiny/first WORSE"]);
    let allocs = &json["changes"][0]["differences"][0];
    assert_eq!(
        (&allocs["before"], &allocs["after"]),
        (&1.into(), &2.into())
    );
    for (side, version) in [("base", "1.0.0"), ("head", "1.1.0")] {
        let name = json[side]["name"].as_str().unwrap();
        assert!(name.starts_with(&format!("main with planted {version}")));
    }

    let (verdicts, json) = repository.verdicts(&flags("planted=2.0.0", "planted=1.0.0"), 0);
    assert_eq!(verdicts, ["tiny/first BETTER"]);
    let changed = "main with planted 2.0.0 (requirement changed)";
    assert_eq!(json["base"]["name"], changed);
    assert_eq!(json["changes"][0]["differences"][0]["before"], 3);

    let both = ["main", "main", "--with", "planted=1.0.0"];
    let (verdicts, _) = repository.verdicts(&both, 0);
    assert_eq!(
        verdicts,
        ["tiny/first SAME"],
        "both sides have the same version"
    );

    for (override_, why) in [
        (
            "plantet=1.0.0",
            "no dependency is called `plantet`; did you mean planted?",
        ),
        ("planted=9.9.9", "cannot use 9.9.9 of `planted`: "),
        ("planted", "not of the form NAME=VERSION"),
    ] {
        let output = repository.compare(&["main", "main", "--head-with", override_]);
        assert_eq!(output.status.code(), Some(2), "{override_}");
        assert!(stderr(&output).contains(why), "{}", stderr(&output));
    }
}
