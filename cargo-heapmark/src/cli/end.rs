//! The exit code of a command and the reasons for it. The reasons go to stderr in every output
//! format, because a pipeline that reads JSON shows its user only stderr.

use std::io::{self, Write};

use super::Exit;
use heapmark_model::format::visible_lines;

/// Number of reasons that are printed. The result on stdout has all of them.
const SHOWN: usize = 20;

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The exit code.
    pub exit: Exit,
    /// The reasons if it is not [`Exit::Fine`], one sentence each.
    pub reasons: Vec<String>,
}

impl End {
    /// The end of a command that succeeded.
    pub(super) fn fine() -> Self {
        Self::by_weight([])
    }

    /// The first exit code that has a reason, and the reasons of all.
    pub(super) fn by_weight<const N: usize>(ends: [(Exit, Vec<String>); N]) -> Self {
        let first = ends.iter().find(|(_, reasons)| !reasons.is_empty());
        Self {
            exit: first.map_or(Exit::Fine, |(exit, _)| *exit),
            reasons: ends.into_iter().flat_map(|(_, reasons)| reasons).collect(),
        }
    }

    /// Prints the reasons to stderr.
    pub(super) fn state(&self) {
        for reason in self.reasons.iter().take(SHOWN) {
            state(reason);
        }
        let more = self.reasons.len().saturating_sub(SHOWN);
        if more > 0 {
            state(&format!("and {more} more"));
        }
    }
}

/// Writes an error to stderr. It may contain text of a record or of a child process.
pub(super) fn state(reason: &str) {
    let said = visible_lines(reason, "error: ".len());
    // A closed stderr cannot report that it is closed.
    let _ = writeln!(io::stderr(), "error: {said}");
}

#[cfg(test)]
mod tests {
    use super::{End, Exit};

    #[test]
    fn the_weightiest_reason_decides_and_none_is_lost() {
        let end = |cannot: &[&str], worse: &[&str]| {
            let owned = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
            End::by_weight([(Exit::Cannot, owned(cannot)), (Exit::Worse, owned(worse))])
        };
        assert_eq!(end(&[], &[]), End::fine());
        assert_eq!(end(&[], &["b"]).exit, Exit::Worse);
        let both = end(&["a"], &["b"]);
        assert_eq!((both.exit, both.reasons.len()), (Exit::Cannot, 2));
    }
}
