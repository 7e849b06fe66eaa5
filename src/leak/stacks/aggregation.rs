//! Aggregation levels: how much of a program is one call site. A map that is filled at two lines
//! may grow at either of them. Then the series of neither line shows growth, but that of their
//! function does.

use std::collections::BTreeMap;

use heapmark_model::record::Frame;

use super::Sites;
use super::site_series::SiteSeries;

/// The frames of a call site and its growth.
pub(super) type Site = (Vec<Frame>, SiteSeries);

type Aggregation = fn(&Sites, &dyn Fn(&[usize]) -> SiteSeries) -> Vec<Site>;

/// The levels from fine to coarse: by all lines, by the innermost function, by its file.
pub(super) const LEVELS: [Aggregation; 3] = [
    |sites, series_of| {
        let site =
            |(frames, stacks): (&Vec<Frame>, &Vec<usize>)| (frames.clone(), series_of(stacks));
        sites.iter().map(site).collect()
    },
    |sites, series_of| {
        let function = |frame: &Frame| (frame.file.clone(), frame.function.clone());
        joined(sites, series_of, &function)
    },
    |sites, series_of| {
        joined(sites, series_of, &|frame| {
            (frame.file.clone(), String::new())
        })
    },
];

/// Joins sites with the same `likeness` into one, with the frames of the one that grows most.
fn joined(
    sites: &Sites,
    series_of: &dyn Fn(&[usize]) -> SiteSeries,
    likeness: &dyn Fn(&Frame) -> (String, String),
) -> Vec<Site> {
    let mut groups: BTreeMap<_, Vec<(&Vec<Frame>, &Vec<usize>)>> = BTreeMap::new();
    for (frames, stacks) in sites {
        let group = groups.entry(frames.first().map(likeness)).or_default();
        group.push((frames, stacks));
    }
    groups
        .into_values()
        .map(|group| {
            let all: Vec<usize> = group
                .iter()
                .flat_map(|(_, stacks)| *stacks)
                .copied()
                .collect();
            let rate = |stacks: &[usize]| series_of(stacks).bytes_per_step;
            let most = group
                .iter()
                .max_by(|one, other| rate(one.1).total_cmp(&rate(other.1)));
            let frames = most
                .map(|(frames, _)| (*frames).clone())
                .unwrap_or_default();
            (frames, series_of(&all))
        })
        .collect()
}
