//! The arguments that cargo, cargo-nextest and developers give to a test target without libtest.
//! It accepts those of libtest and refuses all others. An ignored argument would make a run look
//! as if it had followed it.

/// Selects the tests to run.
#[derive(Debug, Default)]
pub struct Arguments {
    pub list: bool,
    exact: bool,
    ignored: bool,
    filters: Vec<String>,
    skipped: Vec<String>,
}

/// Options of libtest without an effect here: tests run one by one, and output is not captured.
const WITHOUT_VALUE: [&str; 11] = [
    "--nocapture",
    "--no-capture",
    "--show-output",
    "--quiet",
    "-q",
    "--include-ignored",
    "--test",
    "--bench",
    "--report-time",
    "--ensure-time",
    "--force-run-in-process",
];
const WITH_VALUE: [&str; 5] = ["--format", "--color", "--test-threads", "--logfile", "-Z"];

impl Arguments {
    /// Parses the arguments of the program.
    ///
    /// # Errors
    ///
    /// A sentence for the user, if an option is unknown or lacks its value.
    pub fn parse(given: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self::default();
        let mut given = given.into_iter();
        while let Some(argument) = given.next() {
            let (name, attached) = match argument.split_once('=') {
                Some((name, value)) if name.starts_with('-') => (name, Some(value.to_owned())),
                _ => (&*argument, None),
            };
            let has_value = name == "--skip" || WITH_VALUE.contains(&name);
            if has_value {
                let value = attached.or_else(|| given.next());
                let value = value.ok_or_else(|| format!("option `{name}` needs a value"))?;
                if name == "--skip" {
                    arguments.skipped.push(value);
                }
                continue;
            }
            match &*argument {
                "--list" => arguments.list = true,
                "--exact" => arguments.exact = true,
                "--ignored" => arguments.ignored = true,
                known if WITHOUT_VALUE.contains(&known) => {}
                unknown if unknown.starts_with('-') => {
                    return Err(format!("unknown option `{unknown}`"));
                }
                filter => arguments.filters.push(filter.to_owned()),
            }
        }
        Ok(arguments)
    }

    /// Whether a test is to be run. No test is ignored, so `--ignored` selects none.
    pub fn selects(&self, name: &str) -> bool {
        let matches = |filter: &String| {
            if self.exact {
                name == filter
            } else {
                name.contains(filter)
            }
        };
        !self.ignored
            && (self.filters.is_empty() || self.filters.iter().any(matches))
            && !self.skipped.iter().any(matches)
    }
}
