//! dhat's files: numbers that depend on lifetimes, and points that differ only in addresses.

use cargo_heapmark::profile::Tally;

use super::{parse, read, refused, summary};

#[test]
fn without_lifetimes_live_memory_is_unknown_and_not_zero() {
    let profile = read("dhat-no-lifetimes.json");
    let site = &profile.callsites[0];
    assert_eq!(site.total, Tally::new(1, 64));
    for tally in [site.peak, site.end, site.highest] {
        assert_eq!(tally, Tally::default());
    }
    assert_eq!((site.lifetime, profile.peak_at), (None, None));
    let text = summary(&profile);
    assert!(text.contains("total  1 block, 64 B"), "{text}");
    assert!(
        !text.contains("      end  ") && !text.contains("     peak  "),
        "{text}"
    );
    assert!(text.contains("is unknown"), "{text}");
}

#[test]
fn points_with_equal_frames_are_one_and_numbers_that_cannot_be_added_are_unknown() {
    let profile = read("dhat-equal-names.json");
    let [site] = &*profile.callsites else {
        panic!("{:?}", profile.callsites);
    };
    assert_eq!(site.total, Tally::new(3, 150));
    assert_eq!(site.peak, Tally::new(3, 150));
    assert_eq!(site.end, Tally::new(1, 50));
    assert_eq!(site.lifetime, Some(75));
    assert_eq!(site.highest, Tally::default());
    assert_eq!(profile.peak_at, Some(120));
    let ats: Vec<u64> = profile.timeline.iter().map(|moment| moment.at).collect();
    assert_eq!(ats, [120, 500]);
}

#[test]
fn modes_that_count_other_things_and_other_versions_are_refused() {
    let file = |mode: &str, version: u32| {
        format!(
            r#"{{"dhatFileVersion":{version},"mode":"{mode}","verb":"Copied","bklt":false,"bkacc":false,"tu":"instrs","Mtu":"Minstr","cmd":"a","pid":1,"te":9,"pps":[{{"tb":5,"tbk":1,"fs":[1]}}],"ftbl":["[root]","0x1: f (a.c:1)"]}}"#
        )
    };
    for mode in ["copy", "ad-hoc", "rust-ad-hoc"] {
        let said = refused(file(mode, 2));
        assert!(said.contains(&format!("mode `{mode}`")), "{said}");
    }
    assert!(refused(file("heap", 3)).contains("version 3"));
    assert_eq!(parse(file("heap", 2)).callsites[0].total, Tally::new(1, 5));
    let other = file("heap", 2).replace("\"fs\":[1]", "\"fs\":[2]");
    assert!(refused(other).contains("a frame that is missing"));
}
