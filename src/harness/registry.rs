//! The harness of cases that exist only while the program registers them, such as the benchmarks of
//! criterion: their closures borrow from the function that makes them.
//!
//! ```text
//!  start ─▶ case, case, case … ─▶ finish
//!             │                     │
//!             │ asked for a list    └─ answers with all cases
//!             │ asked for this case ─▶ measures it, answers and ends the process
//!             │ `cargo bench` ───────▶ counts it and prints the counts
//!             └ `cargo test` ────────▶ runs it once
//! ```
//!
//! The worker's id of such a case is the long form of its names, which does not depend on the other
//! cases. The parent gives the cases their ids.

use std::cell::RefCell;
use std::io::{self, BufRead, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::arguments::{Mode, Options};
use super::worker::{self, answer_about, failed, hello, real_instruments, say, tell_about};
use super::workload::Workload;
use super::{CANNOT, FINE, UNMET, refuse};
use crate::alloc;
use crate::bencher::Bencher;
use crate::instruments::Count;
use heapmark_model::agreement;
use heapmark_model::launch::describe;
use heapmark_model::protocol::{self, Pass, Reply, Request};
use heapmark_model::record::{CaseInfo, GroupInfo, Key, Observation};
use heapmark_model::select::select;

/// Counted repetitions of a case that is printed.
const REPETITIONS: u32 = 3;

/// The body of a registered case. It measures one routine with the bencher.
pub type Body<'a> = dyn FnMut(&mut Bencher<'_>) + 'a;

/// What the process was started for.
enum Task {
    /// Answer a request of a parent process with the list of all cases.
    List(Vec<CaseInfo>),
    /// Answer a request of a parent process about one case.
    Answer(Request),
    /// Answer a request of a parent process about every case.
    AnswerEach(Pass, u32),
    /// Print the names of the cases.
    PrintNames,
    /// Count each case and print the counts.
    Print,
    /// Run each case once.
    Test,
}

/// The registry of this process, from the first case to the last.
static REGISTRY: Mutex<Option<Registry>> = Mutex::new(None);

struct Registry {
    task: Task,
    options: Options,
    failed: bool,
    /// The process is a child that a worker under valgrind forked for one request.
    is_child: bool,
}

/// Reads the arguments of the process, and the request of a parent process, unless that was done
/// before.
///
/// It ends the process if an argument is invalid, or if no request arrives.
pub fn start() {
    let mut registry = lock();
    if registry.is_none() {
        *registry = Some(Registry::new());
        // Elsewhere, only the `main` of `criterion_main!` ends the list.
        #[cfg(target_os = "linux")]
        super::at_exit::at_exit(finish_at_exit);
    }
}

/// Registers a case, and measures it if the process was started for that. Its id is not used.
///
/// Ends the process after the answer if a parent process has asked for this case.
pub fn case(info: CaseInfo, body: &mut Body<'_>) {
    start();
    if let Some(registry) = &mut *lock() {
        registry.case(info, body);
    }
}

/// Ends the list of cases. `broken` are reasons why cases may be missing from it.
pub fn finish(broken: &[String]) -> ExitCode {
    let registry = lock().take();
    ExitCode::from(registry.map_or(FINE, |registry| registry.finish(broken)))
}

/// The name of the bench target, from the name of the binary, which ends with a hash.
pub fn program() -> String {
    let program = std::env::current_exe().ok();
    let stem = program.as_deref().and_then(Path::file_stem);
    let stem = stem.map(|stem| stem.to_string_lossy().into_owned());
    let stem = stem.unwrap_or_else(|| "benchmarks".to_owned());
    match stem.rsplit_once('-') {
        Some((name, hash)) if hash.len() == 16 => name.to_owned(),
        _ => stem,
    }
}

pub use super::revision::tell;
pub use super::worker::message;

fn lock() -> MutexGuard<'static, Option<Registry>> {
    REGISTRY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends the list of a program with its own `main` function. The registry is locked while a case is
