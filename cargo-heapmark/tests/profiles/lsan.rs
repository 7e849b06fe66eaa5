//! LeakSanitizer's reports, anywhere in a log and with any prefix in front of their lines.

use cargo_heapmark::profile::{self, Kind, Profile};

use super::{parse, path, read, refused, stacks, summary};

/// Bytes and blocks of leaks of one kind.
fn of(profile: &Profile, kind: Kind) -> (u64, u64) {
    let sites = profile.callsites.iter();
    let sites = sites.filter(|site| site.kind == Some(kind));
    sites.fold((0, 0), |(bytes, blocks), site| {
        (
            bytes + site.end.bytes.unwrap(),
            blocks + site.end.blocks.unwrap(),
        )
    })
}

/// A report, with `before` in front of each line.
fn report(before: &str) -> String {
    let lines = [
        "==7==ERROR: LeakSanitizer: detected memory leaks",
        "",
        "Direct leak of 216 byte(s) in 3 object(s) allocated from:",
        "    #0 0x5581aa10 in malloc (/build/app+0x10aa10) (BuildId: 12ab)",
        "    #1 0x5581bb20 in <app::Ring as app::Make>::make /build dir/ring.rs:41:9",
        "    #2 0x5581bb21 in _ZN3app4main17h0123456789abcdefE src/main.rs:4",
        "    #3 0x5581bb22  (/lib/libc.so.6+0x29)",
        "",
        "Indirect leak of 112 byte(s) in 1 object(s) allocated from:",
        "    #0 0x5581aa10 in malloc (/build/app+0x10aa10)",
        "    #1 0x5581cc30 in app::grow src/ring.rs:77:13",
        "",
        "SUMMARY: AddressSanitizer: 328 byte(s) leaked in 4 allocation(s).",
        "",
    ];
    lines.map(|line| format!("{before}{line}\n")).concat()
}

#[test]
fn a_report_in_the_log_of_a_ci_system_has_its_leaks() {
    let profile = read("lsan-in-ci-log.txt");
    assert_eq!(of(&profile, Kind::Lost), (216, 3));
    assert_eq!(of(&profile, Kind::LostWithIt), (112, 1));
    let text = summary(&profile);
    assert!(text.contains("direct  3 blocks, 216 B"), "{text}");
    assert!(text.contains("indirect  1 block, 112 B"), "{text}");
    assert!(
        text.contains("src/ring.rs:41 app::ring::Ring::new"),
        "{text}"
    );
}

#[test]
fn the_prefix_of_a_ci_system_is_not_part_of_a_line() {
    let plain = parse(report(""));
    let names = "_start;app::main;<app::Ring as app::Make>::make;malloc";
    assert_eq!(
        stacks(&plain, |site| site.end)[0]
            .0
            .replace("???", "_start"),
        names
    );
    assert_eq!(plain.frames[1].file, "/build dir/ring.rs");
    assert_eq!(plain.frames[3].file, "/lib/libc.so.6");
    for before in [
        "2026-11-02T10:15:02.3100000Z ",
        "2026-11-02T10:15:02.310000Z 01E ",
        "2026-11-02T10:15:02.310000Z 00O+",
        "\u{1b}[0K\u{1b}[36;1m",
        "[job-2] ",
        "web_1  | ",
        "[2026-11-02 10:15:02] [linux] ",
        "10:15:02.310 [INFO] ",
        "test (ubuntu)\tRun tests\t2026-11-02T10:15:02.31Z ",
        "app-7d4b9 app ",
    ] {
        assert_eq!(parse(report(before)), plain, "{before}");
        let other = format!("{before}running 3 tests\n").repeat(2_000);
        let log = format!("{other}{}{other}", report(before)).replace('\n', "\r\n");
        assert_eq!(parse(log), plain, "{before} within a long log");
    }
}

#[test]
fn reports_that_two_programs_write_at_once_are_separated() {
    let (one, other) = (report("web_1 | "), report("db_1  | "));
    let mixed: String = one
        .lines()
        .zip(other.lines())
        .map(|(one, other)| format!("{one}\n{other}\n"))
        .collect();
    let profile = parse(mixed);
    assert_eq!(of(&profile, Kind::Lost), (432, 6));
    assert!(profile.callsites.iter().all(|site| site.stack.len() > 1));
}

#[test]
fn several_reports_are_added_up() {
    let profile = parse(report("") + "test two ... ok\n" + &report(""));
    assert_eq!(of(&profile, Kind::Lost), (432, 6));
    assert!(summary(&profile).contains("2 reports"));
}

#[test]
fn a_summary_that_contradicts_the_report_is_an_error() {
    let said = refused(report("").replace("328 byte", "428 byte"));
    assert!(
        said.contains("428 B in 4") && said.contains("328 B in 4"),
        "{said}"
    );
    let lost: String = report("01E ")
        .lines()
        .skip(6)
        .map(|l| l.to_owned() + "\n")
        .collect();
    assert!(refused(lost).contains("is incomplete"));
}

#[test]
fn the_summary_states_that_a_report_has_only_the_largest_leaks() {
    let text = report("").replace("328 byte(s) leaked in 4", "999 byte(s) leaked in 9");
    let text = text.replacen("\n\n", "\nThe 2 top leak(s):\n", 1);
    let text = summary(&parse(text));
    assert!(text.contains("328 B in 4 objects of 999 B in 9"), "{text}");
}

#[test]
fn a_report_without_a_summary_is_marked_as_incomplete() {
    let text = report("");
    let cut = text.split("SUMMARY").next().unwrap();
    let profile = parse(cut);
    assert_eq!(of(&profile, Kind::Lost), (216, 3));
    assert!(summary(&profile).contains("1 of 1 report without a summary"));
}

#[test]
fn a_missing_report_is_never_read_as_no_leak() {
    for (text, reason) in [
        ("cargo test\ntest a ... ok\n", "not a profile"),
        (
            "RUSTFLAGS=-Zsanitizer=leak: LeakSanitizer is on\n",
            "no report",
        ),
        (
            "==1==LeakSanitizer has encountered a fatal error.\n",
            "itself failed",
        ),
        (
            "==1==ERROR: LeakSanitizer: detected memory leaks\n",
            "is truncated",
        ),
    ] {
        let said = refused(text);
        assert!(said.contains(reason), "{text}: {said}");
    }
    let error = profile::read(&path("README.md")).unwrap_err().to_string();
    assert!(error.contains("README.md"), "{error}");
}
