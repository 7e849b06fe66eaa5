//! How often comparisons of times are wrong, and how often they see what is there.
//!
//! ```text
//!  base ┬─ the same binary, other layouts ───────────┐
//!       ├─ builds that differ by unrelated functions ┼▶ pairs, as `compare` takes them ─▶ verdicts
//!       └─ the same binary, slowed by 2, 5, 10 % ────┘
//!  controls: one layout a side · the same batches pooled · criterion against its baseline
//! ```
//!
//! Each comparison draws its cases anew, so that a condition speaks of the suite.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::bail;
use heapmark::analysis::{SMALLEST_CHANGE, TimeVerdict, times, undecided};
use heapmark::cli::TimeArguments;
use heapmark::event::Silent;
use heapmark::launch::Launcher;
use heapmark::record::{Judge, Verdicts};
use heapmark::runner::{self, Binary, Built, Environment, Paired, Suite as _, Target, Workspace};

use super::prepared::{Preparation, Prepared};
use super::{Arguments, Found, pooled, saved_baseline, say};

/// How often an unchanged case may be called changed, and one that is five percent slower has to
/// be called slower.
const WRONG: f64 = 0.01;
const SEEN_AT_5_PERCENT: f64 = 0.9;

/// What the suite reads to know which functions to add that no case calls.
pub(super) const UNRELATED: &str = "HEAPMARK_UNRELATED";

/// Of so many builds one is also judged by criterion, which takes long.
const PER_BASELINE: u32 = 5;

pub(super) fn measure(
    arguments: &Arguments,
    workspace: &Workspace,
    target: &Target,
    environment: &Environment,
) -> anyhow::Result<Found> {
    let seed = arguments.effort.seed.unwrap_or_else(|| fastrand::u32(..));
    say(&format!("      Seed  {seed}"))?;
    let mut study = Study::new(arguments, workspace, target, environment, seed)?;
    let pairs = (arguments.builds / 5).max(1);
    let mut lines = Vec::new();
    lines.extend(study.layouts(Judge::Compare, pairs)?);
    lines.extend(study.layouts(Judge::OneLayout, pairs)?);
    lines.extend(study.unrelated()?);
    for (percent, is_thorough) in [(10, false), (5, false), (2, false), (2, true)] {
        lines.extend(study.slowed(percent, is_thorough)?);
    }
    Ok(Found {
        is_missed: lines.iter().any(is_missed),
        verdicts: lines,
        ..Found::default()
    })
}

fn is_missed(line: &Verdicts) -> bool {
    let cases = f64::from(line.cases.max(1));
    match (line.judge, line.slower_percent) {
        (Judge::Compare, 0) => f64::from(line.worse + line.better) / cases > WRONG,
        (Judge::Compare, 5) => f64::from(line.worse) / cases < SEEN_AT_5_PERCENT,
        _ => false,
    }
}

struct Study<'a> {
    arguments: &'a Arguments,
    workspace: &'a Workspace,
    /// The same, built in a folder of its own: the base and its heads have to lie side by side.
    heads: Workspace,
    target: &'a Target,
    triple: String,
    base: Built,
    cases: Vec<String>,
    random: fastrand::Rng,
}

