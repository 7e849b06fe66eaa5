//! How often comparisons of times are wrong, and how often they find a change that exists.
//!
//! ```text
//!  base ┬─ the same binary, other link orders ─────────────────┐
//!       ├─ builds that differ by unrelated functions ──────────┼▶ paired rounds, as in ─▶ verdicts
//!       └─ the same binary, drawn cases slowed by 2, 5, 10 % ──┘  `compare`
//!  controls: one link order a side · the same batches pooled · criterion against its baseline
//! ```
//!
//! Each comparison draws other cases, so a condition covers the whole suite. Counts and
//! instructions of both sides are measured as in `compare`.
//!
//! To slow a case, its binary runs more iterations than its time is divided by. Instructions do not
//! show this. For a case that is slowed visibly, the comparison is given the prior that its
//! instructions changed.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::bail;
use cargo_heapmark::cli::TimeArguments;
use cargo_heapmark::event::Silent;
use cargo_heapmark::runner::{self, Binary, Built, Environment, Suite as _, Target, Workspace};
use heapmark_model::analysis::Prior;
use heapmark_model::launch::Launcher;
use heapmark_model::protocol::Launch;
use heapmark_model::record::{CaseInfo, Entry, Judge, Planted, Verdicts};

use super::lines::{Compared, empty, sentence};
use super::prepared::{Preparation, Prepared};
use super::{Arguments, Found, saved_baseline, say};

/// The largest share of unchanged cases that may be reported as changed, the smallest share of them
/// that must be decided, and the smallest share of cases slowed by 5 % that must be reported as
/// slower. The last one applies to cases whose instructions show the change, and to cases in which
/// the comparison states that it would find such a change.
const WRONG: f64 = 0.01;
const DECIDED: f64 = 0.9;
const SEEN_AT_5_PERCENT: f64 = 0.9;

/// Cases of one comparison that are slowed in each way, and the number of comparisons with slowed
/// cases.
const SLOWED: usize = 30;
const SLOWED_COMPARISONS: u32 = 2;

/// The variable with which the suite chooses functions to add that no case calls.
pub(super) const UNRELATED: &str = "HEAPMARK_UNRELATED";

/// One in this many builds is also judged by criterion, which takes long.
const PER_BASELINE: u32 = 5;

pub(super) fn measure(
    arguments: &Arguments,
    workspace: &Workspace,
    target: &Target,
    environment: &Environment,
) -> anyhow::Result<Found> {
    let seed = arguments.effort.seed.unwrap_or_else(|| fastrand::u32(..));
    say(&format!("      Seed  {seed}"))?;
    let mut calibrator = Calibrator::new(arguments, workspace, target, environment, seed)?;
    let pairs = (arguments.builds / 5).max(1);
    let mut lines = Vec::new();
    lines.extend(calibrator.link_orders(Judge::Compare, pairs)?);
    lines.extend(calibrator.link_orders(Judge::OneLinkOrder, pairs)?);
    lines.extend(calibrator.unrelated()?);
    for percent in [10, 5, 2] {
        lines.extend(calibrator.slowed(percent, false)?);
    }
    // With the time budget of a usual comparison, a thorough one would measure only the visible
    // cases.
    if arguments.time_budget.is_none() {
        lines.extend(calibrator.slowed(2, true)?);
    }
    Ok(Found {
        is_missed: lines.iter().any(is_missed),
        verdicts: lines,
        ..Found::default()
    })
}

fn is_missed(line: &Verdicts) -> bool {
    let share = |part: u32, all: u32| f64::from(part) / f64::from(all.max(1));
    let decided = line.cases - line.undecided - line.withheld;
    match (line.judge, line.planted, line.slower_percent) {
        (Judge::Compare, None, _) => {
            share(line.worse + line.better, line.cases) > WRONG
                || line.builds == 0 && share(decided, line.cases) < DECIDED
        }
        (Judge::Compare, Some(Planted::Visible), 5) => {
            share(line.worse, line.cases) < SEEN_AT_5_PERCENT
        }
        (Judge::Compare, Some(Planted::Invisible), 5) => {
            share(line.findable_worse, line.findable) < SEEN_AT_5_PERCENT
        }
        _ => false,
    }
}

