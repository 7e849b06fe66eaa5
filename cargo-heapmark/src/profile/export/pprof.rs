//! Export as pprof's `profile.proto`, which Go's tools, Pyroscope and Parca read.
//!
//! A heap profile needs only a few of its messages, so they are encoded by hand: a number is a
//! varint; a text or a message is its length and its bytes. The field number precedes each.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::by_stack;
use crate::profile::{Callsite, Profile};
use heapmark_model::format::as_signed;

/// The four values of a sample, with the names that Go uses for its heap, and their units.
const VALUES: [(&str, &str); 4] = [
    ("alloc_objects", "count"),
    ("alloc_space", "bytes"),
    ("inuse_objects", "count"),
    ("inuse_space", "bytes"),
];

/// Writes `profile.proto`, compressed with gzip. A number that the tool did not record is 0,
/// because the format cannot express an unknown number. `inuse` is the live memory at the end.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn pprof(profile: &Profile, out: &mut dyn Write) -> io::Result<()> {
    let mut gzip = flate2::write::GzEncoder::new(out, flate2::Compression::default());
    gzip.write_all(&message(profile))?;
    gzip.finish().map(drop)
}

fn message(profile: &Profile) -> Vec<u8> {
    let mut texts = Texts::default();
    let mut whole = Message::default();
    for (name, unit) in VALUES {
        let mut value = Message::default();
        value.number(1, texts.index(name));
        value.number(2, texts.index(unit));
        whole.message(1, &value);
    }
    for (stack, site) in by_stack(profile, |site| site.stack.clone()) {
        let mut sample = Message::default();
        // Ids in this format begin at 1.
        sample.numbers(1, stack.iter().map(|frame| u64::from(*frame) + 1));
        sample.numbers(2, values(&site).into_iter());
        whole.message(2, &sample);
    }
    for (frame, id) in profile.frames.iter().zip(1_u64..) {
        let mut line = Message::default();
        line.number(1, id);
        line.number(2, u64::from(frame.line));
        let mut location = Message::default();
        location.number(1, id);
        location.message(4, &line);
        whole.message(4, &location);
        let mut function = Message::default();
        function.number(1, id);
        function.number(2, texts.index(&frame.function));
        function.number(4, texts.index(&frame.file));
        whole.message(5, &function);
    }
    whole.number(14, texts.index(VALUES[3].0));
    for text in texts.in_order() {
        whole.bytes(6, text.as_bytes());
    }
    whole.0
}

fn values(site: &Callsite) -> [u64; 4] {
    let all = [
        site.total.blocks,
        site.total.bytes,
        site.end.blocks,
        site.end.bytes,
    ];
    // Numbers in this format are signed.
    all.map(|value| as_signed(value.unwrap_or_default()).unsigned_abs())
}

/// The table of texts. The format requires the first one to be empty.
struct Texts(BTreeMap<String, u64>);

impl Default for Texts {
    fn default() -> Self {
        Self(BTreeMap::from([(String::new(), 0)]))
    }
}

impl Texts {
    fn index(&mut self, text: &str) -> u64 {
        let next = self.0.len() as u64;
        *self.0.entry(text.to_owned()).or_insert(next)
    }

    fn in_order(self) -> Vec<String> {
        let mut texts: Vec<(u64, String)> =
            self.0.into_iter().map(|(text, at)| (at, text)).collect();
        texts.sort_unstable();
        texts.into_iter().map(|(_, text)| text).collect()
    }
}

/// A message in protobuf's encoding.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn number(&mut self, field: u64, value: u64) {
        self.varint(field << 3);
        self.varint(value);
    }

    fn numbers(&mut self, field: u64, values: impl Iterator<Item = u64>) {
        let mut packed = Self::default();
        values.for_each(|value| packed.varint(value));
        self.bytes(field, &packed.0);
    }

    fn message(&mut self, field: u64, message: &Self) {
        self.bytes(field, &message.0);
    }

    fn bytes(&mut self, field: u64, bytes: &[u8]) {
        self.varint(field << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    /// Seven bits per byte, lowest first. The eighth bit is set if more bytes follow.
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}
