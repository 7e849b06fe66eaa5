//! Decompresses files: gzip, zstd and bzip2, recognised by their first bytes.
//!
//! A small file that decompresses to a huge one is rejected. The log of a loop compresses very
//! well, so the ratio is checked only above a size that is read quickly. Plain files have no limit
//! here.

use std::cell::{Cell, RefCell};
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use ruzstd::decoding::StreamingDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};

/// Limits on the decompressed size.
#[derive(Clone, Copy)]
struct Limits {
    /// The number of bytes up to which `ratio` is not checked.
    free: u64,
    /// How many times larger than the compressed file the output may be.
    ratio: u64,
    /// The highest number of bytes.
    most: u64,
}

const LIMITS: Limits = Limits {
    free: 256 << 20,
    ratio: 500,
    most: 16 << 30,
};

const BUFFER: usize = 1 << 16;

/// The content of `input`, decompressed if it is compressed.
pub(super) fn unpack<'a>(mut input: impl BufRead + 'a) -> io::Result<Box<dyn BufRead + 'a>> {
    let mut start = Vec::with_capacity(4);
    input.by_ref().take(4).read_to_end(&mut start)?;
    let packed = Rc::new(Cell::new(0));
    let all = CountingReader {
        inner: io::Cursor::new(start.clone()).chain(input),
        read: Rc::clone(&packed),
    };
    match *start {
        [0x1f, 0x8b, ..] => bounded(flate2::bufread::MultiGzDecoder::new(all), packed),
        [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18] => {
            bounded(Zstd::new(all), packed)
        }
        [b'B', b'Z', b'h', b'1'..=b'9'] => {
            bounded(bzip2::bufread::MultiBzDecoder::new(all), packed)
        }
        _ => Ok(Box::new(all)),
    }
}

fn bounded<'a>(inner: impl Read + 'a, packed: Rc<Cell<u64>>) -> io::Result<Box<dyn BufRead + 'a>> {
    let bounded = Bounded {
        inner,
        packed,
        unpacked: 0,
        limits: LIMITS,
    };
    Ok(Box::new(BufReader::with_capacity(BUFFER, bounded)))
}

/// Counts the bytes that are read from a compressed file.
struct CountingReader<R> {
    inner: R,
    read: Rc<Cell<u64>>,
}

impl<R: Read> Read for CountingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read.set(self.read.get() + read as u64);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for CountingReader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.read.set(self.read.get() + amount as u64);
        self.inner.consume(amount);
    }
}

/// Rejects output that exceeds the limits.
struct Bounded<R> {
    inner: R,
    packed: Rc<Cell<u64>>,
    unpacked: u64,
    limits: Limits,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.unpacked += read as u64;
        let Limits { free, ratio, most } = self.limits;
        let is_bomb = self.unpacked > free && self.unpacked / ratio > self.packed.get();
        if is_bomb || self.unpacked > most {
            let reason = format!(
                "it decompresses to more than {free} bytes and {ratio} times its size, or to more than {most} bytes; \
                 if this is correct, decompress it and pass the plain file"
            );
            return Err(io::Error::other(reason));
        }
        Ok(read)
    }
}

/// Reads all frames of a zstd file one after the other. Parallel compressors write several.
struct Zstd<R: Read> {
    input: Rc<RefCell<R>>,
    frame: Option<StreamingDecoder<Handle<R>, ruzstd::decoding::FrameDecoder>>,
}

struct Handle<R>(Rc<RefCell<R>>);

impl<R: Read> Read for Handle<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.borrow_mut().read(buffer)
    }
}

impl<R: BufRead> Zstd<R> {
    fn new(input: R) -> Self {
        Self {
            input: Rc::new(RefCell::new(input)),
            frame: None,
        }
    }

    /// Begins the next frame. Returns `false` at the end of the file.
    fn begin(&mut self) -> io::Result<bool> {
        loop {
            if self.input.borrow_mut().fill_buf()?.is_empty() {
                return Ok(false);
            }
            match StreamingDecoder::new(Handle(Rc::clone(&self.input))) {
                Ok(frame) => {
                    self.frame = Some(frame);
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let mut skipped = Handle(Rc::clone(&self.input)).take(u64::from(length));
                    io::copy(&mut skipped, &mut io::sink())?;
                }
                Err(error) => return Err(io::Error::other(format!("zstd: {error}"))),
            }
        }
    }
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.frame.is_none() && !self.begin()? {
                return Ok(0);
            }
            let Some(frame) = &mut self.frame else {
                return Ok(0);
            };
            let read = frame.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let Some(frame) = self.frame.take() else {
                return Ok(0);
            };
            let frame = frame.into_frame_decoder();
            let written = frame.get_checksum_from_data();
            if written.is_some() && written != frame.get_calculated_checksum() {
                return Err(io::Error::other("zstd: its checksum is wrong"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Bounded, Limits};
    use std::cell::Cell;
    use std::io::{Read, repeat};
    use std::rc::Rc;

    fn read(unpacked: u64, packed: u64) -> Result<usize, String> {
        let mut bounded = Bounded {
            inner: repeat(b'a').take(unpacked),
            packed: Rc::new(Cell::new(packed)),
            unpacked: 0,
            limits: Limits {
                free: 1_000,
                ratio: 100,
                most: 100_000,
            },
        };
        let read = bounded.read_to_end(&mut Vec::new());
        read.map_err(|error| error.to_string())
    }

    #[test]
    fn a_file_is_unpacked_while_it_is_small_or_not_much_larger_than_it_was_packed() {
        assert_eq!(read(1_000, 1), Ok(1_000));
        assert_eq!(read(90_000, 900), Ok(90_000));
        assert!(read(90_000, 700).unwrap_err().contains("100 times"));
        assert!(read(100_001, 100_000).unwrap_err().contains("100000 bytes"));
    }
}