struct Calibrator<'a> {
    arguments: &'a Arguments,
    workspace: &'a Workspace,
    /// The same workspace, built in a separate folder: the base and its heads must exist at the
    /// same time.
    heads: Workspace,
    target: &'a Target,
    triple: String,
    base: Built,
    cases: Vec<CaseInfo>,
    /// The entries of the base, by id: counts and instructions.
    entries: BTreeMap<String, Entry>,
    random: fastrand::Rng,
}

impl<'a> Calibrator<'a> {
    fn new(
        arguments: &'a Arguments,
        workspace: &'a Workspace,
        target: &'a Target,
        environment: &Environment,
        seed: u32,
    ) -> anyhow::Result<Self> {
        let triple = environment.toolchain.target.clone();
        let base = runner::build_to_shuffle(workspace, target, &triple, &[(UNRELATED, "0")])?;
        let heads = Workspace::find(&workspace.root)?
            .built_in(workspace.target.join("heapmark").join("calibrate"));
        let mut calibrator = Self {
            arguments,
            workspace,
            heads,
            target,
            triple,
            base,
            cases: Vec::new(),
            entries: BTreeMap::new(),
            random: fastrand::Rng::with_seed(u64::from(seed)),
        };
        let listing = calibrator.binary(&calibrator.base).list()?;
        let chosen = heapmark_model::select::select_matching(
            arguments.filter.as_deref(),
            &listing.cases,
            |case| case.id.clone(),
        )?;
        calibrator.cases = chosen;
        calibrator.entries = calibrator.entries_of(&calibrator.base)?;
        Ok(calibrator)
    }

    /// Counts the events and the instructions of a binary.
    fn entries_of(&self, built: &Built) -> anyhow::Result<BTreeMap<String, Entry>> {
        let mut binary = self.binary(built);
        let counted = runner::count(&mut binary, &self.cases, runner::COUNTING, &mut Silent)?;
        let mut entries = counted.entries;
        runner::rates(&mut binary, &mut entries, runner::varies, &mut Silent)?;
        runner::instructions(&binary, &mut entries, &mut Silent)?;
        let by_id = entries
            .into_iter()
            .map(|entry| (entry.case.id.clone(), entry));
        Ok(by_id.collect())
    }

    /// Compares one binary with itself.
    fn link_orders(&mut self, judge: Judge, pairs: u32) -> anyhow::Result<Vec<Verdicts>> {
        let preparation = Preparation {
            one_link_order: judge == Judge::OneLinkOrder,
            ..Preparation::default()
        };
        let (mut line, mut control) = (empty(judge), empty(Judge::PooledSamples));
        let again = self.entries_of(&self.base)?;
        for _ in 0..pairs {
            let sides = [preparation.clone(), preparation.clone()];
            let head = (&self.base.clone(), &again);
            let compared = self.compare(head, sides, &Slowed::default(), false)?;
            compared.add_to(&mut line, &mut control, |_| true);
            say(&sentence(&line))?;
        }
        Ok(match judge {
            Judge::Compare => vec![line, control],
            _ => vec![line],
        })
    }

