//! Changes that a file of acknowledgements accepts.

use std::fs;

use crate::repository::{Repository, stderr};

fn list(metrics: &[&str], commit: &str) -> String {
    let one = |metric: &&str| {
        format!(
            "[[ack]]\ncase = \"tiny/first\"\nmetric = \"{metric}\"\ncommit = \"{commit}\"\nreason = \"one byte pays\"\nwho = \"Ann\"\n"
        )
    };
    metrics.iter().map(one).collect()
}

#[test]
fn an_acknowledged_change_is_shown_and_does_not_fail() {
    let repository = Repository::new();
    repository.branch("bigger", |r| {
        r.write("vec![1_u8; black_box(65)]", "", "");
    });
    let hash = |name| repository.git(&["rev-parse", name]).trim().to_owned();
    let (earlier, later) = (hash("main"), hash("bigger"));
    repository.git(&["checkout", "--quiet", "bigger"]);
    let compared = |list: &str, code| {
        fs::write(repository.root().join("heapmark-acks.toml"), list).unwrap();
        let output = repository.compare(&["main"]);
        assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
        String::from_utf8_lossy(&output.stdout).into_owned() + &stderr(&output)
    };
    let said = compared(&list(&["bytes", "peak"], &later[..7]), 0);
    assert!(said.contains("WORSE  tiny/first"), "{said}");
    assert!(said.contains("acknowledged: tiny/first bytes"), "{said}");
    assert!(said.contains("one byte pays (Ann)"), "{said}");

    compared(&list(&["bytes"], &later[..7]), 1);
    let said = compared(&list(&["bytes", "peak"], &earlier), 1);
    assert!(said.contains("acknowledgement not used"), "{said}");
    let said = compared(&list(&["bytes"], "later"), 2);
    assert!(said.contains("`later` is not a commit hash"), "{said}");
}
