//! Writes a run as JSON, for stored records and for `report --format json`.
//!
//! Two levels are written with one element per line; deeper levels are compact. A diff of two
//! records then shows what changed, because each entry, failure, timeline and property of the
//! machine has one line. The file is a third of the size that it would have with full indentation.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use heapmark_model::record::Run;

/// The number of levels with one element per line.
const SPREAD: usize = 2;

/// `run` as JSON, with a line break at the end. The same run always gives the same bytes.
pub fn to_json(run: &Run) -> String {
    text(run)
}

/// A record of any kind as JSON.
pub(super) fn text(record: &impl Serialize) -> String {
    let mut text = Vec::new();
    let mut serializer = Serializer::with_formatter(
        &mut text,
        TwoLevels {
            depth: 0,
            empty: true,
        },
    );
    // Writing to memory cannot fail, and the keys of all maps in a record are valid in JSON.
    record
        .serialize(&mut serializer)
        .expect("plain data fits JSON");
    text.push(b'\n');
    String::from_utf8(text).expect("JSON is text")
}

/// The state of the writer.
struct TwoLevels {
    /// Open brackets.
    depth: usize,
    /// Whether the innermost open bracket has no element yet.
    empty: bool,
}

impl TwoLevels {
    fn open<W: Write + ?Sized>(&mut self, writer: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.empty = true;
        writer.write_all(bracket)
    }

    fn close<W: Write + ?Sized>(&mut self, writer: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth -= 1;
        if !self.empty && self.depth < SPREAD {
            self.line(writer)?;
        }
        self.empty = false;
        writer.write_all(bracket)
    }

    fn element<W: Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if !first {
            writer.write_all(b",")?;
        }
        self.empty = false;
        if self.depth <= SPREAD {
            self.line(writer)?;
        }
        Ok(())
    }

    fn line<W: Write + ?Sized>(&self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b"\n")?;
        (0..self.depth).try_for_each(|_| writer.write_all(b"  "))
    }
}

impl Formatter for TwoLevels {
    fn begin_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open(writer, b"[")
    }

    fn end_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.close(writer, b"]")
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, w: &mut W, first: bool) -> io::Result<()> {
        self.element(w, first)
    }

    fn begin_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open(writer, b"{")
    }

    fn end_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.close(writer, b"}")
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, w: &mut W, first: bool) -> io::Result<()> {
        self.element(w, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        let spread = self.depth <= SPREAD;
        writer.write_all(if spread { b": " } else { b":" })
    }
}