    /// Compares builds that differ by functions that no case calls.
    fn unrelated(&mut self) -> anyhow::Result<Vec<Verdicts>> {
        let (mut line, mut control) = (empty(Judge::Compare), empty(Judge::PooledSamples));
        let mut criterion = empty(Judge::SavedBaseline);
        for build in 1..=self.arguments.builds {
            let variables = [(UNRELATED, &*build.to_string())];
            let head =
                runner::build_to_shuffle(&self.heads, self.target, &self.triple, &variables)?;
            let entries = self.entries_of(&head)?;
            let sides = [Preparation::default(), Preparation::default()];
            let compared = self.compare((&head, &entries), sides, &Slowed::default(), false)?;
            // If instructions differ, the compiler generated other code from the same source.
            let is_same = |id: &String| match (self.entries.get(id), entries.get(id)) {
                (Some(base), Some(head)) => !have_other_instructions(base, head),
                _ => false,
            };
            compared.add_to(&mut line, &mut control, is_same);
            (line.builds, control.builds) = (build, build);
            say(&sentence(&line))?;
            if build % PER_BASELINE == 1 {
                let cases = self.draw();
                let found = saved_baseline::verdicts(&self.base.binary, &head.binary, &cases)?;
                criterion.comparisons += 1;
                criterion.builds += 1;
                criterion.cases += found[0];
                criterion.worse += found[1];
                criterion.better += found[2];
                say(&sentence(&criterion))?;
            }
        }
        Ok(vec![line, control, criterion])
    }

    /// Compares a binary with itself while some cases are slowed by `percent`, visibly or
    /// invisibly.
    fn slowed(&mut self, percent: u32, is_thorough: bool) -> anyhow::Result<Vec<Verdicts>> {
        let line = |judge, planted: Option<Planted>| Verdicts {
            slower_percent: if planted.is_some() { percent } else { 0 },
            planted,
            ..empty(judge)
        };
        let kinds = [Some(Planted::Visible), Some(Planted::Invisible), None];
        let mut lines = kinds.map(|planted| {
            [Judge::Compare, Judge::PooledSamples].map(|judge| line(judge, planted))
        });
        for _ in 0..SLOWED_COMPARISONS {
            let slowed = self.draw_slowed(percent)?;
            let side = |percent| Preparation {
                slower_percent: slowed.all().map(|id| (id.clone(), percent)).collect(),
                one_link_order: false,
            };
            let head = (&self.base.clone(), &self.entries.clone());
            let compared = self.compare(head, [side(0), side(percent)], &slowed, is_thorough)?;
            for [line, control] in &mut lines {
                let planted = line.planted;
                compared.add_to(line, control, |id| slowed.planted(id) == planted);
                say(&sentence(line))?;
            }
        }
        // The line of the unchanged cases is printed, but it is not part of the record.
        let [visible, invisible, _] = lines;
        Ok([visible, invisible].concat())
    }

    /// Draws the cases to slow among those that are fast enough: a batch of a slow case has too few
    /// iterations to add a few percent to them. A case is tested with a batch of a third of the
    /// usual length, so it can be slowed in every launch.
    fn draw_slowed(&mut self, percent: u32) -> anyhow::Result<Slowed> {
        let launch = Launch {
            heap_seed: 0,
            batches: 1,
            batch_microseconds: 50,
            slower_percent: Some(percent),
        };
        let mut binary = self.binary(&self.base);
        let mut ids = self.draw();
        ids.retain(|id| {
            let told = binary.time(id, 0, launch);
            told.is_ok_and(|batches| !batches.picoseconds.is_empty())
        });
        let each = SLOWED.min(ids.len() / 2);
        Ok(Slowed {
            visible: ids[..each].to_vec(),
            invisible: ids[each..2 * each].to_vec(),
        })
    }

    /// Draws the cases of one comparison.
    fn draw(&mut self) -> Vec<String> {
        self.random.shuffle(&mut self.cases);
        let wanted = self.arguments.cases.min(self.cases.len());
        let drawn = self.cases[..wanted].iter();
        drawn.map(|case| case.id.clone()).collect()
    }

