//! Plans what `--setup` installs. What it can install becomes a stage; for the rest, it prints the
//! commands. It checks nothing. Except for cargo, which downloads crates, this is the only part of
//! the task that uses the network.

use std::time::Duration;

use super::stage::{Stage, Tier};
use super::step::Step;
use super::tool::{
    CHECK_JSONSCHEMA, CHROMIUM, CLIPPY, GIT, HEAPTRACK, MIRI, NODE, PAGE_CHECKS, RUSTFMT, Source,
    Tool, VALGRIND, VENV, npm,
};

/// What can be installed on this machine without a question.
#[derive(Clone, Copy, Debug)]
pub struct Machine {
    /// Debian packages: apt-get exists and the user is root.
    packages: bool,
    /// Components of Rust toolchains.
    rustup: bool,
    /// A nightly toolchain is installed. The task never installs one: the user decides that.
    nightly: bool,
}

impl Machine {
    fn probe() -> Self {
        let works = |line| Step::new(line).succeeds_silently();
        let root = Step::new("id -u").answer().is_some_and(|user| user == "0");
        Self {
            packages: root && works("apt-get --version"),
            rustup: works("rustup --version"),
            nightly: works("rustup run nightly rustc --version"),
        }
    }
}

/// All tools that stages need, in the order of installation.
const TOOLS: [Tool; 11] = [
    GIT,
    VALGRIND,
    HEAPTRACK,
    VENV,
    CHROMIUM,
    NODE,
    RUSTFMT,
    CLIPPY,
    MIRI,
    CHECK_JSONSCHEMA,
    PAGE_CHECKS,
];

/// The installation of the missing tools.
#[derive(Default)]
struct Plan {
    packages: Vec<&'static str>,
    steps: Vec<Step>,
    by_hand: Vec<String>,
}

/// The stage that installs what is missing, and a line for every tool that it cannot install.
pub fn stage() -> (Stage, Vec<String>) {
    let missing: Vec<Tool> = TOOLS.into_iter().filter(|tool| !tool.is_there()).collect();
    let plan = Plan::new(&missing, Machine::probe());
    let by_hand = plan.by_hand.clone();
    let stage = Stage {
        name: "setup",
        tier: Tier::Quick,
        claim: "the tools of the later stages are installed, if that is possible on this machine",
        needs: Vec::new(),
        budget: Duration::from_secs(180),
        steps: plan.into_steps(),
        is_beside: false,
    };
    (stage, by_hand)
}

impl Plan {
    fn new(missing: &[Tool], machine: Machine) -> Self {
        let mut plan = Self::default();
        for tool in missing {
            match tool.source {
                Source::Debian(package) if machine.packages => plan.packages.push(package),
                Source::Component(name) if machine.rustup => {
                    plan.install(&format!("rustup component add {name}"));
                }
                Source::NightlyComponents(names) if machine.nightly => {
                    plan.install(&format!("rustup component add --toolchain nightly {names}"));
                }
                Source::Npm(packages) if machine.packages || !missing.contains(&NODE) => {
                    plan.install(&npm(packages));
                }
                Source::Python(package) if machine.packages || !missing.contains(&VENV) => {
                    plan.install("python3 -m venv target/test-tools");
                    plan.install(&format!(
                        "target/test-tools/bin/pip install --quiet --disable-pip-version-check {package}"
                    ));
                }
                _ => plan.by_hand.push(format!(
                    "{} is missing; install it with `{}`",
                    tool.name,
                    tool.by_hand()
                )),
            }
        }
        if machine.nightly {
            // Miri builds its own standard library from crates that it downloads once.
            plan.install("rustup run nightly cargo miri setup");
        }
        plan
    }

    fn install(&mut self, line: &str) {
        self.steps.push(Step::new(line));
    }

    /// The steps. Packages come first, because other steps may need them.
    fn into_steps(self) -> Vec<Step> {
        let mut steps = Vec::new();
        if !self.packages.is_empty() {
            let packages = self.packages.join(" ");
            steps.push(Step::new("apt-get update -qq"));
            steps.push(
                Step::new(&format!(
                    "apt-get install -qq -y --no-install-recommends {packages}"
                ))
                .environment("DEBIAN_FRONTEND", "noninteractive"),
            );
        }
        steps.extend(self.steps);
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Machine = Machine {
        packages: false,
        rustup: false,
        nightly: false,
    };

    fn lines(plan: Plan) -> Vec<String> {
        let steps = plan.into_steps();
        steps.iter().map(Step::to_string).collect()
    }

    #[test]
    fn nothing_is_installed_if_nothing_is_missing() {
        assert!(lines(Plan::new(&[], NOTHING)).is_empty());
    }

    #[test]
    fn what_cannot_be_installed_is_named_with_its_command() {
        let plan = Plan::new(&TOOLS, NOTHING);
        for (tool, line) in TOOLS.iter().zip(&plan.by_hand) {
            assert_eq!(
                *line,
                format!(
                    "{} is missing; install it with `{}`",
                    tool.name,
                    tool.by_hand()
                )
            );
        }
        assert!(lines(plan).is_empty());
    }

    #[test]
    fn root_gets_the_missing_packages_before_what_builds_on_them() {
        let machine = Machine {
            packages: true,
            ..NOTHING
        };
        let lines = lines(Plan::new(&[VENV, CHECK_JSONSCHEMA], machine));
        assert_eq!(lines[0], "apt-get update -qq");
        assert!(lines[1].ends_with("--no-install-recommends python3-venv"));
        assert_eq!(lines[2], "python3 -m venv target/test-tools");
        assert!(lines[3].ends_with("check-jsonschema==0.39.0"));
    }

    #[test]
    fn no_nightly_toolchain_is_fetched() {
        let machine = Machine {
            rustup: true,
            ..NOTHING
        };
        let plan = Plan::new(&[CLIPPY, MIRI], machine);
        assert!(plan.by_hand[0].contains("rustup toolchain install nightly"));
        assert_eq!(lines(plan), ["rustup component add clippy"]);
    }
}
