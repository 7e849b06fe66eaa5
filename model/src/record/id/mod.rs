//! The id of a case: a short form that people read, and a long form that encodes every name fully.
//!
//! ```text
//! key    group   question        variant   parameter
//!        text    share a text    Arc<str>  64
//! short  text  / share-a-text  / arc-str / 64          the id, if only this case has it
//! long   text  / share~20.a~20.text / ~41.rc~3c.str~3e.~ / 64
//! ```
//!
//! Ids are stored permanently, so the usual form is short and never changes. The short form drops
//! characters that a path cannot hold. If two cases of a suite would have the same short form, both
//! get the long form. So does a name that the short form would lose. See
//! docs/decisions/0020-ids-of-cases.md.

mod long;
mod resolve;

use super::CaseInfo;
use super::slug::slug;

pub use resolve::{Clash, resolve};

/// The names that identify a case within its bench target. A name can be any text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The group.
    pub group: String,
    /// The question that it answers, if there is one.
    pub question: Option<String>,
    /// One answer to the question; without a question, the name of the case.
    pub variant: String,
    /// The size at which the case is run, if it has one.
    pub parameter: Option<String>,
}

impl Key {
    /// The names of `case`, which do not depend on its id.
    pub fn from_case(case: &CaseInfo) -> Self {
        Self {
            group: case.group.clone(),
            question: case.question.clone(),
            variant: case.variant.clone(),
            parameter: case.parameter.map(|parameter| parameter.to_string()),
        }
    }

    /// The short form; `None` if it would lose a name.
    ///
    /// Several keys can have the same short form: [`resolve()`] decides whether a suite can use it.
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

    /// The id of the case in versions without a long form; several cases can share it.
    pub fn old_id(&self) -> String {
        let slugs = [&self.question, &Some(self.variant.clone()), &self.parameter];
        let slugs = slugs.into_iter().flatten().map(|name| slug(name));
        let parts: Vec<String> = std::iter::once(self.group.clone()).chain(slugs).collect();
        parts.join("/")
    }

    /// The names for messages, without the group, as in ``` `Arc<str>` of `share a text` at 64```.
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

/// A group in the short form: unchanged if it is an identifier, as in all earlier versions.
fn short_group(name: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !name.is_empty() && !name.starts_with('-') && name.chars().all(is_plain) {
        return Some(name.to_owned());
    }
    short(name)
}

/// The slug of a name; `None` if it is empty, or if it drops a letter or an invisible character.
fn short(name: &str) -> Option<String> {
    let is_lost = |c: char| !c.is_ascii() || c.is_ascii_control();
    let slug = slug(name);
    (!slug.is_empty() && !name.chars().any(is_lost)).then_some(slug)
}

/// A name on one line, cut to a length that fits a message.
fn shortened(name: &str) -> String {
    const ROOM: usize = 60;
    let mut shown: String = name.escape_debug().take(ROOM).collect();
    if name.escape_debug().count() > ROOM {
        shown.push('…');
    }
    shown
}
