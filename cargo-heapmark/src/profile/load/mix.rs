//! The requests that are sent to a server, from a TOML file.

use serde::Deserialize;

/// The highest sum of the weights of a mix.
const HEAVIEST: u32 = 10_000;

/// The kinds of requests, and how often each is sent.
///
/// ```
/// use cargo_heapmark::profile::load::Mix;
///
/// let mix = Mix::parse(
///     r#"
///     [[request]]
///     path = "/users/{i}"
///     weight = 3
///
///     [[request]]
///     method = "POST"
///     path = "/api/users"
///     body = '{"name":"user {i}"}'
///     status = 201
///     "#,
/// )?;
/// assert_eq!(mix.cycle(), 4);
/// # Ok::<(), cargo_heapmark::profile::load::MixError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Mix {
    requests: Vec<Kind>,
    /// Indices into `requests`: one cycle of the schedule, spread by weight.
    schedule: Vec<usize>,
}

/// One kind of request.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kind {
    #[serde(default = "get")]
    pub method: String,
    /// Begins with `/`; `{i}` is replaced by the number of the request.
    pub path: String,
    /// The body, sent as JSON.
    pub body: Option<String>,
    #[serde(default = "once")]
    pub weight: u32,
    #[serde(default = "ok")]
    pub status: u16,
}

fn get() -> String {
    String::from("GET")
}

fn once() -> u32 {
    1
}

fn ok() -> u16 {
    200
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    request: Vec<Kind>,
}

/// Why a text is not a mix.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MixError {
    /// The text is not TOML with the expected keys.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    /// A request cannot be sent, or the weights add up to 0 or to too much.
    #[error("{0}")]
    Request(String),
}

impl Mix {
    /// Reads `[[request]]` tables: `method` (GET), `path`, `body`, `weight` (1), `status` (200).
    ///
    /// # Errors
    ///
    /// If the text has other keys, a path does not begin with `/`, a method is not an HTTP method,
    /// or the weights add up to 0 or to more than 10,000.
    pub fn parse(text: &str) -> Result<Self, MixError> {
        let requests = toml::from_str::<File>(text)?.request;
        for kind in &requests {
            if !kind.path.starts_with('/') {
                let said = format!("path `{}` does not begin with `/`", kind.path);
                return Err(MixError::Request(said));
            }
            if hyper::Method::from_bytes(kind.method.as_bytes()).is_err() {
                let said = format!("`{}` is not an HTTP method", kind.method);
                return Err(MixError::Request(said));
            }
            let path = kind.path.replace("{i}", "0");
            if path.parse::<hyper::Uri>().is_err() {
                let said = format!("`{}` is not a valid URL path", kind.path);
                return Err(MixError::Request(said));
            }
        }
        let total: u64 = requests.iter().map(|kind| u64::from(kind.weight)).sum();
        if total == 0 || total > u64::from(HEAVIEST) {
            let said = format!("the weights add up to {total}; use 1 to {HEAVIEST} in total");
            return Err(MixError::Request(said));
        }
        let schedule = spread(&requests, total);
        Ok(Self { requests, schedule })
    }

    /// The number of requests after which the schedule repeats. Rounds whose length is a multiple
    /// of it send equal requests.
    pub fn cycle(&self) -> u64 {
        self.schedule.len() as u64
    }

    /// Each kind of request as a separate mix, with a name such as `GET /users/{i}`.
    pub fn each(&self) -> Vec<(String, Self)> {
        let kinds = self.requests.iter().map(|kind| {
            let alone = Self {
                requests: vec![kind.clone()],
                schedule: vec![0],
            };
            (format!("{} {}", kind.method, kind.path), alone)
        });
        kinds.collect()
    }

    pub(super) fn kind(&self, number: u64) -> &Kind {
        let place = number % self.cycle();
        &self.requests[self.schedule[place as usize]]
    }
}

/// Smooth weighted round robin: a kind that makes up a third of the requests is sent every third
/// time.
fn spread(requests: &[Kind], total: u64) -> Vec<usize> {
    let total = total as i64;
    let mut credit = vec![0_i64; requests.len()];
    let mut schedule = Vec::new();
    for _ in 0..total {
        for (credit, kind) in credit.iter_mut().zip(requests) {
            *credit += i64::from(kind.weight);
        }
        let most = (0..credit.len()).max_by_key(|&index| (credit[index], -(index as i64)));
        let Some(most) = most else { break };
        credit[most] -= total;
        schedule.push(most);
    }
    schedule
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_spread_over_a_turn() {
        let mix = Mix::parse(
            "[[request]]\npath = '/a'\nweight = 3\n[[request]]\npath = '/b'\nweight = 1\n",
        )
        .unwrap();
        let paths: Vec<_> = (0..8).map(|i| mix.kind(i).path.as_str()).collect();
        assert_eq!(paths, ["/a", "/a", "/b", "/a", "/a", "/a", "/b", "/a"]);
    }

    #[test]
    fn each_kind_is_a_mix_of_its_own() {
        let mix =
            Mix::parse("[[request]]\npath = '/a'\nweight = 3\n[[request]]\npath = '/b'\n").unwrap();
        let each = mix.each();
        let names: Vec<_> = each.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["GET /a", "GET /b"]);
        assert_eq!(
            (each[1].1.cycle(), each[1].1.kind(5).path.as_str()),
            (1, "/b")
        );
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        for text in [
            "",
            "[[request]]\npath = 'a'\n",
            "[[request]]\npath = '/a b'\n",
            "[[request]]\npath = '/'\nmethod = 'G T'\n",
            "[[request]]\npath = '/'\nweight = 0\n",
            "[[request]]\npath = '/'\nweight = 10001\n",
            "[[request]]\npath = '/'\nstatsu = 200\n",
        ] {
            assert!(Mix::parse(text).is_err(), "{text}");
        }
    }
}
