//! Compares a list, the snapshot of its day, with the versions known so far, and plans what changes.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::units::plan::parents;
use crate::units::plan::timeline::{Change, Timeline, Version, continued, earlier, next, previous};
use crate::units::read::list::{Listed, UnitList};

/// The days of known lists, each with the provinces that the list covers; `None`: the whole country.
pub type ListDays = BTreeMap<NaiveDate, Option<BTreeSet<String>>>;

/// Fits a list into the versions, and returns the changes that it shows: a code that continues under another name or
/// parent of the same tier, and the parents that lost or gained it. Where a tier ended it infers nothing: only a mapping
/// says what became of a unit.
///
/// Other lists keep what they show on their own days, in whatever order they were imported. Versions that no list or
/// mapping has confirmed (the demo's) are replaced.
pub fn apply(timeline: &mut Timeline, list: &UnitList, day: NaiveDate, known: &ListDays) -> Vec<Change> {
    let before = timeline.clone();
    let source = format!("list of {day}");
    for unit in &list.units {
        present(timeline, unit, day, known, &source);
    }
    let listed: BTreeSet<&str> = list.units.iter().map(|unit| unit.code.as_str()).collect();
    for code in timeline.codes() {
        let Some(version) = before.on(&code, day).filter(|_| !listed.contains(code.as_str())) else { continue };
        let province = before.province_of(version, day);
        let covered = match (&list.provinces, &province) {
            (None, _) => true,
            (Some(provinces), Some(province)) => provinces.contains(province),
            (Some(_), None) => false,
        };
        if covered {
            absent(timeline.of_mut(&code), day, first_list(known, province.as_deref(), day, version.to));
        }
    }
    shown_changes(timeline, &before)
}

fn present(timeline: &mut Timeline, unit: &Listed, day: NaiveDate, known: &ListDays, source: &str) {
    let versions = timeline.of_mut(&unit.code);
    let listed = |from, to| Version {
        id: None,
        code: unit.code.clone(),
        name: unit.name.clone(),
        kind: unit.kind.clone(),
        parent: unit.parent.clone(),
        from,
        to,
        area_km2: unit.area_km2,
        area_source: unit.area_km2.map(|_| source.to_owned()),
        demo: false,
        copy_of: None,
    };
    let list_by = |last| first_list(known, Some(&unit.province), day, last);
    let says = |version: &Version| version.says(&unit.name, unit.parent.as_deref());

    let Some(place) = versions.iter().position(|version| version.in_force(day)) else {
        let after = versions.partition_point(|version| version.from < day);
        let following = versions.get(after).map(|version| previous(version.from));
        let until = earlier(following, list_by(following).map(previous));
        if let Some(was) = after.checked_sub(1).and_then(|place| versions.get_mut(place))
            && says(was)
            && was.to.is_some_and(|to| {
                next(to) == day
                    || was.demo && first_list(known, Some(&unit.province), to, Some(previous(day))).is_none()
            })
        {
            was.to = until;
            confirm(was, unit, source);
        } else if let Some(will) = versions.get_mut(after)
            && says(will)
            && until == following
        {
            will.from = day;
            confirm(will, unit, source);
        } else {
            versions.insert(after, listed(day, until));
        }
        return;
    };

    if says(&versions[place]) {
        confirm(&mut versions[place], unit, source);
        return;
    }
    let other = versions[place].clone();
    let seen_again = list_by(other.to).filter(|_| !other.demo);
    let until = if other.demo {
        let following = versions.get(place + 1).map(|version| previous(version.from));
        earlier(following, list_by(following).map(previous))
    } else {
        seen_again.map(previous).or(other.to)
    };
    if other.from == day && seen_again.is_none() {
        // The version begins on this day, so the list corrects it. Its row stays, since other rows may refer to it.
        let version = &mut versions[place];
        *version = Version { id: other.id, ..listed(day, until) };
        return;
    }
    split(versions, place, day, seen_again);
    let after = versions.partition_point(|version| version.from < day);
    let joined = after.checked_sub(1).and_then(|place| versions.get_mut(place));
    if let Some(was) = joined.filter(|was| was.to.map(next) == Some(day) && says(was)) {
        was.to = until;
    } else if let Some(will) = versions.get_mut(after).filter(|will| until.map(next) == Some(will.from) && says(will)) {
        will.from = day;
        confirm(will, unit, source);
    } else {
        versions.insert(after, listed(day, until));
    }
}

