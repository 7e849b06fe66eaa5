//! Resolves revisions to commits. It runs git directly, without a shell, and changes nothing.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::command::{CommandError, output_of};

/// Variables that git sets for its hooks. If a hook runs heapmark, they would redirect its git
/// commands to another repository.
const PLACES: [&str; 5] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
];

/// Variables in which GitHub and GitLab name the branch that a change is to be merged into.
const TARGETS: [&str; 2] = ["GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"];

/// The default branch of most repositories. A CI checkout often has only remote branches.
const USUAL: [&str; 5] = [
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/heads/main",
    "refs/heads/master",
];

/// The git repository that contains a workspace, possibly in a subfolder.
#[derive(Clone, Debug)]
pub struct Repository {
    /// The root of the work tree.
    pub(super) top: PathBuf,
    /// The workspace's folder, relative to the root; empty if it is the root.
    pub(super) prefix: PathBuf,
}

/// Why a commit could not be determined.
#[derive(Debug, thiserror::Error)]
pub enum RevisionError {
    /// git is not installed, or fails.
    #[error(transparent)]
    Git(#[from] CommandError),
    /// The workspace is not under version control.
    #[error("{} is not in a git repository with a work tree, so there are no revisions to compare; compare two records with --record A.json B.json", .0.display())]
    NoRepository(PathBuf),
    /// git would read the name as an option, or as a set of commits.
    #[error("`{0}` is not the name of one commit; use a branch, a tag or a commit hash")]
    NotOneCommit(String),
    /// The repository is empty.
    #[error("this repository has no commit yet; commit once, then run the command again")]
    NoCommit,
    /// There is no such commit in the clone.
    #[error("no commit is called `{name}` in this repository; {}", hint(*shallow))]
    Unknown {
        /// The name.
        name: String,
        /// Whether the clone lacks a part of the history.
        shallow: bool,
    },
    /// There is no default branch: no HEAD of the remote, `main` or `master`.
    #[error(
        "cannot determine the default branch: there is no origin/HEAD, main or master; name the base, as in `cargo heapmark compare HEAD~1`"
    )]
    NoDefaultBranch,
    /// The known parts of the histories have no common commit.
    #[error("HEAD and {branch} have no common commit; {}", hint(*shallow))]
    NoMergeBase {
        /// The default branch.
        branch: String,
        /// Whether the clone lacks a part of the history.
        shallow: bool,
    },
    /// The work tree could not be copied.
    #[error("cannot take a snapshot of the work tree: {0}; free disk space or commit your changes")]
    Snapshot(#[from] std::io::Error),
}

fn hint(shallow: bool) -> &'static str {
    if shallow {
        "this clone is shallow: run `git fetch --unshallow`"
    } else {
        "run `git branch --all` to list the branches, or `git fetch` to get new ones"
    }
}

impl Repository {
    /// Finds the repository that contains `folder`.
    ///
    /// # Errors
    ///
    /// If git is not installed or `folder` is not in a work tree.
    pub fn around(folder: &Path) -> Result<Self, RevisionError> {
        let ask = |question: &str| {
            let mut git = git(folder);
            git.args(["rev-parse", question]);
            output_of(git).map_err(|error| match error {
                CommandError::Failed { .. } => RevisionError::NoRepository(folder.to_owned()),
                error => error.into(),
            })
        };
        let (top, prefix) = (ask("--show-toplevel")?, ask("--show-prefix")?);
        if top.is_empty() {
            return Err(RevisionError::NoRepository(folder.to_owned()));
        }
        Ok(Self {
            top: top.into(),
            prefix: prefix.into(),
        })
    }

    /// The full hash of the commit that `name` refers to.
    ///
    /// # Errors
    ///
    /// If there is no such commit, or git would read the name as an option.
    pub fn resolve(&self, name: &str) -> Result<String, RevisionError> {
        if name.starts_with(['-', '^']) || name.contains("..") {
            return Err(RevisionError::NotOneCommit(name.to_owned()));
        }
        let commit = |name: &str| {
            let commit = format!("{name}^{{commit}}");
            self.commit_of(&["rev-parse", "--verify", "--end-of-options", &commit])
        };
        match commit(name)? {
            Some(commit) => Ok(commit),
            None if commit("HEAD")?.is_none() => Err(RevisionError::NoCommit),
            None => Err(RevisionError::Unknown {
                name: name.to_owned(),
                shallow: self.is_shallow(),
            }),
        }
    }

    /// The merge base of HEAD and the default branch. In a CI run of a pull request or merge
    /// request, that is the branch that it is to be merged into.
    ///
    /// # Errors
    ///
    /// If there is no default branch, or no common commit.
    pub fn merge_base(&self) -> Result<String, RevisionError> {
        let targets = TARGETS
            .iter()
            .filter_map(|variable| std::env::var(variable).ok());
        let targets = targets.filter(|branch| !branch.is_empty());
        let targets = targets.map(|branch| format!("refs/remotes/origin/{branch}"));
        let usual = USUAL.iter().map(|branch| (*branch).to_owned());
        let branch = targets
            .chain(usual)
            .find(|branch| self.resolve(branch).is_ok());
        let Some(branch) = branch else {
            // In an empty repository, that is the error to report.
            self.resolve("HEAD")?;
            return Err(RevisionError::NoDefaultBranch);
        };
        self.commit_of(&["merge-base", "HEAD", &branch])?
            .ok_or_else(|| RevisionError::NoMergeBase {
                branch: branch.clone(),
                shallow: self.is_shallow(),
            })
    }

    /// The commits that `head` has and `base` does not, newest first; both are full hashes.
    ///
    /// # Errors
    ///
    /// If git fails.
    pub fn between(&self, base: &str, head: &str) -> Result<Vec<String>, RevisionError> {
        let range = format!("{base}..{head}");
        let commits = output_of(self.git(&["rev-list", "--end-of-options", &range]))?;
        Ok(commits.lines().map(str::to_owned).collect())
    }

    /// The commits of [`between`](Self::between) that are on the first-parent line of `head`.
    ///
    /// # Errors
    ///
    /// If git fails.
    pub fn first_parents(&self, base: &str, head: &str) -> Result<Vec<String>, RevisionError> {
        let range = format!("{base}..{head}");
        let commits = ["rev-list", "--first-parent", "--end-of-options", &range];
        let commits = output_of(self.git(&commits))?;
        Ok(commits.lines().map(str::to_owned).collect())
    }

    /// The output of git; `None` if the command fails.
    fn commit_of(&self, arguments: &[&str]) -> Result<Option<String>, RevisionError> {
        match output_of(self.git(arguments)) {
            Ok(commit) => Ok(Some(commit)),
            Err(CommandError::Failed { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn is_shallow(&self) -> bool {
        let shallow = output_of(self.git(&["rev-parse", "--is-shallow-repository"]));
        shallow.is_ok_and(|answer| answer == "true")
    }

    /// A git command at the root of the work tree.
    pub(super) fn git(&self, arguments: &[&str]) -> Command {
        let mut git = git(&self.top);
        git.args(arguments);
        git
    }
}

/// A git command that runs no hooks and does not update the index.
fn git(folder: &Path) -> Command {
    let mut git = Command::new("git");
    git.args([
        "-c",
        "core.hooksPath=/dev/null",
        "-c",
        "core.fsmonitor=false",
    ])
    .current_dir(folder)
    .env("GIT_OPTIONAL_LOCKS", "0");
    for variable in PLACES {
        git.env_remove(variable);
    }
    git
}