/// measured; then its answer was the last action.
#[cfg(target_os = "linux")]
fn finish_at_exit() -> u8 {
    let registry = REGISTRY.try_lock().ok().and_then(|mut it| it.take());
    registry.map_or(FINE, |registry| registry.finish(&[]))
}

impl Registry {
    fn new() -> Self {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let options = match Options::parse(&arguments) {
            Ok(options) => options,
            Err(error) => end(refuse(&error)),
        };
        let mut is_child = false;
        let task = match options.mode {
            Mode::Worker => {
                is_child = begins_child();
                match request() {
                    Ok(Some(Request::List)) => Task::List(Vec::new()),
                    Ok(Some(Request::RunEach { pass, repetitions })) => {
                        Task::AnswerEach(pass, repetitions)
                    }
                    Ok(Some(request)) => Task::Answer(request),
                    Ok(None) => leave(is_child, Ok(false)),
                    Err(error) => leave(is_child, Err(error)),
                }
            }
            Mode::List => Task::PrintNames,
            _ if !alloc::is_installed() => end(refuse(
                &"heapmark's allocator is not installed, so nothing can be counted",
            )),
            Mode::Bench => Task::Print,
            Mode::Test => Task::Test,
        };
        Self {
            task,
            options,
            failed: false,
            is_child,
        }
    }

    fn case(&mut self, mut info: CaseInfo, body: &mut Body<'_>) {
        info.id = Key::from_case(&info).long_id();
        let workload = Registered {
            id: info.id.clone(),
            body: RefCell::new(body),
        };
        match &mut self.task {
            Task::List(cases) => cases.push(info),
            Task::Answer(request) if request.case() == Some(&info.id) => {
                let output = &mut io::stdout();
                let answered = answer_about(&workload, request, &real_instruments, output);
                leave(self.is_child, answered.map(|()| true));
            }
            Task::Answer(..) => {}
            Task::AnswerEach(pass, repetitions) => {
                let request = Request::Run {
                    case: info.id,
                    pass: *pass,
                    repetitions: *repetitions,
                };
                if let Err(error) = answer_apart(&workload, &request) {
                    leave(self.is_child, Err(error));
                }
            }
            Task::PrintNames => self.print(&info, || Ok("benchmark".to_owned())),
            Task::Print => self.print(&info, || counts(&workload)),
            Task::Test => self.print(&info, || {
                worker::observe(&workload, &mut Count::new(1)).map(|_| "ok".to_owned())
            }),
        }
    }

    /// Returns the exit code.
    fn finish(mut self, broken: &[String]) -> u8 {
        let output = &mut io::stdout();
        let told = match &mut self.task {
            Task::List(cases) => list(cases, broken, output),
            // Cases that were not registered are missing from the answer.
            Task::AnswerEach(..) => say(output, &Reply::Done),
            Task::Answer(request) => {
                let reason = broken.first().map(|reason| failed(reason.clone()));
                let unknown = || worker::unknown(request.case().unwrap_or_default());
                say(output, &reason.unwrap_or_else(unknown))
            }
            Task::PrintNames | Task::Print | Task::Test => {
                self.failed |= !broken.is_empty();
                let mut broken = broken.iter();
                broken.try_for_each(|reason| writeln!(io::stderr(), "error: {reason}"))
            }
        };
        if self.is_child {
            leave(true, told.map(|()| true));
        }
        match (self.failed, &self.task) {
            (false, _) => FINE,
            (true, Task::Test) => UNMET,
            (true, _) => CANNOT,
        }
    }

    /// Prints a chosen case with the result of `run`.
    fn print(&mut self, info: &CaseInfo, run: impl FnOnce() -> Result<String, String>) {
        let parameter = info.parameter.map(|parameter| parameter.to_string());
        let names = [
            Some(&info.group),
            info.question.as_ref(),
            Some(&info.variant),
            parameter.as_ref(),
        ];
        let names: Vec<&str> = names.into_iter().flatten().map(String::as_str).collect();
        let name = [names.join("/")];
        if select(&self.options.selection(), &name, String::clone).is_err() {
            return;
        }
        let result = run();
        self.failed |= result.is_err();
        let [name] = name;
        let result = result.unwrap_or_else(|reason| format!("FAILED: {reason}"));
        let _ = writeln!(io::stdout(), "{name}: {result}");
    }
}