/// Removes from the day a unit that the list does not have.
fn absent(versions: &mut Vec<Version>, day: NaiveDate, seen_again: Option<NaiveDate>) {
    let Some(place) = versions.iter().position(|version| version.in_force(day)) else { return };
    if versions[place].from == day && seen_again.is_none() {
        versions.remove(place);
    } else {
        split(versions, place, day, seen_again);
    }
}

/// Ends a version before the day. If a later list shows it, it continues from the day of that list.
fn split(versions: &mut Vec<Version>, place: usize, day: NaiveDate, seen_again: Option<NaiveDate>) {
    let whole = versions[place].clone();
    match (whole.from < day, seen_again) {
        (true, None) => versions[place].to = Some(previous(day)),
        (false, Some(again)) => versions[place].from = again,
        (true, Some(again)) => {
            versions[place].to = Some(previous(day));
            versions.insert(place + 1, Version { id: None, copy_of: whole.id, from: again, ..whole });
        }
        (false, None) => {}
    }
}

/// Confirms a version that the list has, too. The first spelling stays; unknown values are filled in.
fn confirm(version: &mut Version, unit: &Listed, source: &str) {
    if version.kind.is_none() {
        version.kind.clone_from(&unit.kind);
    }
    let replaces = version.demo || version.area_km2.is_none() || version.area_source.as_deref() == Some(source);
    if unit.area_km2.is_some() && replaces {
        version.area_km2 = unit.area_km2;
        version.area_source = Some(source.to_owned());
    }
    version.demo = false;
}

/// The day of the first list after `day`, not later than `last`, that covers the province.
fn first_list(known: &ListDays, province: Option<&str>, day: NaiveDate, last: Option<NaiveDate>) -> Option<NaiveDate> {
    let covers = |provinces: &Option<BTreeSet<String>>| match (provinces, province) {
        (None, _) => true,
        (Some(provinces), Some(province)) => provinces.contains(province),
        (Some(_), None) => false,
    };
    known
        .range(next(day)..)
        .take_while(|(list_day, _)| last.is_none_or(|last| **list_day <= last))
        .find(|(_, provinces)| covers(provinces))
        .map(|(list_day, _)| *list_day)
}

fn shown_changes(timeline: &mut Timeline, before: &Timeline) -> Vec<Change> {
    let known: BTreeSet<(&str, NaiveDate)> =
        before.neighbours().map(|(_, later)| (later.code.as_str(), later.from)).collect();
    let is_new = |code: &str, from| !known.contains(&(code, from));
    let moves = parents::moves(timeline, is_new);
    let parents = moves.iter().flat_map(|(on, pairs)| parents::follow(timeline, before, pairs, *on));
    let mut changes: BTreeMap<_, _> =
        parents.map(|change| ((change.from.clone(), change.to.clone()), change)).collect();
    let shown = timeline
        .neighbours()
        .filter(|(_, later)| is_new(&later.code, later.from))
        .filter(|(was, later)| was.tier() == later.tier())
        // A province has no parent. Its tier is that of the units below it.
        .filter(|(was, later)| {
            was.tier() > 0
                || timeline.has_districts(&was.code, previous(later.from))
                    == timeline.has_districts(&was.code, later.from)
        })
        .map(|(was, later)| continued(was, later));
    for change in shown {
        changes.entry((change.from.clone(), change.to.clone())).or_insert(change);
    }
    changes.into_values().collect()
}