impl<'a> Study<'a> {
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
        let mut study = Self {
            arguments,
            workspace,
            heads,
            target,
            triple,
            base,
            cases: Vec::new(),
            random: fastrand::Rng::with_seed(u64::from(seed)),
        };
        let listing = study.binary(&study.base).list()?;
        let chosen = heapmark::harness::select_matching(
            arguments.filter.as_deref(),
            &listing.cases,
            |case| case.id.clone(),
        )?;
        study.cases = chosen.into_iter().map(|case| case.id).collect();
        Ok(study)
    }

    /// One binary against itself.
    fn layouts(&mut self, judge: Judge, pairs: u32) -> anyhow::Result<Vec<Verdicts>> {
        let preparation = Preparation {
            one_layout: judge == Judge::OneLayout,
            ..Preparation::default()
        };
        let (mut line, mut control) = (empty(judge), empty(Judge::PooledSamples));
        for _ in 0..pairs {
            let compared = self.compare(&self.base.clone(), [preparation; 2], false)?;
            compared.add_to(&mut line, &mut control);
            say(&sentence(&line))?;
        }
        Ok(match judge {
            Judge::Compare => vec![line, control],
            _ => vec![line],
        })
    }

    /// Builds that differ by functions that no case calls.
    fn unrelated(&mut self) -> anyhow::Result<Vec<Verdicts>> {
        let (mut line, mut control) = (empty(Judge::Compare), empty(Judge::PooledSamples));
        let mut criterion = empty(Judge::SavedBaseline);
        for build in 1..=self.arguments.builds {
            let variables = [(UNRELATED, &*build.to_string())];
            let head =
                runner::build_to_shuffle(&self.heads, self.target, &self.triple, &variables)?;
            let compared = self.compare(&head, [Preparation::default(); 2], false)?;
            compared.add_to(&mut line, &mut control);
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

    /// The same binary, slowed by so much.
    fn slowed(&mut self, percent: u32, is_thorough: bool) -> anyhow::Result<Vec<Verdicts>> {
        let side = |percent| Preparation {
            slower_percent: Some(percent),
            one_layout: false,
        };
        let (mut line, mut control) = (empty(Judge::Compare), empty(Judge::PooledSamples));
        (line.slower_percent, control.slower_percent) = (percent, percent);
        let head = self.base.clone();
        let compared = self.compare(&head, [side(0), side(percent)], is_thorough)?;
        compared.add_to(&mut line, &mut control);
        say(&sentence(&line))?;
        Ok(vec![line, control])
    }

    /// The cases of one comparison.
    fn draw(&mut self) -> Vec<String> {
        self.random.shuffle(&mut self.cases);
        let wanted = self.arguments.cases.min(self.cases.len());
        self.cases[..wanted].to_vec()
    }

    fn compare(
        &mut self,
        head: &Built,
        sides: [Preparation; 2],
        thorough: bool,
    ) -> anyhow::Result<Compared> {
        let cases = self.draw();
        let plan = TimeArguments {
            thorough,
            seed: Some(self.random.u32(..)),
            ..TimeArguments::default()
        }
        .plan();
        let mut base = Prepared::new(self.binary(&self.base), sides[0]);
        let mut head = Prepared::new(self.binary(head), sides[1]);
        let is_slowed = sides[1].slower_percent.is_some();
        let paired = runner::pair(&mut base, &mut head, &cases, &plan, undecided, &mut Silent)?;
        if let Some(reason) = &paired.not_shuffled {
            bail!("the code cannot be laid out anew ({reason}), so there is nothing to calibrate");
        }
        // What is too slow to be slowed by a percent is left out, and nothing else may be.
        let failure = paired
            .failed_in_base
            .iter()
            .chain(&paired.failed_in_head)
            .next();
        if let Some(failure) = failure.filter(|_| !is_slowed) {
            bail!("{} {}", failure.id, failure.reason);
        }
        let of_head: BTreeMap<String, Vec<u64>> = head
            .batches
            .into_iter()
            .map(|(id, batches)| (id, batches.into_iter().map(|(_, time)| time).collect()))
            .collect();
        let first = base.batches.into_iter().filter_map(|(id, batches)| {
            // The odd layouts are the base's second ones.
            let own = batches.into_iter().filter(|(layout, _)| layout % 2 == 0);
            let own = own.map(|(_, time)| time).collect();
            let head = of_head.get(&id).cloned()?;
            paired.units.contains_key(&id).then_some((id, [own, head]))
        });
        Ok(Compared {
            batches: first.collect(),
            units: plan.units,
            paired,
        })
    }

    fn binary<'b>(&self, built: &Built) -> Binary<'b> {
        static NEVER: AtomicBool = AtomicBool::new(false);
        let launcher = Launcher::new(built.binary.clone(), Duration::from_secs(60), &NEVER);
        Binary::new(built.clone(), &self.workspace.target, launcher)
    }
}

/// One comparison, for both ways of judging it.
struct Compared {
    paired: Paired,
    batches: BTreeMap<String, [Vec<u64>; 2]>,
    units: u32,
}

impl Compared {
    fn add_to(&self, line: &mut Verdicts, control: &mut Verdicts) {
        let times = times(&self.paired.units, SMALLEST_CHANGE);
        for change in times.changes.values() {
            let count = match change.verdict {
                TimeVerdict::Worse => &mut line.worse,
                TimeVerdict::Better => &mut line.better,
                TimeVerdict::Undecided => &mut line.undecided,
                TimeVerdict::Withheld => &mut line.withheld,
                TimeVerdict::Same => continue,
            };
            *count += 1;
        }
        let (worse, better) = pooled::verdicts(&self.batches);
        control.worse += worse;
        control.better += better;
        for line in [line, control] {
            line.units = self.units;
            line.comparisons += 1;
            line.cases += u32::try_from(self.paired.units.len()).unwrap_or(u32::MAX);
        }
    }
}

fn empty(judge: Judge) -> Verdicts {
    Verdicts {
        judge,
        builds: 0,
        slower_percent: 0,
        units: 0,
        comparisons: 0,
        cases: 0,
        worse: 0,
        better: 0,
        undecided: 0,
        withheld: 0,
    }
}

fn sentence(line: &Verdicts) -> String {
    format!(
        "  Verdicts  {:?}, {} other builds, slowed by {} %: {} comparisons, {} cases: {} worse, {} better, {} undecided, {} withheld",
        line.judge,
        line.builds,
        line.slower_percent,
        line.comparisons,
        line.cases,
        line.worse,
        line.better,
        line.undecided,
        line.withheld
    )
}
