//! The tools that stages need beyond cargo and rustc: how to see that one is there, and what
//! installs it. Installs nothing itself: that is [`setup`](super::setup).

use super::step::Step;

/// Where a tool comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A package of Debian and its kin.
    Debian(&'static str),
    /// Components of the toolchain in use.
    Component(&'static str),
    /// Components of a nightly toolchain.
    NightlyComponents(&'static str),
    /// Packages from npm, in a folder of their own.
    Npm(&'static str),
    /// A package from PyPI, in a virtual environment of its own.
    Python(&'static str),
    /// A program that cargo installs.
    Crate(&'static str),
}

/// A tool that a stage needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tool {
    /// What it is called in a message.
    pub name: &'static str,
    /// A command that succeeds only where the tool works, without any effect.
    pub probe: &'static str,
    pub source: Source,
}

pub const RUSTFMT: Tool = Tool {
    name: "rustfmt",
    probe: "cargo fmt --version",
    source: Source::Component("rustfmt"),
};

pub const CLIPPY: Tool = Tool {
    name: "clippy",
    probe: "cargo clippy --version",
    source: Source::Component("clippy"),
};

/// `cargo` here is the one of the toolchain in use, which knows no `+nightly`: that is a word of
/// rustup's proxy. `rustup run` never installs a toolchain by itself.
pub const MIRI: Tool = Tool {
    name: "Miri",
    probe: "rustup run nightly cargo miri --version",
    source: Source::NightlyComponents("miri rust-src"),
};

/// Debian splits off `ensurepip`, and without it `python3 -m venv` starts but fails half-way.
pub const VENV: Tool = Tool {
    name: "Python's venv",
    probe: "python3 -m ensurepip --version",
    source: Source::Debian("python3-venv"),
};

pub const CHECK_JSONSCHEMA: Tool = Tool {
    name: "check-jsonschema",
    probe: "target/test-tools/bin/check-jsonschema --version",
    source: Source::Python("check-jsonschema==0.39.0"),
};

pub const CARGO_FUZZ: Tool = Tool {
    name: "cargo-fuzz",
    probe: "rustup run nightly cargo fuzz --version",
    source: Source::Crate("cargo-fuzz"),
};

pub const CHROMIUM: Tool = Tool {
    name: "Chromium",
    probe: "/usr/bin/chromium --version",
    source: Source::Debian("chromium"),
};

pub const NODE: Tool = Tool {
    name: "Node.js",
    probe: "npm --version",
    source: Source::Debian("nodejs npm"),
};

/// What drives the browser and what judges a page; neither brings a browser of its own.
pub const PAGE_CHECKS: Tool = Tool {
    name: "playwright-core and axe-core",
    probe: "node -e require.resolve('./target/test-tools/node_modules/playwright-core');require.resolve('./target/test-tools/node_modules/axe-core')",
    source: Source::Npm("playwright-core@1.65.1 axe-core@4.14.1"),
};

/// Records belong to commits, so that the tests of `report` need one.
pub const GIT: Tool = Tool {
    name: "git",
    probe: "git --version",
    source: Source::Debian("git"),
};

pub const HEAPTRACK: Tool = Tool {
    name: "heaptrack",
    probe: "heaptrack --version",
    source: Source::Debian("heaptrack"),
};

pub const VALGRIND: Tool = Tool {
    name: "valgrind",
    probe: "valgrind --version",
    source: Source::Debian("valgrind"),
};

/// What to do about the first of `tools` that is not there.
pub fn missing(tools: &[Tool]) -> Option<String> {
    let tool = tools.iter().find(|tool| !tool.is_there())?;
    Some(format!(
        "{} is missing; `cargo xtask test --setup` installs it, or by hand: {}",
        tool.name,
        tool.by_hand()
    ))
}

impl Tool {
    /// Whether it works here.
    pub fn is_there(&self) -> bool {
        Step::new(self.probe).succeeds_silently()
    }

    /// The line for a shell that installs it.
    pub fn by_hand(&self) -> String {
        match self.source {
            Source::Debian(package) => format!("sudo apt-get install {package}"),
            Source::Component(name) => format!("rustup component add {name}"),
            Source::NightlyComponents(names) => {
                let components = names.replace(' ', " --component ");
                format!("rustup toolchain install nightly --component {components}")
            }
            Source::Crate(name) => format!("cargo install {name}"),
            Source::Npm(packages) => npm(packages),
            Source::Python(package) => format!(
                "python3 -m venv target/test-tools && target/test-tools/bin/pip install {package}"
            ),
        }
    }
}

/// The line that installs packages from npm beside the other tools.
pub fn npm(packages: &str) -> String {
    format!("npm install --prefix target/test-tools --no-save --no-audit --no-fund {packages}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_tool_is_named_with_what_installs_it() {
        let tool = Tool {
            name: "the planted tool",
            probe: "no-such-program --version",
            source: Source::Debian("no-such-package"),
        };
        let sentence = missing(&[tool]).expect("it is missing");
        assert!(sentence.starts_with("the planted tool is missing; `cargo xtask test --setup`"));
        assert!(sentence.ends_with("sudo apt-get install no-such-package"));
    }

    #[test]
    fn nothing_is_said_where_nothing_is_missing() {
        let cargo = Tool {
            name: "cargo",
            probe: "cargo --version",
            source: Source::Debian("cargo"),
        };
        assert_eq!(missing(&[cargo]), None);
    }
}
