//! Which places grow, of a program whose every place has a course. Not how a course is judged.

use crate::alloc::Live;
use crate::leak::callsite::Callsite;
use crate::leak::judge::Moment;
use crate::leak::second_pass::First;

use super::Places;
use super::course::{Course, Marks};
use super::grain::{GRAINS, Place};

/// Callsites that are named.
const NAMED: usize = 8;
/// A table that doubles at another line takes half of its growth from where it was; half of that
/// allows for how rates are measured.
const CHANGING_HANDS: f64 = 0.25;

const NO_PLACE: &str = "the growth of no call site stands out from the others";
const NOT_AGAIN: &str = "the growth did not repeat in the second pass: a static or a thread-local \
                         may already hold what the first pass added";

/// What the second pass found.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::leak) struct Closer {
    /// The places whose memory grows, or those that hold most where none is sure to.
    pub callsites: Vec<Callsite>,
    /// How they grow, where it is sure that they do.
    pub how: Option<String>,
    /// Why no place is known, of a leak.
    pub missing: Option<String>,
    /// Whether most of it is still there after the state was dropped.
    pub is_lost: bool,
    /// Allocations and frees of threads that may or may not have worked for the steps.
    pub disturbances: u64,
}

/// Judges the places as finely as they tell something: by the first grain that is sure, or by the
/// first that grows at all.
pub(super) fn judge(places: &Places, marks: &Marks, first: &First) -> Closer {
    let moment = match places.values().any(|stacks| marks.has_an_end(stacks)) {
        true => Moment::BesideAnEnd,
        false => Moment::Last,
    };
    let mut seen: Vec<Vec<Place>> = Vec::new();
    let mut how = None;
    for grain in GRAINS {
        let places = grain(places, &|stacks| marks.course(stacks, moment));
        how = how_it_grows(&places, first.after_drop);
        seen.push(places);
        if how.is_some() {
            break;
        }
    }
    let grows = |place: &Place| place.1.grows.is_some();
    let chosen = match how {
        Some(_) => seen.len() - 1,
        None => (seen.iter().position(|places| places.iter().any(grows))).unwrap_or(0),
    };
    let mut chosen = seen.swap_remove(chosen);
    if chosen.iter().any(grows) {
        chosen.retain(grows);
    }
    chosen.retain(|(_, course)| course.held > 0 && course.changes());
    let repeats = how.is_some() || marks.repeat(first.grown);
    if !repeats {
        chosen.clear();
    }
    let missing = chosen.is_empty().then_some(match repeats {
        true => NO_PLACE,
        false => NOT_AGAIN,
    });
    chosen.sort_by(|(_, one), (_, other)| {
        let by_bytes = other.bytes_per_step.total_cmp(&one.bytes_per_step);
        by_bytes.then(other.blocks_per_step.total_cmp(&one.blocks_per_step))
    });
    chosen.truncate(NAMED);
    let lost = chosen.iter().filter(|(_, course)| course.is_lost).count();
    Closer {
        how: how.map(str::to_owned),
        missing: missing.map(str::to_owned),
        is_lost: lost * 2 > chosen.len(),
        disturbances: 0,
        callsites: chosen.into_iter().map(callsite).collect(),
    }
}

/// How one of the places grows for certain.
fn how_it_grows(places: &[Place], after_drop: Live) -> Option<&'static str> {
    places.iter().find_map(|(_, course)| {
        // What outlives the state has not changed hands within it.
        let outlives = course.is_lost && after_drop.bytes * 2 >= course.held;
        (course.grows).filter(|_| outlives || !changes_hands(course, places))
    })
}

/// Whether what grows is given back by all others together, or by another place alone.
fn changes_hands(course: &Course, places: &[Place]) -> bool {
    let falls = places.iter().map(|(_, other)| other.falls);
    let largest = falls.fold(0.0, f64::max);
    !course.is_unopposed || largest > 0.0 && largest >= course.bytes_per_step * CHANGING_HANDS
}

fn callsite((frames, course): Place) -> Callsite {
    Callsite {
        bytes_per_step: course.bytes_per_step,
        blocks_per_step: course.blocks_per_step,
        frames,
    }
}
