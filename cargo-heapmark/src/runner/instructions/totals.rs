//! Reads the sums in callgrind's files. The costs of single functions are skipped.

use std::fs;
use std::io;
use std::path::Path;

/// What was counted in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    Marks,
    Repetition,
}

/// The instructions of each repetition that `process` wrote to `folder`, in order, less those of
/// the marks. The files are removed.
pub(super) fn read(folder: &Path, process: u32) -> io::Result<Vec<i64>> {
    let mut marks = None;
    let mut counted = Vec::new();
    for part in 1.. {
        let path = folder.join(format!("callgrind.{process}.{part}"));
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => break,
            text => text?,
        };
        fs::remove_file(&path)?;
        match parse(&text) {
            Some((Label::Marks, sum)) => marks = Some(sum),
            Some((Label::Repetition, sum)) => counted.push(sum),
            None => {
                let reason = format!("part {part} of callgrind's output has no sum");
                return Err(io::Error::other(reason));
            }
        }
    }
    let marks = marks.ok_or_else(|| io::Error::other("callgrind wrote no file"))?;
    Ok(counted.iter().map(|sum| sum - marks).collect())
}

/// The label and the sum of a file: `desc: Trigger: Client Request: LABEL` and `summary: SUM`.
///
/// `totals` is the sum over the listed functions. It can be a few instructions off in the file in
/// which a function first occurs.
fn parse(text: &str) -> Option<(Label, i64)> {
    let after = |prefix: &str| text.lines().find_map(|line| line.strip_prefix(prefix));
    let label = match after("desc: Trigger: Client Request: ")?.trim() {
        "heapmark: marks" => Label::Marks,
        "heapmark: repetition" => Label::Repetition,
        _ => return None,
    };
    Some((label, after("summary: ")?.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    fn part(label: &str, sum: i64) -> String {
        format!(
            "# callgrind format\nversion: 1\n\ndesc: Timerange: Basic block 1 - 2\n\
             desc: Trigger: Client Request: {label}\n\npositions: line\nevents: Ir\n\
             summary: {sum}\n\nfn=(1) work\n3 {sum}\n\ntotals: {}\n",
            sum + 2
        )
    }

    #[test]
    fn repetitions_come_in_their_order_less_the_marks() {
        let folder = TempDir::new().unwrap();
        let write = |part: u32, text| {
            fs::write(folder.path().join(format!("callgrind.7.{part}")), text).unwrap();
        };
        write(1, part("heapmark: marks", 28));
        for repetition in 2..=11 {
            write(
                repetition,
                part("heapmark: repetition", 28 + i64::from(repetition)),
            );
        }
        let counted = read(folder.path(), 7).unwrap();
        assert_eq!(counted, (2..=11).collect::<Vec<_>>());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn without_marks_or_with_a_truncated_file_there_is_no_count() {
        let folder = TempDir::new().unwrap();
        assert!(read(folder.path(), 7).is_err());
        fs::write(folder.path().join("callgrind.7.1"), "# callgrind format\n").unwrap();
        assert!(read(folder.path(), 7).is_err());
    }
}