/// Answers a request about a case in a child process, so that what the case leaves behind does not
/// affect the next one. With other threads, which a child would not have, it answers in this
/// process.
fn answer_apart(workload: &dyn Workload, request: &Request) -> io::Result<()> {
    let output = &mut io::stdout();
    let case = workload.id().to_owned();
    say(output, &Reply::About { case })?;
    let answer = || tell_about(workload, request, &real_instruments, &mut io::stdout());
    #[cfg(target_os = "linux")]
    if super::fork::threads() == Some(1) {
        return match super::fork::in_child(|| answer().map(|_| true))? {
            super::fork::Child::Died(status) => say(output, &failed(describe(status))),
            _ => Ok(()),
        };
    }
    answer().map(|_| ())
}

/// Ends the process of a worker. `answered` is `Ok(true)` after an answer, and `Ok(false)` if there
/// was no request.
fn leave(is_child: bool, answered: io::Result<bool>) -> ! {
    #[cfg(target_os = "linux")]
    if is_child {
        super::fork::end(&answered);
    }
    let _ = is_child;
    end(answered.map(|_| FINE))
}

/// A registered case.
struct Registered<'a, 'b> {
    id: String,
    body: RefCell<&'a mut Body<'b>>,
}

impl Workload for Registered<'_, '_> {
    fn id(&self) -> &str {
        &self.id
    }

    fn run(&self, bencher: &mut Bencher<'_>) {
        (self.body.borrow_mut())(bencher);
    }
}

fn list(cases: &[CaseInfo], broken: &[String], output: &mut dyn Write) -> io::Result<()> {
    let mut groups: Vec<&str> = Vec::new();
    for case in cases {
        if !groups.contains(&&*case.group) {
            groups.push(&case.group);
            let group = GroupInfo {
                name: case.group.clone(),
                summary: String::new(),
            };
            say(output, &Reply::Group(group))?;
        }
    }
    for case in cases {
        say(output, &Reply::Case(case.clone()))?;
    }
    for reason in broken {
        let reason = reason.clone();
        say(output, &Reply::Incomplete { reason })?;
    }
    say(output, &Reply::Done)
}

/// The counts of a case in one line.
fn counts(workload: &dyn Workload) -> Result<String, String> {
    let observed: Vec<Observation> = worker::observe(workload, &mut Count::new(REPETITIONS))?;
    Ok(super::heap_line::heap_line(&agreement(&[observed])))
}

/// The request of the parent process, after the greeting; `None` if there is none.
fn request() -> io::Result<Option<Request>> {
    let mut line = String::new();
    if io::stdin().lock().read_line(&mut line)? == 0 {
        return Ok(None);
    }
    say(&mut io::stdout(), &hello())?;
    match protocol::decode::<Request>(&line) {
        Ok(request) => Ok(request),
        Err(error) => {
            say(&mut io::stdout(), &failed(error.to_string()))?;
            Ok(None)
        }
    }
}

/// Under valgrind, forks a child for each request and returns only in the children.
#[cfg(target_os = "linux")]
fn begins_child() -> bool {
    use super::fork::{Child, Side, fork};

    if !crate::instruments::callgrind::is_present() {
        return false;
    }
    loop {
        match fork() {
            Ok(Side::Child) => return true,
            Ok(Side::Parent(Child::Answered)) => {}
            Ok(Side::Parent(Child::AtEnd)) => end(Ok(FINE)),
            Ok(Side::Parent(Child::Died(status))) => {
                let _ = say(&mut io::stdout(), &failed(describe(status)));
            }
            Err(error) => end(Err(error)),
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn begins_child() -> bool {
    false
}

/// Ends the process with an exit code.
fn end(code: io::Result<u8>) -> ! {
    let code = code.unwrap_or_else(|error| {
        let _ = writeln!(io::stderr(), "error: {error}");
        CANNOT
    });
    std::process::exit(i32::from(code))
}
