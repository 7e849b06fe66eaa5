//! The cases of several bench targets as one suite.

use std::collections::{BTreeMap, BTreeSet};

use super::called::Called;
use super::suite::{Batches, Binary, CaseReply, Listing, Suite};
use heapmark_model::launch::{LaunchError, Launcher};
use heapmark_model::protocol::{Launch, Pass};
use heapmark_model::record::{Callsite, Growth, Totals};

/// The binaries of the bench targets of a package, each with the name of its target.
#[derive(Debug)]
pub struct Targets<'a> {
    parts: Vec<(String, Binary<'a>)>,
    /// The part that has the case with this id.
    part_of: BTreeMap<String, usize>,
}

impl<'a> Targets<'a> {
    /// The cases of `parts`, in this order.
    pub fn new(parts: Vec<(String, Binary<'a>)>) -> Self {
        Self {
            parts,
            part_of: BTreeMap::new(),
        }
    }

    /// Renames the case `id` to `new`. The worker's id of it does not change.
    pub fn rename(&mut self, id: &str, new: &str) {
        if let Some(part) = self.part_of.remove(id) {
            self.parts[part].1.rename(id, new);
            self.part_of.insert(new.to_owned(), part);
        }
    }

    /// The call sites that allocate memory in one iteration of `case`.
    ///
    /// # Errors
    ///
    /// If the case cannot be run, or its heapmark is too old to record call sites.
    pub fn callsites(&self, case: &str) -> Result<Vec<Callsite>, LaunchError> {
        self.part(case)?.callsites(case)
    }

    fn part(&self, case: &str) -> Result<&Binary<'a>, LaunchError> {
        match self.part_of.get(case) {
            Some(&part) => Ok(&self.parts[part].1),
            None => Err(unknown(case)),
        }
    }

    fn part_mut(&mut self, case: &str) -> Result<&mut Binary<'a>, LaunchError> {
        match self.part_of.get(case) {
            Some(&part) => Ok(&mut self.parts[part].1),
            None => Err(unknown(case)),
        }
    }
}

fn unknown(case: &str) -> LaunchError {
    LaunchError::Failed(format!("no bench target has the case `{case}`"))
}

impl Suite for Targets<'_> {
    fn list(&mut self) -> Result<Listing, LaunchError> {
        let mut whole = Listing::default();
        let mut listings = Vec::new();
        let is_only = self.parts.len() == 1;
        for (name, part) in &mut self.parts {
            let mut listing = match part.list() {
                Ok(listing) => listing,
                Err(error) if is_only || matches!(error, LaunchError::Interrupted) => {
                    return Err(error);
                }
                // The other targets can still be measured.
                Err(error) => Listing {
                    incomplete: vec![error.to_string()],
                    ..Listing::default()
                },
            };
            for reason in &mut listing.incomplete {
                *reason = format!("some cases of bench target `{name}` are unknown: {reason}");
            }
            listings.push(listing);
        }
        let mut seen = BTreeSet::new();
        let ids = listings.iter().flat_map(|listing| &listing.cases);
        let shared: BTreeSet<String> = ids
            .map(|case| case.id.to_ascii_lowercase())
            .filter(|id| !seen.insert(id.clone()))
            .collect();
        self.part_of.clear();
        for (number, mut listing) in listings.into_iter().enumerate() {
            let (name, part) = &mut self.parts[number];
            for case in &mut listing.cases {
                if shared.contains(&case.id.to_ascii_lowercase()) {
                    let id = format!("{name}~/{}", case.id);
                    part.rename(&case.id, &id);
                    case.id = id;
                }
                self.part_of.insert(case.id.clone(), number);
            }
            whole.allocator = whole.allocator.or(listing.allocator);
            whole.revision = whole.revision.or(listing.revision);
            for group in listing.groups {
                if !whole.groups.iter().any(|known| known.name == group.name) {
                    whole.groups.push(group);
                }
            }
            whole.cases.extend(listing.cases);
            whole.incomplete.extend(listing.incomplete);
        }
        // The parts know the ids of their workers.
        whole.called = Called::default();
        Ok(whole)
    }

    fn run(&mut self, case: &str, pass: Pass, repetitions: u32) -> Result<CaseReply, LaunchError> {
        self.part_mut(case)?.run(case, pass, repetitions)
    }

    fn totals(&mut self, case: &str) -> Result<Vec<Totals>, LaunchError> {
        self.part_mut(case)?.totals(case)
    }

    fn growth(&mut self, case: &str) -> Result<Option<Growth>, LaunchError> {
        self.part_mut(case)?.growth(case)
    }

    fn lay_out(&mut self, seed: u32, count: u32) -> Result<(), String> {
        let mut parts = self.parts.iter_mut();
        parts.try_for_each(|(_, part)| part.lay_out(seed, count))
    }

    fn can_lay_out(&self) -> bool {
        self.parts.iter().all(|(_, part)| part.can_lay_out())
    }

    fn time(
        &mut self,
        case: &str,
        link_order: u32,
        launch: Launch,
    ) -> Result<Batches, LaunchError> {
        self.part_mut(case)?.time(case, link_order, launch)
    }

    /// Only one binary can be started under another program.
    fn launcher(&self) -> Option<Launcher<'_>> {
        match &self.parts[..] {
            [(_, only)] => only.launcher(),
            _ => None,
        }
    }

    fn starts_slowly(&self) -> bool {
        self.parts.iter().any(|(_, part)| part.starts_slowly())
    }

    fn called<'a>(&'a self, id: &'a str) -> Result<&'a str, LaunchError> {
        self.part(id)?.called(id)
    }
}
