//! Messages as lines of JSON. Each message is one flat object with the keys that it needs.

use std::fmt;

use super::{BEGINNING, Launch, Pass, Reply, Request, VERSION};
use crate::json::{Json, field, json_object, parse, to_text};
use crate::record::{Callsite, CaseInfo, GroupInfo, Growth, HashSeeds, Observation, Totals};

/// Why a line could not be read.
#[derive(Debug)]
pub enum ProtocolError {
    /// The other process uses another version of the protocol.
    Version {
        /// The version of the other process.
        theirs: u32,
    },
    /// The line is marked as a message but cannot be parsed.
    Malformed {
        /// The line, shortened.
        line: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version { theirs } => write!(
                out,
                "the other process uses protocol {theirs}, this heapmark uses protocol {VERSION}; build both with the same version of heapmark"
            ),
            Self::Malformed { line, reason } => {
                write!(out, "cannot read the protocol line `{line}`: {reason}")
            }
        }
    }
}

impl std::error::Error for ProtocolError {}

/// A message on a line: a [`Request`] or a [`Reply`].
pub trait Message: Sized {
    #[doc(hidden)]
    fn line(&self) -> Line;
    #[doc(hidden)]
    fn read(line: Line) -> Result<Self, String>;
}

/// `message` as one line, without its line break.
pub fn encode(message: &impl Message) -> String {
    to_text(&message.line())
}

/// The message on `line`; `None` if the line is not a message.
///
/// # Errors
///
/// [`ProtocolError`] if the line is a message of another version, or cannot be parsed.
pub fn decode<T: Message>(line: &str) -> Result<Option<T>, ProtocolError> {
    if !line.starts_with(BEGINNING) {
        return Ok(None);
    }
    let Ok(value) = parse(line) else {
        return Ok(None);
    };
    let Ok(theirs) = field(&value, "heapmark") else {
        return Ok(None);
    };
    if theirs != VERSION {
        return Err(ProtocolError::Version { theirs });
    }
    let read = Line::read(&value).and_then(T::read);
    read.map(Some).map_err(|reason| ProtocolError::Malformed {
        line: line.chars().take(200).collect(),
        reason,
    })
}

/// Every key of every message.
#[doc(hidden)]
#[derive(Default)]
pub struct Line {
    heapmark: u32,
    request: Option<String>,
    reply: Option<String>,
    // Run, Time
    case: Option<String>,
    pass: Option<Pass>,
    repetitions: Option<u32>,
    heap_seed: Option<u32>,
    batches: Option<u32>,
    batch_microseconds: Option<u32>,
    slower_percent: Option<u32>,
    // Hello
    version: Option<String>,
    allocator: Option<String>,
    revision: Option<String>,
    // Group, Case
    id: Option<String>,
    group: Option<String>,
    question: Option<String>,
    variant: Option<String>,
    parameter: Option<u64>,
    name: Option<String>,
    summary: Option<String>,
    file: Option<String>,
    // Observation, Totals, Batches, Callsites, Growth
    observation: Option<Observation>,
    claims: Option<Vec<(String, bool)>>,
    totals: Option<Vec<Totals>>,
    picoseconds: Option<Vec<u64>>,
    paces: Option<Vec<u64>>,
    callsites: Option<Vec<Callsite>>,
    growth: Option<Growth>,
    // Instructions
    process: Option<u32>,
    other_threads: Option<bool>,
    hash_seeds: Option<HashSeeds>,
    // Failed
    reason: Option<String>,
}

json_object!(Line {
    heapmark,
    request,
    reply,
    case,
    pass,
    repetitions,
    heap_seed,
    batches,
    batch_microseconds,
    slower_percent,
    version,
    allocator,
    revision,
    id,
    group,
    question,
    variant,
    parameter,
    name,
    summary,
    file,
    observation,
    claims,
    totals,
    picoseconds,
    paces,
    callsites,
    growth,
    process,
    other_threads,
    hash_seeds,
    reason
});

fn wanted<T>(value: Option<T>, key: &str) -> Result<T, String> {
    value.ok_or_else(|| format!("`{key}` is missing"))
}

fn request(name: &str) -> Line {
    Line {
        heapmark: VERSION,
        request: Some(name.to_owned()),
        ..Line::default()
    }
}

fn reply(name: &str) -> Line {
    Line {
        heapmark: VERSION,
        reply: Some(name.to_owned()),
        ..Line::default()
    }
}

impl Message for Request {
    fn line(&self) -> Line {
        match self.clone() {
            Self::List => request("list"),
            Self::Run {
                case,
                pass,
                repetitions,
            } => Line {
                case: Some(case),
                pass: Some(pass),
                repetitions: Some(repetitions),
                ..request("run")
            },
            Self::RunEach { pass, repetitions } => Line {
                pass: Some(pass),
                repetitions: Some(repetitions),
                ..request("run-each")
            },
            Self::Time { case, launch } => Line {
                case: Some(case),
                heap_seed: Some(launch.heap_seed),
                batches: Some(launch.batches),
                batch_microseconds: Some(launch.batch_microseconds),
                slower_percent: launch.slower_percent,
                ..request("time")
            },
        }
    }

