//! Separates a worker's answers from its other output, and limits both. A case may print, but not
//! without limit. Its output is counted and discarded, so that the parent stays small.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::protocol::BEGINNING;

const MIB: u64 = 1024 * 1024;

/// The maximum number of bytes that a worker may print besides one answer, on stdout and stderr.
const MOST_PRINTED: u64 = 16 * MIB;

/// The maximum number of bytes in one answer. The record of a whole suite has at most 10 MiB.
const MOST_ANSWERED: u64 = 32 * MIB;

/// Which limit a worker has exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// The limit of its output.
    Printed,
    /// The limit of lines that look like an answer.
    Answered,
}

impl fmt::Display for Excess {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Printed => write!(
                out,
                "printed more than {} MiB; reduce what the case prints while it is measured",
                MOST_PRINTED / MIB
            ),
            Self::Answered => write!(out, "answered with more than {} MiB", MOST_ANSWERED / MIB),
        }
    }
}

/// What a worker has printed so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Printed {
    beside: Arc<AtomicU64>,
    answered: Arc<AtomicU64>,
}

impl Printed {
    pub(super) fn excess(&self) -> Option<Excess> {
        let over = |bytes: &AtomicU64, most| bytes.load(Ordering::Relaxed) > most;
        if over(&self.beside, MOST_PRINTED) {
            Some(Excess::Printed)
        } else {
            over(&self.answered, MOST_ANSWERED).then_some(Excess::Answered)
        }
    }

    /// Counts bytes outside the answers; false if a limit is exceeded.
    pub(super) fn beside(&self, bytes: usize) -> bool {
        self.add(&self.beside, bytes)
    }

    fn add(&self, to: &AtomicU64, bytes: usize) -> bool {
        to.fetch_add(bytes as u64, Ordering::Relaxed);
        self.excess().is_none()
    }

    /// Resets the counters for the next answer, unless a limit was exceeded.
    pub(super) fn restart(&self) {
        if self.excess().is_none() {
            self.beside.store(0, Ordering::Relaxed);
            self.answered.store(0, Ordering::Relaxed);
        }
    }

    /// Reads `stream` until its end or until a limit is exceeded. Passes each line that may be an
    /// answer to `take`, and stops if `take` returns false.
    pub(super) fn follow(&self, stream: impl Read, mut take: impl FnMut(String) -> bool) {
        let mut stream = BufReader::with_capacity(64 * 1024, stream);
        let mut line = Vec::new();
        // Whether the current line cannot be an answer, so that it is not kept.
        let mut is_other = false;
        loop {
            let part = match stream.fill_buf() {
                Ok([]) => return,
                Ok(part) => part,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => return,
            };
            let end = part.iter().position(|&byte| byte == b'\n');
            let piece = &part[..end.map_or(part.len(), |end| end + 1)];
            let length = piece.len();
            if !is_other {
                line.extend_from_slice(piece);
                is_other = !may_be_answer(&line);
            }
            let goes_on = if is_other {
                line.clear();
                self.beside(length)
            } else {
                self.add(&self.answered, length)
            };
            stream.consume(length);
            if !goes_on {
                return;
            }
            if end.is_some() {
                if !is_other && !take(String::from_utf8_lossy(&line).trim_end().to_owned()) {
                    return;
                }
                line.clear();
                is_other = false;
            }
        }
    }
}

fn may_be_answer(line: &[u8]) -> bool {
    let begins = &line[..line.len().min(BEGINNING.len())];
    BEGINNING.as_bytes().starts_with(begins)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read, repeat};

    use super::{Excess, MOST_ANSWERED, MOST_PRINTED, Printed};

    fn lines(text: &str) -> (Vec<String>, Printed) {
        let (mut lines, printed) = (Vec::new(), Printed::default());
        printed.follow(Cursor::new(text.to_owned()), |line| {
            lines.push(line);
            true
        });
        (lines, printed)
    }

    #[test]
    fn answers_are_found_between_what_a_case_prints() {
        let answer = r#"{"heapmark":1,"reply":"done"}"#;
        let (found, printed) = lines(&format!(
            "{{\nx\n{answer}\n{{\"heap\":2}}\n\n{answer}\r\nno line break"
        ));
        assert_eq!(found, [answer, answer]);
        assert_eq!(printed.excess(), None);
    }

    /// An endless repetition of a text.
    struct Endless {
        text: std::iter::Cycle<std::slice::Iter<'static, u8>>,
        read: u64,
    }

    impl Read for Endless {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            for (to, from) in into.iter_mut().zip(&mut self.text) {
                *to = *from;
            }
            self.read += into.len() as u64;
            Ok(into.len())
        }
    }

    #[test]
    fn endless_output_is_abandoned_and_never_kept() {
        let flood = |text: &'static str| {
            let printed = Printed::default();
            let mut endless = Endless {
                text: text.as_bytes().iter().cycle(),
                read: 0,
            };
            printed.follow(&mut endless, |_| true);
            (printed.excess(), endless.read)
        };
        for text in ["x", "line\n", "{", "{\"heapmark\n", "\n"] {
            let (excess, read) = flood(text);
            assert_eq!(excess, Some(Excess::Printed), "{text:?}");
            assert!(read < MOST_PRINTED + (1 << 20), "{text:?}: {read}");
        }
        let (excess, read) = flood("{\"heapmark\":1}\n");
        assert_eq!(excess, Some(Excess::Answered));
        assert!(read < MOST_ANSWERED + (1 << 20), "{read}");
    }

    #[test]
    fn an_endless_line_that_begins_like_an_answer_is_limited_too() {
        let printed = Printed::default();
        let begun = Cursor::new("{\"heapmark\":").chain(repeat(b'1'));
        printed.follow(begun, |_| true);
        assert_eq!(printed.excess(), Some(Excess::Answered));
    }

    #[test]
    fn each_answer_has_separate_limits_and_an_excess_is_permanent() {
        let printed = Printed::default();
        for _ in 0..3 {
            assert!(printed.beside(MOST_PRINTED as usize));
            printed.restart();
        }
        assert!(!printed.beside(MOST_PRINTED as usize + 1));
        printed.restart();
        assert_eq!(printed.excess(), Some(Excess::Printed));
    }
}
