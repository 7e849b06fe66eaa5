//! Limits of the size of a file: every format refuses what is too large before it fills memory.

use std::io::{self, BufReader, Read, repeat};

use cargo_heapmark::profile;

use super::refused;

/// The error for an input of `start` and then `unit`, repeated up to `length` bytes. The input is
/// generated while it is read. At most `most` bytes of it may be read.
fn refused_early(start: &str, unit: &str, length: u64, most: u64) -> String {
    let rest = Repeated {
        unit: unit.as_bytes().to_vec(),
        at: 0,
    };
    let mut input = CountingReader {
        inner: start.as_bytes().chain(rest.take(length)),
        read: 0,
    };
    let error = profile::parse(BufReader::new(&mut input)).unwrap_err();
    assert!(input.read < most, "{} bytes were read: {error}", input.read);
    error.to_string()
}

struct Repeated {
    unit: Vec<u8>,
    at: usize,
}

impl Read for Repeated {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        for byte in &mut *buffer {
            *byte = self.unit[self.at];
            self.at = (self.at + 1) % self.unit.len();
        }
        Ok(buffer.len())
    }
}

struct CountingReader<R> {
    inner: R,
    read: u64,
}

impl<R: Read> Read for CountingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read += read as u64;
        Ok(read)
    }
}

const DHAT: &str = r#"{"dhatFileVersion":2,"mode":"rust-heap","bklt":true,"te":1,"tg":1,"#;
const XML: &str = "<?xml version=\"1.0\"?><valgrindoutput>";

#[test]
fn a_line_of_300_megabytes_is_refused_in_every_format_after_a_few_megabytes() {
    let dhat_text = format!("{DHAT}\"cmd\":\"");
    let dhat_key = format!("{DHAT}\"");
    let dhat_frame = format!("{DHAT}\"ftbl\":[\"\\\"");
    let dhat_number = format!("{DHAT}\"x\":1");
    let xml_text = format!("{XML}<error><what>");
    let xml_comment = format!("{XML}<!-- <a>");
    let xml_tag = format!("{XML}<error kind=\"");
    for (start, unit) in [
        ("v 10400 3\nX ", "a"),
        ("v 10400 3\ns fffffff ", "a"),
        (&dhat_text, ",[{"),
        (&dhat_key, "a"),
        (&dhat_frame, "\\\""),
        (&dhat_number, "0"),
        ("desc: (none)\ncmd: ", "a"),
        ("desc: ", "a"),
        (&xml_text, "a"),
        (&xml_text, "a&amp;"),
        (&xml_comment, "<a>"),
        (&xml_tag, "a"),
        ("==1==ERROR: LeakSanitizer\n", "a"),
        ("", "a"),
    ] {
        let said = refused_early(start, unit, 300 << 20, 8 << 20);
        assert!(
            said.contains("longer than 1048576 bytes"),
            "{start}: {said}"
        );
    }
}

#[test]
fn endless_repetition_is_refused_before_it_fills_the_memory() {
    let dhat_stack = format!("{DHAT}\"pps\":[{{\"tb\":1,\"tbk\":1,\"fs\":[0");
    let dhat_table = format!("{DHAT}\"ftbl\":[\"a\"");
    for (start, unit, most, reason) in [
        (&*dhat_stack, ",1", 1 << 20, "frames in one stack"),
        (&dhat_table, ",\"a\"", 10 << 20, "frames in its table"),
        ("v 10400 3\n", "s 0 \n", 12 << 20, "entries of a kind"),
        ("v 10400 3\n", "\n", 1 << 20, "blank lines"),
        ("desc: (none)\n", "\n", 1 << 20, "blank lines"),
        ("LeakSanitizer\n", " \r\n", 1 << 20, "blank lines"),
    ] {
        let said = refused_early(start, unit, 1 << 30, most);
        assert!(said.contains(reason), "{start}: {said}");
    }
}

