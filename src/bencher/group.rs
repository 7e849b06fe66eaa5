use crate::bencher::{Bencher, Expectation};
use crate::record::{CaseInfo, GroupInfo, Verdict, slug};

/// Cases that belong together, in report order; made by [`group!`](crate::group).
pub struct Group {
    /// The name, as in `string_allocations`: the first part of every case's id.
    pub name: &'static str,
    /// What the group is about.
    pub summary: &'static str,
    /// Its cases: those that stand alone, then those of each question.
    pub cases: &'static [&'static [Case]],
}

/// A workload with what is said about it.
pub struct Case {
    /// The question that it answers; `None` for a case that stands alone.
    pub question: Option<&'static str>,
    /// Its name, or the answer that it stands for.
    pub variant: &'static str,
    /// What it shows.
    pub summary: &'static str,
    /// The sizes that it is run at; empty where it has none.
    pub parameters: &'static [usize],
    /// The workload.
    pub body: Body,
    /// What it says of live memory over many iterations, if anything.
    pub growth: Option<Verdict>,
    /// What it holds true.
    pub expectations: &'static [Expectation],
    /// The source file.
    pub file: &'static str,
}

/// A workload: the same function for every pass.
#[derive(Clone, Copy)]
pub enum Body {
    /// Takes no parameter.
    Plain(fn(&mut Bencher<'_>)),
    /// Is told the size to run at.
    Sized(fn(&mut Bencher<'_>, usize)),
}

/// A case at one of its sizes: what a record has an entry for.
#[derive(Clone, Copy)]
pub struct Instance {
    /// The group that it is listed in.
    pub group: &'static Group,
    /// The case.
    pub case: &'static Case,
    /// The size, if the case has any.
    pub parameter: Option<usize>,
}

impl Group {
    /// What a record says about the group.
    pub fn info(&self) -> GroupInfo {
        GroupInfo {
            name: self.name.to_owned(),
            summary: one_line(self.summary),
        }
    }

    /// The group's cases at all their sizes, in report order.
    pub fn instances(&'static self) -> impl Iterator<Item = Instance> {
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
            })
        })
    }
}

impl Instance {
    /// The stable id, as in `allocation_sizes/vec_alloc/64`.
    pub fn id(&self) -> String {
        let mut id = self.group.name.to_owned();
        if let Some(question) = self.case.question {
            id.push('/');
            id.push_str(&slug(question));
        }
        id.push('/');
        id.push_str(&slug(self.case.variant));
        if let Some(parameter) = self.parameter {
            id.push_str(&format!("/{parameter}"));
        }
        id
    }

    /// What a record says about the case.
    pub fn info(&self) -> CaseInfo {
        CaseInfo {
            id: self.id(),
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

    /// The parameter that expectations are asked at.
    pub fn size(&self) -> usize {
        self.parameter.unwrap_or_default()
    }
}

/// Doc comments come as one string a line, each with its leading space.
fn one_line(doc: &str) -> String {
    doc.split_whitespace().collect::<Vec<_>>().join(" ")
}
