//! Groups and cases as [`group!`](crate::group) lists them, and each case at each of its sizes.

use crate::bencher::{Bencher, CaseAssertion};
use heapmark_model::record::{CaseInfo, Clash, GroupInfo, Verdict, resolve};

/// Cases that belong together, in report order; created by [`group!`](crate::group).
pub struct Group {
    /// The name, such as `string_allocations`: the first part of every case's id.
    pub name: &'static str,
    /// What the group is about.
    pub summary: &'static str,
    /// Its cases: those without a question, then those of each question.
    pub cases: &'static [&'static [Case]],
}

/// A workload with its description and assertions.
pub struct Case {
    /// The question that the case answers, if any.
    pub question: Option<&'static str>,
    /// The name of the case, or its answer to the question.
    pub variant: &'static str,
    /// What it shows.
    pub summary: &'static str,
    /// The sizes at which the case runs; empty if it takes no size.
    pub parameters: &'static [usize],
    /// The workload.
    pub body: Body,
    /// The declared verdict on live memory over many iterations, if any.
    pub growth: Option<Verdict>,
    /// Its assertions about one iteration.
    pub assertions: &'static [CaseAssertion],
    /// The source file.
    pub file: &'static str,
}

/// A workload: the same function for every pass.
#[derive(Clone, Copy)]
pub enum Body {
    /// Takes no parameter.
    Plain(fn(&mut Bencher<'_>)),
    /// Takes the size at which to run.
    Sized(fn(&mut Bencher<'_>, usize)),
}

/// A case at one of its sizes. Each instance has an entry in a record.
#[derive(Clone)]
pub struct Instance {
    /// The group that it is listed in.
    pub group: &'static Group,
    /// The case.
    pub case: &'static Case,
    /// The size, if the case has any.
    pub parameter: Option<usize>,
    id: String,
}

/// The cases of all groups of a bench target at all their sizes, in report order. The ids are
/// assigned to all cases together, so that no two are the same.
///
/// # Errors
///
/// If two cases, or two groups, have the same names.
pub fn instances(groups: &[&'static Group]) -> Result<Vec<Instance>, Clash> {
    let groups = groups.iter().copied();
    let mut instances: Vec<Instance> = groups.flat_map(Group::instances).collect();
    let mut cases: Vec<CaseInfo> = instances.iter().map(Instance::info).collect();
    resolve(&mut cases)?;
    for (instance, case) in instances.iter_mut().zip(cases) {
        instance.id = case.id;
    }
    Ok(instances)
}

impl Group {
    /// The group as it is stored in a record.
    pub fn info(&self) -> GroupInfo {
        GroupInfo {
            name: self.name.to_owned(),
            summary: one_line(self.summary),
        }
    }

    /// The group's cases at all their sizes, in report order, without ids.
    fn instances(&'static self) -> impl Iterator<Item = Instance> {
        self.cases.iter().copied().flatten().flat_map(move |case| {
            let sizes: Vec<Option<usize>> = if case.parameters.is_empty() {
                vec![None]
            } else {
                case.parameters.iter().copied().map(Some).collect()
            };
            sizes.into_iter().map(move |parameter| Instance {
                group: self,
                case,
                parameter,
                id: String::new(),
            })
        })
    }
}

impl Instance {
    /// The id, such as `allocation_sizes/vec_alloc/64`; unique in the bench target.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The case as it is stored in a record.
    pub fn info(&self) -> CaseInfo {
        CaseInfo {
            id: self.id.clone(),
            group: self.group.name.to_owned(),
            question: self.case.question.map(str::to_owned),
            variant: self.case.variant.to_owned(),
            parameter: self.parameter.map(|size| size as u64),
            summary: one_line(self.case.summary),
            file: self.case.file.to_owned(),
        }
    }

    /// Runs the workload under `bencher`.
    pub fn run(&self, bencher: &mut Bencher<'_>) {
        match self.case.body {
            Body::Plain(body) => body(bencher),
            Body::Sized(body) => body(bencher, self.parameter.unwrap_or_default()),
        }
    }

    /// The parameter with which assertions are evaluated; 0 if the case has none.
    pub fn size(&self) -> usize {
        self.parameter.unwrap_or_default()
    }
}

/// Joins the lines of a doc comment into one line, without their leading spaces.
fn one_line(doc: &str) -> String {
    doc.split_whitespace().collect::<Vec<_>>().join(" ")
}
