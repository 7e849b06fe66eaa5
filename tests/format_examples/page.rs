//! Reads docs/format.md: the worked examples and the fenced blocks.

use heapmark_model::record::{Counts, Metric, Observation, Timeline};

/// A worked example, from its heading to the next.
#[derive(Debug)]
pub struct Example {
    /// The heading: the name of the function that is shown.
    pub name: String,
    /// The code block.
    pub code: String,
    pub rows: Vec<Row>,
    /// The line of case assertions below the table.
    pub claims: Vec<(Metric, i64)>,
}

/// One event of the table.
#[derive(Debug)]
pub struct Row {
    pub part: Part,
    pub request: Request,
    /// The running numbers on the page: allocs, frees, reallocs, bytes, live, peak.
    pub written: [i64; 6],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Setup,
    Routine,
    Drop,
}

#[derive(Clone, Copy, Debug)]
pub enum Request {
    Alloc(i64),
    Free(i64),
    Realloc { old: i64, new: i64 },
}

impl Request {
    fn parse(text: &str) -> Self {
        let number = |text: &str| text.parse::<i64>().unwrap();
        match text.split_whitespace().collect::<Vec<_>>()[..] {
            ["alloc", size] => Self::Alloc(number(size)),
            ["free", size] => Self::Free(number(size)),
            ["realloc", old, "→", new] => Self::Realloc {
                old: number(old),
                new: number(new),
            },
            _ => panic!("`{text}` is not a request"),
        }
    }

    /// How live bytes change.
    fn delta(self) -> i64 {
        match self {
            Self::Alloc(size) => size,
            Self::Free(size) => -size,
            Self::Realloc { old, new } => new - old,
        }
    }

    /// The requested size; a free requests nothing.
    fn asked(self) -> Option<i64> {
        match self {
            Self::Alloc(size) => Some(size),
            Self::Free(_) => None,
            Self::Realloc { new, .. } => Some(new),
        }
    }

    fn count(self, counts: &mut Counts) {
        match self {
            Self::Alloc(size) => {
                counts.allocs += 1;
                counts.bytes += size as u64;
            }
            Self::Free(_) => counts.frees += 1,
            Self::Realloc { old, new } => {
                counts.reallocs += 1;
                counts.bytes += (new - old).max(0) as u64;
            }
        }
    }
}

impl Example {
    /// The sum of the requests in the table, by the rules that the page states.
    pub fn observation(&self) -> Observation {
        let mut seen = Observation {
            control_agrees: true,
            ..Observation::default()
        };
        let (mut live, mut start, mut peak, mut levels) = (0, 0, 0, Vec::new());
        for row in &self.rows {
            live += row.request.delta();
            match row.part {
                Part::Setup => {
                    start = live;
                    continue;
                }
                Part::Routine => row.request.count(&mut seen.routine),
                Part::Drop => row.request.count(&mut seen.drop),
            }
            peak = peak.max(live - start);
            levels.push(live);
            if let Some(asked) = row.request.asked() {
                count_class((asked as u64).next_power_of_two(), &mut seen.size_classes);
            }
        }
        let in_part = |part| self.rows.iter().filter(|row| row.part == part).count() as u64;
        seen.peak = Some(peak as u64);
        seen.retained = live;
        let (drop_at, events) = (in_part(Part::Routine), levels.len() as u64);
        seen.timeline = Some(Timeline::new(start, drop_at, events, levels));
        seen
    }

    /// The running numbers that each row should show.
    pub fn running(&self) -> Vec<[i64; 6]> {
        let mut running = Vec::new();
        for end in 1..=self.rows.len() {
            let seen = Self {
                name: String::new(),
                code: String::new(),
                rows: self.rows[..end].iter().map(Row::again).collect(),
                claims: Vec::new(),
            }
            .observation();
            let metrics = [
                Metric::Allocs,
                Metric::Frees,
                Metric::Reallocs,
                Metric::Bytes,
                Metric::Retained,
                Metric::Peak,
            ];
            running.push(metrics.map(|metric| seen.get(metric).unwrap()));
        }
        running
    }
}

impl Row {
    fn again(&self) -> Self {
        Self { ..*self }
    }

    /// `| 1 | drop | free 32 | 1 | 1 | 0 | 32 | 0 | 32 |`
    fn parse(line: &str) -> Self {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [_, part, request, numbers @ ..] = &cells[..] else {
            panic!("`{line}` is not an event");
        };
        let part = match *part {
            "setup" => Part::Setup,
            "routine" => Part::Routine,
            "drop" => Part::Drop,
            other => panic!("`{other}` is not a part of an iteration"),
        };
        let numbers: Vec<i64> = numbers.iter().map(|cell| cell.parse().unwrap()).collect();
        Self {
            part,
            request: Request::parse(request),
            written: numbers.try_into().unwrap(),
        }
    }
}

fn count_class(bound: u64, classes: &mut Vec<(u64, u64)>) {
    match classes.binary_search_by_key(&bound, |&(bound, _)| bound) {
        Ok(index) => classes[index].1 += 1,
        Err(index) => classes.insert(index, (bound, 1)),
    }
}

/// The examples of `page`: every third-level heading with a table of events.
pub fn examples(page: &str) -> Vec<Example> {
    let sections = page.split("\n### ").skip(1);
    let with_events = sections.filter(|section| section.contains("| event |"));
    with_events.map(example).collect()
}

fn example(section: &str) -> Example {
    let rows = section
        .lines()
        .skip_while(|line| !line.starts_with("| event |"));
    let rows = rows.skip(2).take_while(|line| line.starts_with('|'));
    let claims = section
        .lines()
        .find_map(|line| line.strip_prefix("Claims: `")?.strip_suffix('`'))
        .unwrap();
    Example {
        name: section.lines().next().unwrap().trim_matches('`').to_owned(),
        code: fenced(section, "rust").concat(),
        rows: rows.map(Row::parse).collect(),
        claims: claims.split(", ").map(claim).collect(),
    }
}

fn claim(text: &str) -> (Metric, i64) {
    let (key, value) = text.split_once(" == ").unwrap();
    let metric = Metric::ALL.into_iter().find(|metric| metric.key() == key);
    (metric.unwrap(), value.parse().unwrap())
}

/// The lines of every block of `page` that is fenced and tagged `tag`.
pub fn fenced(page: &str, tag: &str) -> Vec<String> {
    let fence = format!("```{tag}");
    let mut lines = page.lines();
    let mut found = Vec::new();
    while lines.any(|line| line == fence) {
        let block = lines.by_ref().take_while(|line| *line != "```");
        found.extend(block.map(|line| format!("{line}\n")));
    }
    found
}