#[test]
fn stacks_that_were_made_to_use_up_memory_are_refused() {
    let deep: String = (0..40_000)
        .map(|stack| format!("t 1 {stack:x}\na 1 {:x}\n", stack + 1))
        .collect();
    let log = format!("v 10400 3\ns 1 a\ni 1 1 1 1 1\n{deep}");
    assert!(refused(log).contains("frames in call stacks"));

    let tree: String = (0..2_000)
        .map(|depth| format!("{}n1: 5 0x1: f (a.c:1)\n", " ".repeat(depth)))
        .collect();
    let massif = format!("desc: a\nsnapshot=0\ntime=0\nmem_heap_B=5\nheap_tree=peak\n{tree}");
    assert!(refused(massif).contains("levels of a tree"));

    let report = "Direct leak of 1 byte(s) in 1 object(s) allocated from:\n";
    let streams: String = (0..2_000)
        .map(|name| format!("job{name} | {report}"))
        .collect();
    assert!(refused(streams).contains("reports of more than 1024 programs"));

    let patterns = "S leak:a\n".repeat(1_000);
    assert!(refused(format!("v 10400 3\n{patterns}")).contains("suppressions"));
}

#[test]
fn sums_that_no_program_reaches_are_refused_in_every_format_and_never_wrap() {
    let most = u64::MAX;
    let point = format!("{{\"tb\":{most},\"tbk\":1,\"fs\":[FRAME]}}");
    let points = [point.replace("FRAME", "1"), point.replace("FRAME", "2")].join(",");
    let dhat = format!("{DHAT}\"pps\":[{points}],\"ftbl\":[\"[root]\",\"f\",\"g\"]}}");
    let log = "v 10400 3\na ffffffffffffffff 0\n+ 0\n+ 0\n".to_owned();
    let massif = format!(
        "desc: a\nsnapshot=0\ntime=0\nmem_heap_B={most}\nheap_tree=peak\nn0: {most} 0x1: f (a.c:1)\n"
    );
    let leak = format!("Direct leak of {most} byte(s) in 1 object(s) allocated from:\n");
    let lsan = format!("{leak}    #0 0x1 in f a.c:1\n\n{leak}    #0 0x1 in g a.c:2\n");
    let error = format!(
        "<error><kind>Leak_DefinitelyLost</kind><leakedbytes>{most}</leakedbytes><leakedblocks>1</leakedblocks></error>"
    );
    let xml = format!("{XML}{error}{error}</valgrindoutput>");
    for text in [dhat, log, massif, lsan, xml] {
        let said = refused(&text);
        assert!(said.contains("more than 2^63"), "{text}: {said}");
    }
}

#[test]
fn a_small_file_that_unpacks_to_a_huge_one_is_refused_in_a_moment() {
    // 32,768 blocks of zstd that repeat one byte 131,072 times: 4 GiB in 0.14 MB.
    let bomb = |start: &[u8]| {
        let mut bytes = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58];
        let header = |kind: u32, length: usize| {
            let number = kind << 1 | u32::try_from(length).unwrap() << 3;
            number.to_le_bytes()[..3].to_vec()
        };
        if !start.is_empty() {
            bytes.extend(header(0, start.len()));
            bytes.extend(start);
        }
        for _ in 0..32_768 {
            bytes.extend(header(1, 1 << 17));
            bytes.push(b'\n');
        }
        bytes
    };
    for start in ["", "v 10400 3\n", "desc: (none)\n", "LeakSanitizer\n"] {
        let bytes = bomb(start.as_bytes());
        assert!(bytes.len() < 140_000);
        let said = refused(bytes);
        assert!(said.contains("blank lines"), "{start}: {said}");
    }
    for start in [DHAT, XML] {
        let said = refused(bomb(start.as_bytes()));
        assert!(
            said.contains("bytes") || said.contains("is truncated"),
            "{start}: {said}"
        );
    }
    let mut gzip =
        flate2::read::GzEncoder::new(repeat(b'\n').take(1 << 22), flate2::Compression::fast());
    let mut bytes = Vec::new();
    gzip.read_to_end(&mut bytes).unwrap();
    assert!(refused(bytes.repeat(10)).contains("blank lines"));
}
