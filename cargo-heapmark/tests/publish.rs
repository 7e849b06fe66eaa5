//! A publish leaves exactly the site, writes only changed files, and keeps files of others.
#![expect(clippy::unwrap_used, reason = "a panic of a test is its verdict")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use cargo_heapmark::publish::{self, MANIFEST, PublishError};

type Files = BTreeMap<String, Vec<u8>>;

fn files(list: &[(&str, &str)]) -> Files {
    let owned = |&(path, text): &(&str, &str)| (path.to_owned(), text.as_bytes().to_vec());
    list.iter().map(owned).collect()
}

/// Every file below `dir`, except the list of published files.
fn tree(dir: &Path) -> Files {
    let mut found = Files::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().unwrap() != MANIFEST {
                let name = path.strip_prefix(dir).unwrap().to_str().unwrap();
                found.insert(name.replace('\\', "/"), fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// A folder that does not exist yet, inside a temporary one.
fn folder() -> (tempfile::TempDir, PathBuf) {
    let outer = tempfile::tempdir().unwrap();
    let dir = outer.path().join("target/site");
    (outer, dir)
}

#[test]
fn a_publish_makes_the_folder_and_every_file() {
    let (_outer, dir) = folder();
    let site = files(&[("index.html", "hello"), ("case/a/b.html", "b")]);
    let done = publish::write(&dir, &site).unwrap();
    assert_eq!(done.written, ["case/a/b.html", "index.html"]);
    assert_eq!(tree(&dir), site);
}

#[test]
fn the_same_site_again_touches_no_file() {
    let (_outer, dir) = folder();
    let site = files(&[("index.html", "hello"), ("a.css", "a")]);
    publish::write(&dir, &site).unwrap();
    let modified = |name: &str| fs::metadata(dir.join(name)).unwrap().modified().unwrap();
    let names = ["index.html", "a.css", MANIFEST];
    let before = names.map(modified);
    let done = publish::write(&dir, &site).unwrap();
    assert_eq!(names.map(modified), before);
    assert_eq!(done.unchanged.len(), 2);
    assert!(
        done.written.is_empty() && done.removed.is_empty(),
        "{done:?}"
    );
}

#[test]
fn only_what_changed_is_written() {
    let (_outer, dir) = folder();
    publish::write(&dir, &files(&[("a", "1"), ("b", "1")])).unwrap();
    let site = files(&[("a", "1"), ("b", "2")]);
    let done = publish::write(&dir, &site).unwrap();
    assert_eq!(
        (done.written, done.unchanged),
        (vec!["b".to_owned()], vec!["a".to_owned()])
    );
    assert_eq!(tree(&dir), site);
}

#[test]
fn files_that_left_the_site_are_removed_with_the_folders_that_become_empty() {
    let (_outer, dir) = folder();
    publish::write(&dir, &files(&[("index.html", ""), ("case/old/x.html", "")])).unwrap();
    let site = files(&[("index.html", "")]);
    let done = publish::write(&dir, &site).unwrap();
    assert_eq!(done.removed, ["case/old/x.html"]);
    assert_eq!(tree(&dir), site);
    assert!(!dir.join("case").exists());
}

#[test]
fn a_file_may_become_a_folder_and_a_folder_a_file() {
    let (_outer, dir) = folder();
    let site = files(&[("a", ""), ("b/x", "")]);
    publish::write(&dir, &site).unwrap();
    let turned = files(&[("a/x", ""), ("b", "")]);
    publish::write(&dir, &turned).unwrap();
    assert_eq!(tree(&dir), turned);
    publish::write(&dir, &site).unwrap();
    assert_eq!(tree(&dir), site);
}

#[test]
fn a_publish_that_cannot_write_a_file_leaves_the_old_site_whole() {
    let (_outer, dir) = folder();
    let old = files(&[("index.html", "old"), ("case/gone.html", "stale")]);
    publish::write(&dir, &old).unwrap();
    // No file system accepts a name of this length.
    let unwritable = format!("{}/a.html", "x".repeat(300));
    let new = files(&[("index.html", "new"), (&unwritable, "")]);
    let error = publish::write(&dir, &new).unwrap_err();
    assert!(error.to_string().contains("xxx"), "{error}");
    let mut left = tree(&dir);
    assert!(left.remove(".heapmark-site.next").is_some());
    assert_eq!(left, old);
    let rest = publish::write(&dir, &files(&[("index.html", "new")])).unwrap();
    assert_eq!(rest.removed, ["case/gone.html"]);
    assert_eq!(tree(&dir), files(&[("index.html", "new")]));
}

#[test]
fn a_file_of_another_program_stays() {
    let (_outer, dir) = folder();
    publish::write(&dir, &files(&[("index.html", "")])).unwrap();
    fs::write(dir.join("CNAME"), "example.org").unwrap();
    publish::write(&dir, &files(&[("index.html", "new")])).unwrap();
    let expected = files(&[("CNAME", "example.org"), ("index.html", "new")]);
    assert_eq!(tree(&dir), expected);
}

#[test]
fn a_file_of_another_program_is_not_overwritten() {
    let (_outer, dir) = folder();
    publish::write(&dir, &files(&[("index.html", "")])).unwrap();
    fs::write(dir.join("about.html"), "mine").unwrap();
    let before = tree(&dir);
    let site = files(&[("index.html", "new"), ("about.html", "")]);
    let error = publish::write(&dir, &site).unwrap_err();
    assert!(matches!(error, PublishError::InTheWay { .. }), "{error}");
    assert_eq!(tree(&dir), before);
}

#[test]
fn a_folder_of_another_program_is_refused_and_left_unchanged() {
    let (_outer, dir) = folder();
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join("thesis.txt"), "years of work").unwrap();
    let error = publish::write(&dir, &files(&[("index.html", "")])).unwrap_err();
    let text = format!(
        "{} is not empty and does not contain a heapmark site; choose an empty or new folder with --out DIR",
        dir.display()
    );
    assert_eq!(error.to_string(), text);
    assert_eq!(tree(&dir), files(&[("thesis.txt", "years of work")]));
}

#[test]
fn an_empty_folder_is_accepted() {
    let (_outer, dir) = folder();
    fs::create_dir_all(&dir).unwrap();
    publish::write(&dir, &files(&[("index.html", "")])).unwrap();
    assert!(dir.join("index.html").exists());
}

#[test]
fn a_path_that_leads_out_of_the_folder_is_refused_before_anything_is_written() {
    for path in ["../up", "/etc/x", "a/../../b", "", "a\\b", MANIFEST] {
        let (_outer, dir) = folder();
        let error = publish::write(&dir, &files(&[("a", ""), (path, "")])).unwrap_err();
        assert!(
            matches!(error, PublishError::Path { .. }),
            "{path}: {error}"
        );
        assert!(!dir.exists(), "{path}");
    }
}

#[test]
fn a_list_that_was_tampered_with_removes_nothing_outside() {
    let (outer, dir) = folder();
    publish::write(&dir, &files(&[("index.html", "")])).unwrap();
    let victim = outer.path().join("victim");
    fs::write(&victim, "").unwrap();
    let list = format!("0  ../../victim\n0  {}\nnonsense\n", victim.display());
    fs::write(dir.join(MANIFEST), list).unwrap();
    fs::remove_file(dir.join("index.html")).unwrap();
    publish::write(&dir, &files(&[("index.html", "")])).unwrap();
    assert!(victim.exists());
}

#[cfg(unix)]
#[test]
fn nothing_is_written_or_removed_through_a_link() {
    let (outer, dir) = folder();
    let site = files(&[("assets/a.css", ""), ("index.html", "")]);
    publish::write(&dir, &site).unwrap();
    let elsewhere = outer.path().join("elsewhere");
    fs::rename(dir.join("assets"), &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, dir.join("assets")).unwrap();
    let changed = files(&[("assets/a.css", "new"), ("index.html", "")]);
    let error = publish::write(&dir, &changed).unwrap_err();
    assert!(matches!(error, PublishError::InTheWay { .. }), "{error}");
    publish::write(&dir, &files(&[("index.html", "")])).unwrap();
    assert_eq!(tree(&elsewhere), files(&[("a.css", "")]));
}

#[test]
fn a_publish_that_was_killed_is_completed_and_cleaned_up_by_the_next() {
    let (_outer, dir) = folder();
    publish::write(&dir, &files(&[("index.html", "1"), ("old.html", "")])).unwrap();
    // Killed before its last step: the old list, the next list, and a new file exist.
    fs::write(
        dir.join(".heapmark-site.next"),
        "0  index.html\n0  new.html\n",
    )
    .unwrap();
    fs::write(dir.join("new.html"), "").unwrap();
    let site = files(&[("index.html", "2")]);
    let done = publish::write(&dir, &site).unwrap();
    assert_eq!(done.removed, ["new.html", "old.html"]);
    assert_eq!(tree(&dir), site);
}

#[test]
fn a_first_publish_that_was_killed_does_not_lock_the_folder() {
    let (_outer, dir) = folder();
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join(".heapmark-siteAb12Cd.tmp"), "half").unwrap();
    publish::write(&dir, &files(&[("index.html", "")])).unwrap();
    assert!(dir.join("index.html").exists());
}

#[test]
fn a_folder_that_cannot_be_made_is_named_with_the_next_step() {
    let (_outer, dir) = folder();
    fs::create_dir_all(dir.parent().unwrap()).unwrap();
    fs::write(&dir, "a file").unwrap();
    let error = publish::write(&dir, &Files::new()).unwrap_err().to_string();
    assert!(
        error.starts_with(&format!("cannot write {}", dir.display())),
        "{error}"
    );
    assert!(error.ends_with("another folder with --out DIR"), "{error}");
}

#[test]
fn the_list_changes_exactly_when_a_file_does() {
    let (_outer, dir) = folder();
    let list = |text| {
        publish::write(&dir, &files(&[("index.html", text)])).unwrap();
        fs::read(dir.join(MANIFEST)).unwrap()
    };
    let first = list("1");
    assert_eq!(list("1"), first);
    assert_ne!(list("2"), first);
    assert_eq!(list("1"), first);
}

#[test]
fn concurrent_publishes_wait_for_each_other_and_leave_a_whole_site() {
    let (_outer, dir) = folder();
    let site = |number: usize| {
        let page = |page: usize| (format!("case/{number}-{page}.html"), vec![b'x'; number]);
        let mut site: Files = (0..40).map(page).collect();
        site.insert("index.html".to_owned(), number.to_string().into_bytes());
        site
    };
    for _ in 0..5 {
        std::thread::scope(|scope| {
            let publishes = (1..=4).map(|number| {
                let (dir, site) = (&dir, site(number));
                scope.spawn(move || publish::write(dir, &site).map(|_| ()))
            });
            for publish in publishes.collect::<Vec<_>>() {
                publish.join().unwrap().unwrap();
            }
        });
        let left = tree(&dir);
        assert!(
            (1..=4).any(|number| left == site(number)),
            "{:?}",
            left.keys()
        );
    }
}

#[cfg(unix)]
#[test]
fn a_folder_is_locked_until_its_holder_releases_it() {
    let (_outer, dir) = folder();
    let held = publish::Folder::lock(&dir).unwrap();
    let order = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            publish::write(&dir, &files(&[("index.html", "second")])).unwrap();
            order.lock().unwrap().push("second");
        });
        std::thread::sleep(std::time::Duration::from_millis(100));
        held.write(&files(&[("index.html", "first")])).unwrap();
        order.lock().unwrap().push("first");
        drop(held);
    });
    assert_eq!(order.into_inner().unwrap(), ["first", "second"]);
    assert_eq!(tree(&dir), files(&[("index.html", "second")]));
}

#[test]
fn temporary_files_of_a_killed_publish_are_removed_by_the_next() {
    let (_outer, dir) = folder();
    publish::write(&dir, &files(&[("index.html", "1"), ("case/a.html", "1")])).unwrap();
    for left in [".heapmark-siteXy12Zq.tmp", "case/.heapmark-siteAb34Cd.tmp"] {
        fs::write(dir.join(left), "half").unwrap();
    }
    fs::write(dir.join("notes.tmp"), "of the user").unwrap();
    let next = files(&[("index.html", "2"), ("case/a.html", "1")]);
    publish::write(&dir, &next).unwrap();
    let mut expected = next;
    expected.insert("notes.tmp".to_owned(), b"of the user".to_vec());
    assert_eq!(tree(&dir), expected);
}
