//! The periods of districts and provinces. A version stands for one territory: where communes move from one unit to
//! another, the versions of both end, and new ones begin.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::units::plan::timeline::{Change, Timeline, became, previous};

/// The code of a unit before a day, and the code of a unit after it that has some of its communes.
pub type Pair = (String, String);

/// Ends the versions whose territory changes on the day according to the pairs, and returns what became of each unit.
/// `stored` is the timeline before the import.
pub fn follow(timeline: &mut Timeline, stored: &Timeline, pairs: &BTreeSet<Pair>, on: NaiveDate) -> Vec<Change> {
    let became_of = group(pairs.iter().map(|(old, new)| (old.as_str(), new.as_str())));
    let came_from = group(pairs.iter().map(|(old, new)| (new.as_str(), old.as_str())));
    for code in became_of.keys().chain(came_from.keys()) {
        let is_other = |codes: Option<&BTreeSet<&str>>| codes.is_some_and(|codes| codes.iter().any(|it| it != code));
        if is_other(became_of.get(code)) || is_other(came_from.get(code)) {
            timeline.cut(code, on, stored);
        }
    }
    let mut changes = Vec::new();
    for (old_code, new_codes) in &became_of {
        for new_code in new_codes {
            let (Some(old), Some(new)) = (timeline.on(old_code, previous(on)), timeline.on(new_code, on)) else {
                continue;
            };
            if (&old.code, old.from) == (&new.code, new.from) {
                continue;
            }
            let (part, kind) = if new_codes.len() > 1 {
                ("partial", "split")
            } else if came_from[new_code].len() > 1 {
                ("full", "merged")
            } else {
                ("full", if old_code == new_code { "renamed" } else { "recoded" })
            };
            changes.push(became(old, new, part, kind));
        }
    }
    changes
}

/// The days on which a list shows units to have moved to another parent of the same tier, each with the pairs of all
/// parents that lost or gained one. `is_new` picks the versions that the list has shown first.
pub fn moves(timeline: &Timeline, is_new: impl Fn(&str, NaiveDate) -> bool) -> BTreeMap<NaiveDate, BTreeSet<Pair>> {
    let mut moved: BTreeMap<NaiveDate, BTreeSet<&str>> = BTreeMap::new();
    for (was, later) in timeline.neighbours().filter(|(_, later)| is_new(&later.code, later.from)) {
        if let (Some(old), Some(new)) = (&was.parent, &later.parent)
            && old != new
            && old.len() == new.len()
        {
            moved.entry(later.from).or_default().extend([old.as_str(), new.as_str()]);
        }
    }
    let pairs_on = |on: NaiveDate, touched: &BTreeSet<&str>| {
        let staying = timeline.all().filter(|later| later.in_force(on)).filter_map(|later| {
            let (old, new) = (timeline.on(&later.code, previous(on))?.parent.as_ref()?, later.parent.as_ref()?);
            let is_touched = touched.contains(old.as_str()) || touched.contains(new.as_str());
            (is_touched && old.len() == new.len()).then(|| (old.clone(), new.clone()))
        });
        let is_continued = |code: &&&str| [previous(on), on].iter().all(|day| timeline.on(code, *day).is_some());
        let continued = touched.iter().filter(is_continued).map(|code| ((*code).to_owned(), (*code).to_owned()));
        staying.chain(continued).collect()
    };
    moved.iter().map(|(on, touched)| (*on, pairs_on(*on, touched))).collect()
}

pub fn group<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let mut groups: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (key, value) in pairs {
        groups.entry(key).or_default().insert(value);
    }
    groups
}
