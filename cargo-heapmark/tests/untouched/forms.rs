//! Forms of packages and workspaces: measured, or refused with the reason.

use std::fs;

use crate::repository::{Repository, stderr};

const MANIFEST: &str = "[package]\nname = \"plain\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dev-dependencies]\ncriterion = { version = \"0.8.2\", default-features = false }\n\n[[bench]]\nname = \"speed\"\nharness = false\n";

const BENCH: &str = "use criterion::{Criterion, criterion_group, criterion_main};\n\nfn bench(c: &mut Criterion) {\n    c.bench_function(\"five\", |b| b.iter(|| String::from(std::hint::black_box(\"hello\"))));\n}\n\ncriterion_group!(benches, bench);\ncriterion_main!(benches);\n";

/// A repository with this manifest and bench target.
fn repository(manifest: &str, bench: &str) -> Repository {
    let repository = Repository::new();
    let root = repository.root();
    fs::remove_file(root.join("build.rs")).unwrap();
    fs::write(root.join("Cargo.toml"), manifest).unwrap();
    fs::write(root.join("benches/speed.rs"), bench).unwrap();
    repository
}

/// The ids and bytes of the cases.
fn cases(repository: &Repository, arguments: &[&str]) -> Vec<(String, i64)> {
    let arguments = [&["--counts-only", "--format", "json"], arguments].concat();
    let output = repository.heapmark("report", &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let run: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let entries = run["entries"].as_array().unwrap().iter();
    let case = |entry: &serde_json::Value| {
        let id = entry["id"].as_str().unwrap().to_owned();
        (id, entry["metrics"]["bytes"].as_i64().unwrap())
    };
    entries.map(case).collect()
}

fn five(target: &str) -> Vec<(String, i64)> {
    vec![(format!("{target}/five"), 5)]
}

#[test]
fn profiles_that_strip_abort_and_optimise_across_crates_count_the_same() {
    let profile = "\n[profile.bench]\nlto = \"fat\"\nstrip = true\npanic = \"abort\"\n";
    let repository = repository(&format!("{MANIFEST}{profile}"), BENCH);
    assert_eq!(cases(&repository, &[]), five("speed"));
}

#[test]
fn a_renamed_criterion_and_two_versions_in_one_graph_are_replaced() {
    let two = "old = { package = \"criterion\", version = \"0.5\", default-features = false }\n\n[[bench]]\nname = \"second\"\nharness = false\n\n[[bench]]\nname = \"speed\"";
    let manifest = MANIFEST.replacen("\n[[bench]]\nname = \"speed\"", two, 1);
    let repository = repository(&manifest, BENCH);
    let second = BENCH.replace("use criterion::", "use old::");
    fs::write(repository.root().join("benches/second.rs"), second).unwrap();
    let both = [five("second"), five("speed")].concat();
    assert_eq!(cases(&repository, &[]), both);
}

#[test]
fn a_member_of_a_virtual_workspace_is_chosen_by_name() {
    let root = "[workspace]\nmembers = [\"crates/*\"]\nresolver = \"2\"\n";
    let repository = repository(root, BENCH);
    for name in ["one", "other"] {
        let member = repository.root().join("crates").join(name);
        fs::create_dir_all(member.join("benches")).unwrap();
        fs::create_dir_all(member.join("src")).unwrap();
        fs::write(member.join("src/lib.rs"), "#![no_std]\n").unwrap();
        let manifest = MANIFEST.replace("\"plain\"", &format!("\"{name}\""));
        fs::write(member.join("Cargo.toml"), manifest).unwrap();
        fs::write(member.join("benches/speed.rs"), BENCH).unwrap();
    }
    let output = repository.heapmark("report", &["--counts-only"]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(
        said.contains("choose one with --package: one, other"),
        "{said}"
    );
    assert_eq!(cases(&repository, &["--package", "other"]), five("speed"));
    let manifest = ["--manifest-path", "crates/one/Cargo.toml"];
    assert_eq!(cases(&repository, &manifest), five("speed"));
}

#[test]
fn criterion_in_a_folder_is_refused_with_the_reason() {
    let path = "criterion = { path = \"mine\" }";
    let published = "criterion = { version = \"0.8.2\", default-features = false }";
    let repository = repository(&MANIFEST.replace(published, path), BENCH);
    let mine = repository.root().join("mine");
    fs::create_dir_all(mine.join("src")).unwrap();
    fs::write(mine.join("src/lib.rs"), "").unwrap();
    let manifest = "[package]\nname = \"criterion\"\nversion = \"0.8.2\"\nedition = \"2021\"\n";
    fs::write(mine.join("Cargo.toml"), manifest).unwrap();
    let output = repository.heapmark("report", &["--counts-only"]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(
        said.contains("comes from a folder of this workspace"),
        "{said}"
    );
}

#[test]
fn a_program_that_ends_half_way_is_an_error_and_its_cases_are_counted() {
    let main = "use criterion::Criterion;\n\nfn main() {\n    let mut c = Criterion::default().configure_from_args();\n    c.bench_function(\"five\", |b| b.iter(|| String::from(std::hint::black_box(\"hello\"))));\n    std::process::exit(3);\n}\n";
    let repository = repository(MANIFEST, main);
    let output = repository.heapmark("report", &["--counts-only", "--format", "json"]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    let reason = "some cases of bench target `speed` are unknown: the program exited with code 3";
    assert!(said.contains(reason), "{said}");
    let run: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(run["entries"][0]["id"], "speed/five");
}

#[test]
fn flags_of_cargo_choose_what_is_built() {
    let features = "\n[features]\nlong = []\n";
    let bench = BENCH.replace(
        "\"hello\"",
        "if cfg!(feature = \"long\") { \"longer\" } else { \"hello\" }",
    );
    let repository = repository(&format!("{MANIFEST}{features}"), &bench);
    let long = vec![("speed/five".to_owned(), 6)];
    assert_eq!(cases(&repository, &[]), five("speed"));
    assert_eq!(cases(&repository, &["--features", "long"]), long);
    assert_eq!(cases(&repository, &["--all-features", "--offline"]), long);
    // The repository has no lock file.
    let output = repository.heapmark("report", &["--counts-only", "--locked"]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(said.contains("--locked"), "{said}");
}
