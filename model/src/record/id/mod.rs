//! The id of a case: a short form that people read, and a long one that holds every name whole.
//!
//! ```text
//! key    group   question        variant   parameter
//!        text    share a text    Arc<str>  64
//! short  text  / share-a-text  / arc-str / 64          the id, while it names this case alone
//! long   text  / share~20.a~20.text / ~41.rc~3c.str~3e.~ / 64
//! ```
//!
//! An id is stored for good, so the usual one is short and never changes its form. The short form
//! drops what a path cannot hold. Where two cases of a suite have the same one, both get the long
//! form; so does a name that the short form would lose. See docs/decisions/0020-ids-of-cases.md.

mod long;
mod resolve;

use super::CaseInfo;
use super::slug::slug;

pub use resolve::{Clash, resolve};

/// What tells a case from every other one of its bench target. Any text may be a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The group.
    pub group: String,
    /// The question that it answers, if any.
    pub question: Option<String>,
    /// One answer to the question, or the name of the case.
    pub variant: String,
    /// What the case is run at, if anything.
    pub parameter: Option<String>,
}

impl Key {
    /// The names of `case`, whatever its id is.
    pub fn of(case: &CaseInfo) -> Self {
        Self {
            group: case.group.clone(),
            question: case.question.clone(),
            variant: case.variant.clone(),
            parameter: case.parameter.map(|parameter| parameter.to_string()),
        }
    }

    /// The id that people read; `None` where it would lose a name.
    ///
    /// Several keys may have the same one: [`resolve()`] says whether a suite can use it.
    pub fn short_id(&self) -> Option<String> {
        let names = [
            self.question.as_deref(),
            Some(&*self.variant),
            self.parameter.as_deref(),
        ];
        let names = names.into_iter().flatten().map(short);
        let parts: Option<Vec<String>> = std::iter::once(short_group(&self.group))
            .chain(names)
            .collect();
        Some(parts?.join("/"))
    }

    /// The id that heapmark gave the case before there was a long form; several may have it.
    pub fn old_id(&self) -> String {
        let slugs = [&self.question, &Some(self.variant.clone()), &self.parameter];
        let slugs = slugs.into_iter().flatten().map(|name| slug(name));
        let parts: Vec<String> = std::iter::once(self.group.clone()).chain(slugs).collect();
        parts.join("/")
    }

    /// The names for a person, without the group, as in ``` `Arc<str>` of `share a text` at 64```.
    pub fn words(&self) -> String {
        let mut words = format!("`{}`", shortened(&self.variant));
        if let Some(question) = &self.question {
            words.push_str(&format!(" of `{}`", shortened(question)));
        }
        if let Some(parameter) = &self.parameter {
            words.push_str(&format!(" at {}", shortened(parameter)));
        }
        words
    }
}

/// A group is an identifier, which ids have always held as it is written.
fn short_group(name: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !name.is_empty() && !name.starts_with('-') && name.chars().all(is_plain) {
        return Some(name.to_owned());
    }
    short(name)
}

/// The slug of a name, unless it is empty or drops a letter or a character that cannot be seen.
fn short(name: &str) -> Option<String> {
    let is_lost = |c: char| !c.is_ascii() || c.is_ascii_control();
    let slug = slug(name);
    (!slug.is_empty() && !name.chars().any(is_lost)).then_some(slug)
}

/// As much of a name as a message has room for, on one line.
fn shortened(name: &str) -> String {
    const ROOM: usize = 60;
    let mut shown: String = name.escape_debug().take(ROOM).collect();
    if name.escape_debug().count() > ROOM {
        shown.push('…');
    }
    shown
}
