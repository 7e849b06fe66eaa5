use crate::bencher::{Bencher, Expectation};
use heapmark_model::record::{CaseInfo, Clash, GroupInfo, Verdict, resolve};

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

/// The cases of all groups of a bench target at all their sizes, in report order. The id of each
/// depends on all others, so that no two share one.
///
/// # Errors
///
/// Two cases, or two groups, that cannot be told apart by their names.
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
    /// What a record says about the group.
    pub fn info(&self) -> GroupInfo {
        GroupInfo {
            name: self.name.to_owned(),
            summary: one_line(self.summary),
        }
    }

    /// The group's cases at all their sizes, in report order, still without ids.
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
    /// The id, as in `allocation_sizes/vec_alloc/64`; no other case of the bench target has it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What a record says about the case.
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

    /// The parameter that expectations are asked at.
    pub fn size(&self) -> usize {
        self.parameter.unwrap_or_default()
    }
}

/// Doc comments come as one string a line, each with its leading space.
fn one_line(doc: &str) -> String {
    doc.split_whitespace().collect::<Vec<_>>().join(" ")
}
