//! The tools that stages need besides cargo and rustc: how to detect them, and how to install them.
//! [`setup`](super::setup) installs them.

use super::step::Step;

/// Where a tool comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A package of Debian or a derived distribution.
    Debian(&'static str),
    /// Components of the toolchain in use.
    Component(&'static str),
    /// Components of a nightly toolchain.
    NightlyComponents(&'static str),
    /// Packages from npm, in a separate folder.
    Npm(&'static str),
    /// A package from PyPI, in a separate virtual environment.
    Python(&'static str),
    /// A program that cargo installs.
    Crate(&'static str),
}

/// A tool that a stage needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tool {
    /// Its name in messages.
    pub name: &'static str,
    /// A command without side effects that succeeds only if the tool works.
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

/// `cargo` is that of the current toolchain and does not know `+nightly`, which is an argument of
/// rustup's proxy. `rustup run` never installs a toolchain.
pub const MIRI: Tool = Tool {
    name: "Miri",
    probe: "rustup run nightly cargo miri --version",
    source: Source::NightlyComponents("miri rust-src"),
};

/// Debian has a separate package for `ensurepip`. Without it, `python3 -m venv` starts but fails.
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

/// They drive the browser and check a page. Neither of them contains a browser.
pub const PAGE_CHECKS: Tool = Tool {
    name: "playwright-core and axe-core",
    probe: "node -e require.resolve('./target/test-tools/node_modules/playwright-core');require.resolve('./target/test-tools/node_modules/axe-core')",
    source: Source::Npm("playwright-core@1.65.1 axe-core@4.14.1"),
};

/// Records belong to commits, so the tests of `report` need git.
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

/// An error message about the first of `tools` that is missing.
pub fn missing(tools: &[Tool]) -> Option<String> {
    let tool = tools.iter().find(|tool| !tool.is_there())?;
    Some(format!(
        "{} is missing; run `cargo xtask test --setup`, or install it with `{}`",
        tool.name,
        tool.by_hand()
    ))
}

impl Tool {
    /// Whether the tool works on this machine.
    pub fn is_there(&self) -> bool {
        Step::new(self.probe).succeeds_silently()
    }

    /// The shell command that installs the tool.
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

/// The shell command that installs packages from npm in the folder of the other tools.
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
        assert!(
            sentence.starts_with("the planted tool is missing; run `cargo xtask test --setup`")
        );
        assert!(sentence.ends_with("`sudo apt-get install no-such-package`"));
    }

    #[test]
    fn there_is_no_message_if_nothing_is_missing() {
        let cargo = Tool {
            name: "cargo",
            probe: "cargo --version",
            source: Source::Debian("cargo"),
        };
        assert_eq!(missing(&[cargo]), None);
    }
}