    fn read(line: Line) -> Result<Self, String> {
        Ok(match &*wanted(line.request, "request")? {
            "list" => Self::List,
            "run" => Self::Run {
                case: wanted(line.case, "case")?,
                pass: wanted(line.pass, "pass")?,
                repetitions: wanted(line.repetitions, "repetitions")?,
            },
            "run-each" => Self::RunEach {
                pass: wanted(line.pass, "pass")?,
                repetitions: wanted(line.repetitions, "repetitions")?,
            },
            "time" => Self::Time {
                case: wanted(line.case, "case")?,
                launch: Launch {
                    heap_seed: wanted(line.heap_seed, "heap_seed")?,
                    batches: wanted(line.batches, "batches")?,
                    batch_microseconds: wanted(line.batch_microseconds, "batch_microseconds")?,
                    slower_percent: line.slower_percent,
                },
            },
            other => return Err(format!("unknown request `{other}`")),
        })
    }
}

impl Message for Reply {
    fn line(&self) -> Line {
        match self.clone() {
            Self::Hello {
                version,
                allocator,
                revision,
            } => Line {
                version: Some(version),
                allocator,
                revision,
                ..reply("hello")
            },
            Self::Group(GroupInfo { name, summary }) => Line {
                name: Some(name),
                summary: Some(summary),
                ..reply("group")
            },
            Self::Case(case) => Line {
                id: Some(case.id),
                group: Some(case.group),
                question: case.question,
                variant: Some(case.variant),
                parameter: case.parameter,
                summary: Some(case.summary),
                file: Some(case.file),
                ..reply("case")
            },
            Self::About { case } => Line {
                case: Some(case),
                ..reply("about")
            },
            Self::Incomplete { reason } => Line {
                reason: Some(reason),
                ..reply("incomplete")
            },
            Self::Observation {
                observation,
                claims,
            } => Line {
                observation: Some(*observation),
                claims: Some(claims),
                ..reply("observation")
            },
            Self::Totals { totals } => Line {
                totals: Some(totals),
                ..reply("totals")
            },
            Self::Batches { picoseconds, paces } => Line {
                picoseconds: Some(picoseconds),
                paces: Some(paces),
                ..reply("batches")
            },
            Self::Instructions {
                process,
                repetitions,
                other_threads,
                hash_seeds,
            } => Line {
                process: Some(process),
                repetitions: Some(repetitions),
                other_threads: Some(other_threads),
                hash_seeds: Some(hash_seeds),
                ..reply("instructions")
            },
            Self::Callsites { callsites } => Line {
                callsites: Some(callsites),
                ..reply("callsites")
            },
            Self::Growth { growth } => Line {
                growth: Some(*growth),
                ..reply("growth")
            },
            Self::Unsupported { pass } => Line {
                pass: Some(pass),
                ..reply("unsupported")
            },
            Self::Failed { reason } => Line {
                reason: Some(reason),
                ..reply("failed")
            },
            Self::Done => reply("done"),
        }
    }

    fn read(line: Line) -> Result<Self, String> {
        Ok(match &*wanted(line.reply, "reply")? {
            "hello" => Self::Hello {
                version: wanted(line.version, "version")?,
                allocator: line.allocator,
                revision: line.revision,
            },
            "group" => Self::Group(GroupInfo {
                name: wanted(line.name, "name")?,
                summary: wanted(line.summary, "summary")?,
            }),
            "case" => Self::Case(CaseInfo {
                id: wanted(line.id, "id")?,
                group: wanted(line.group, "group")?,
                question: line.question,
                variant: wanted(line.variant, "variant")?,
                parameter: line.parameter,
                summary: wanted(line.summary, "summary")?,
                file: wanted(line.file, "file")?,
            }),
            "about" => Self::About {
                case: wanted(line.case, "case")?,
            },
            "incomplete" => Self::Incomplete {
                reason: wanted(line.reason, "reason")?,
            },
            "observation" => Self::Observation {
                observation: Box::new(wanted(line.observation, "observation")?),
                claims: wanted(line.claims, "claims")?,
            },
            "totals" => Self::Totals {
                totals: wanted(line.totals, "totals")?,
            },
            "batches" => Self::Batches {
                picoseconds: wanted(line.picoseconds, "picoseconds")?,
                paces: wanted(line.paces, "paces")?,
            },
            "instructions" => Self::Instructions {
                process: wanted(line.process, "process")?,
                repetitions: wanted(line.repetitions, "repetitions")?,
                other_threads: wanted(line.other_threads, "other_threads")?,
                hash_seeds: wanted(line.hash_seeds, "hash_seeds")?,
            },
            "callsites" => Self::Callsites {
                callsites: wanted(line.callsites, "callsites")?,
            },
            "growth" => Self::Growth {
                growth: Box::new(wanted(line.growth, "growth")?),
            },
            "unsupported" => Self::Unsupported {
                pass: wanted(line.pass, "pass")?,
            },
            "failed" => Self::Failed {
                reason: wanted(line.reason, "reason")?,
            },
            "done" => Self::Done,
            other => return Err(format!("unknown reply `{other}`")),
        })
    }
}