    fn compare(
        &mut self,
        (head, entries): (&Built, &BTreeMap<String, Entry>),
        sides: [Preparation; 2],
        slowed: &Slowed,
        thorough: bool,
    ) -> anyhow::Result<Compared> {
        let drawn: Vec<String> = slowed.all().cloned().collect();
        let others = self.draw().into_iter().filter(|id| !drawn.contains(id));
        let others: Vec<String> = others.collect();
        let room = self.arguments.cases.saturating_sub(drawn.len());
        let cases = drawn.iter().chain(others.iter().take(room));
        let priors = cases.filter_map(|id| {
            let known = Prior::new(self.entries.get(id)?, entries.get(id)?);
            let is_shown = slowed.visible.contains(id);
            let prior = if is_shown { Prior::Changed } else { known };
            Some((id.clone(), prior))
        });
        let priors: BTreeMap<String, Prior> = priors.collect();
        let plan = TimeArguments {
            thorough,
            seed: Some(self.random.u32(..)),
            time_budget: self.arguments.time_budget,
            ..TimeArguments::default()
        }
        .plan();
        let [of_base, of_head] = sides;
        let mut base = Prepared::new(self.binary(&self.base), of_base);
        let mut head = Prepared::new(self.binary(head), of_head);
        let paired = runner::pair(&mut base, &mut head, priors, &plan, &mut Silent)?;
        if let Some(reason) = &paired.not_shuffled {
            bail!("cannot calibrate: the linker cannot randomise the link order ({reason})");
        }
        // A slowed case may have too few iterations; no other case may fail.
        let mut failures = paired.failed_in_base.iter().chain(&paired.failed_in_head);
        if let Some(failure) = failures.find(|failure| !drawn.contains(&failure.id)) {
            bail!("{}: {}", failure.id, failure.reason);
        }
        let of_head: BTreeMap<String, Vec<u64>> = head
            .batches
            .into_iter()
            .map(|(id, batches)| (id, batches.into_iter().map(|(_, time)| time).collect()))
            .collect();
        let first = base.batches.into_iter().filter_map(|(id, batches)| {
            // Odd link orders belong to the base's second launches.
            let own = batches
                .into_iter()
                .filter(|(link_order, _)| link_order % 2 == 0);
            let own = own.map(|(_, time)| time).collect();
            let head = of_head.get(&id).cloned()?;
            let rounds = &paired.times.rounds;
            rounds.contains_key(&id).then_some((id, [own, head]))
        });
        Ok(Compared {
            batches: first.collect(),
            rounds: plan.rounds,
            seconds: plan.budget.as_secs(),
            times: paired.times,
        })
    }

    fn binary<'b>(&self, built: &Built) -> Binary<'b> {
        static NEVER: AtomicBool = AtomicBool::new(false);
        let launcher = Launcher::new(built.binary.clone(), Duration::from_secs(60), &NEVER);
        Binary::new(built.clone(), &self.workspace.target, launcher)
    }
}

/// Whether the instructions of two builds of a case differ: their ranges do not overlap.
fn have_other_instructions(base: &Entry, head: &Entry) -> bool {
    let range = |entry: &Entry| {
        let value = entry.instructions.as_ref()?;
        let one = value.value?;
        let spread = value.spread.map(|spread| (spread.min, spread.max));
        Some(spread.unwrap_or((one, one)))
    };
    match (range(base), range(head)) {
        (Some((low, high)), Some((lowest, highest))) => high < lowest || highest < low,
        _ => false,
    }
}

/// The cases of one comparison that are slowed.
#[derive(Default)]
struct Slowed {
    /// Cases for which the comparison is given the prior that their instructions changed.
    visible: Vec<String>,
    /// Cases for which the comparison is not given that prior.
    invisible: Vec<String>,
}

impl Slowed {
    fn planted(&self, id: &String) -> Option<Planted> {
        if self.visible.contains(id) {
            Some(Planted::Visible)
        } else {
            self.invisible.contains(id).then_some(Planted::Invisible)
        }
    }

    fn all(&self) -> impl Iterator<Item = &String> {
        self.visible.iter().chain(&self.invisible)
    }
}
