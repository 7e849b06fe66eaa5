//! Makes the file name of a record. A run may come from anywhere, so its values are not trusted as
//! names: each part consists of the characters `a-z`, `0-9`, `_`, `-` and single dots, and does not
//! begin with a dot.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::StoreError;
use super::extra::{ExtraMeasurement, FOLDERS};
use heapmark_model::record::{Run, slug};

/// The number of digits of the commit's hash in a file name.
const SHA_DIGITS: usize = 12;

/// The highest number of bytes of a part of a name. File systems allow 255 for a whole name.
const PART_BYTES: usize = 60;

/// The folder below the store, and the name of the file without its suffix and extension.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub folder: PathBuf,
    pub stem: String,
}

impl Name {
    pub fn from_run(run: &Run) -> Result<Self, StoreError> {
        let (year, time) = commit_time(&run.commit.committed_at)?;
        let machine = machine(&run.machine.id)?;
        let sha = sha(&run.commit.sha)?;
        let allocator = part("allocator", &run.allocator)?;
        let toolchain = part("toolchain.rustc", &run.toolchain.rustc)?;
        Ok(Self {
            folder: Path::new(&machine).join(year),
            stem: format!("{time}-{sha}-{allocator}-{toolchain}"),
        })
    }

    /// The name of an extra measurement: next to the folders of the machines, with the time of the
    /// measurement.
    pub fn of_extra<T: ExtraMeasurement>(record: &T) -> Result<Self, StoreError> {
        let origin = record.provenance();
        let (_, time) = commit_time(&origin.measured_at)?;
        let machine = machine(&origin.machine.id)?;
        let sha = sha(&origin.commit.sha)?;
        Ok(Self {
            folder: Path::new(T::FOLDER).join(machine),
            stem: format!("{time}-{sha}"),
        })
    }

    /// The file of run number `count` with this name. The first has no suffix.
    pub fn file(&self, count: u32) -> String {
        match count {
            0 | 1 => format!("{}.json", self.stem),
            _ => format!("{}-{count}.json", self.stem),
        }
    }
}

/// The sort key of runs with the same name: their suffix as a number, so `-10` comes after `-2`.
pub(super) fn order(file: &Path) -> (String, u32) {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let counted = stem.rsplit_once('-').and_then(|(name, count)| {
        let count: u32 = count.parse().ok()?;
        Some((name.to_owned(), count))
    });
    counted.unwrap_or_else(|| (stem.into_owned(), 1))
}

/// The year, and the time to the second in ISO 8601 basic format, both in UTC.
fn commit_time(text: &str) -> Result<(String, String), StoreError> {
    let wrong = || StoreError::Name {
        key: "commit.committed_at",
        value: shortened(text),
        wanted: "a time such as 2026-11-22T21:41:41Z",
        hint: "run heapmark in a git work tree with a commit",
    };
    let time: Timestamp = text.parse().map_err(|_| wrong())?;
    let time = time.to_zoned(TimeZone::UTC);
    if time.year() < 0 {
        return Err(wrong());
    }
    Ok((
        format!("{:04}", time.year()),
        time.strftime("%Y%m%dT%H%M%SZ").to_string(),
    ))
}

fn sha(text: &str) -> Result<String, StoreError> {
    let short = text.get(..SHA_DIGITS).unwrap_or_default();
    if short.is_empty() || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(StoreError::Name {
            key: "commit.sha",
            value: shortened(text),
            wanted: "a commit hash of at least 12 digits",
            hint: "run heapmark in a git work tree with a commit",
        });
    }
    Ok(short.to_ascii_lowercase())
}

fn machine(id: &str) -> Result<String, StoreError> {
    let machine = part("machine.id", id)?;
    if FOLDERS.contains(&machine.as_str()) {
        return Err(StoreError::Name {
            key: "machine.id",
            value: machine,
            wanted: "another name, because this folder contains extra measurements",
            hint: "choose another machine name",
        });
    }
    Ok(machine)
}

/// `text` as a part of a name. Single dots, as in a version, are kept.
fn part(key: &'static str, text: &str) -> Result<String, StoreError> {
    let words = text.split('.').map(slug).filter(|word| !word.is_empty());
    let mut slug = words.collect::<Vec<_>>().join(".");
    slug.truncate(PART_BYTES);
    // The truncated text may end with a separator.
    let slug = slug.trim_end_matches(['.', '-']);
    if slug.is_empty() {
        return Err(StoreError::Name {
            key,
            value: shortened(text),
            wanted: "a name with a letter from a to z or a digit",
            hint: "choose another name",
        });
    }
    Ok(slug.to_owned())
}

fn shortened(text: &str) -> String {
    text.escape_debug().take(60).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{commit_time, order, part, sha};

    #[test]
    fn a_commit_time_is_filed_in_utc() {
        let utc = ("2026".to_owned(), "20261122T214141Z".to_owned());
        assert_eq!(commit_time("2026-11-22T21:41:41Z").unwrap(), utc);
        assert_eq!(commit_time("2026-11-22T23:41:41+02:00").unwrap(), utc);
        assert_eq!(commit_time("2027-01-01T00:30:00+01:00").unwrap().0, "2026");
    }

    #[test]
    fn a_text_that_is_not_a_time_is_refused() {
        for text in [
            "",
            "yesterday",
            "2026-11-22",
            "../../etc",
            "-009999-01-02T00:00:00Z",
        ] {
            assert!(commit_time(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_part_of_a_name_cannot_leave_its_folder() {
        for (text, slug) in [
            ("../../etc/passwd", "etc-passwd"),
            ("..", ""),
            ("", ""),
            ("/", ""),
            (".hidden", "hidden"),
            ("a/../b", "a.b"),
            ("AMD EPYC™ 2×", "amd-epyc-2"),
            ("1.97.0-nightly", "1.97.0-nightly"),
            ("nul\0\n\u{202e}byte", "nul-byte"),
            ("rust_lang", "rust_lang"),
            ("C:\\windows", "c-windows"),
        ] {
            let made = part("allocator", text).unwrap_or_default();
            assert_eq!(made, slug, "{text:?}");
        }
        assert_eq!(part("allocator", &"long".repeat(999)).unwrap().len(), 60);
        let cut = format!("{}.b", "a".repeat(59));
        assert_eq!(part("allocator", &cut).unwrap(), "a".repeat(59));
    }

    #[test]
    fn only_a_hash_is_accepted_as_a_hash() {
        assert_eq!(sha("CFFC73700A1B2233").unwrap(), "cffc73700a1b");
        for text in [
            "",
            "cffc",
            "../../../../../../etc",
            "zzzzzzzzzzzzzz",
            "ääääääääää",
        ] {
            assert!(sha(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_tenth_run_comes_after_the_second() {
        let mut files = ["a-1.95.0-10.json", "a-1.95.0.json", "a-1.95.0-2.json"].map(Path::new);
        files.sort_by_key(|file| order(file));
        let sorted = ["a-1.95.0.json", "a-1.95.0-2.json", "a-1.95.0-10.json"];
        assert_eq!(files, sorted.map(Path::new));
    }
}
