//! How much of a program is one place. A map that is filled at two lines is enlarged at either, so
//! that neither line has a course which tells anything, and their function has.

use std::collections::BTreeMap;

use heapmark_model::record::Frame;

use super::Places;
use super::course::Course;

/// Frames of a place, and how what it holds grows.
pub(super) type Place = (Vec<Frame>, Course);

type Grain = fn(&Places, &dyn Fn(&[usize]) -> Course) -> Vec<Place>;

/// From the finest on: by all lines, by the innermost function, by its file.
pub(super) const GRAINS: [Grain; 3] = [
    |places, course| {
        let place = |(frames, stacks): (&Vec<Frame>, &Vec<usize>)| (frames.clone(), course(stacks));
        places.iter().map(place).collect()
    },
    |places, course| {
        let function = |frame: &Frame| (frame.file.clone(), frame.function.clone());
        joined(places, course, &function)
    },
    |places, course| joined(places, course, &|frame| (frame.file.clone(), String::new())),
];

/// Places that are alike as one, under the lines of the one that grows most.
fn joined(
    places: &Places,
    course: &dyn Fn(&[usize]) -> Course,
    likeness: &dyn Fn(&Frame) -> (String, String),
) -> Vec<Place> {
    let mut groups: BTreeMap<_, Vec<(&Vec<Frame>, &Vec<usize>)>> = BTreeMap::new();
    for (frames, stacks) in places {
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
            let rate = |stacks: &[usize]| course(stacks).bytes_per_step;
            let most = group
                .iter()
                .max_by(|one, other| rate(one.1).total_cmp(&rate(other.1)));
            let frames = most
                .map(|(frames, _)| (*frames).clone())
                .unwrap_or_default();
            (frames, course(&all))
        })
        .collect()
}
