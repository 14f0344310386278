//! Compares a mapping with the versions known so far, and plans what changes: the true day of the reform, and what
//! became of each unit.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::files::refused::{Refused, Spot};
use crate::texts::text;
use crate::units::names::same_name;
use crate::units::plan::parents::{self, group};
use crate::units::plan::timeline::{Change, Timeline, Version, became, continued, next, previous};
use crate::units::read::mapping::{Mapping, NewUnit, Successor};

/// The changes of a mapping. They replace the known changes across its day from or to one of its units.
#[derive(Debug, Default)]
pub struct Mapped {
    pub changes: BTreeSet<Change>,
    pub old_codes: BTreeSet<String>,
    pub new_codes: BTreeSet<String>,
}

/// Fits a mapping into the versions. Old communes, with their districts and provinces, that a later list showed to have
/// ended now end on the day before the reform. New units that a later list shows now begin on the day. If that list has
/// another name, a version with the mapping's name comes first. A province that gains or loses communes gets a version of
/// each period.
///
/// # Errors
/// Every unit that is not known around the day. Its list must be imported before.
pub fn apply(timeline: &mut Timeline, mapping: &Mapping, on: NaiveDate) -> Result<Mapped, Refused> {
    check(timeline, mapping, on)?;
    let (eve, stored) = (previous(on), timeline.clone());
    let mut mapped = Mapped::default();
    let ending: BTreeSet<&str> = mapping
        .rows
        .iter()
        .flat_map(|row| [Some(row.old_code.as_str()), row.old_district.as_deref()])
        .flatten()
        .chain(mapping.new_units.keys().map(String::as_str).filter(|code| code.len() == 5))
        .collect();
    for code in &ending {
        end_old_tier(timeline.of_mut(code), eve);
    }
    for code in mapping.rows.iter().map(|row| &row.old_province).collect::<BTreeSet<_>>() {
        end_province(timeline.of_mut(code), mapping.new_units.get(code), on);
    }
    for (code, unit) in &mapping.new_units {
        begin(timeline.of_mut(code), code, unit, on);
    }

    let became_of = group(mapping.rows.iter().map(|row| (row.old_code.as_str(), row.new_code.as_str())));
    let came_from = group(mapping.rows.iter().map(|row| (row.new_code.as_str(), row.old_code.as_str())));
    for row in &mapping.rows {
        mapped.changes.extend(change(timeline, row, on, &became_of, &came_from));
    }
    let province = |row: &Successor| mapping.new_units[&row.new_code].parent.clone().unwrap_or_default();
    let pairs: BTreeSet<_> = mapping.rows.iter().map(|row| (row.old_province.clone(), province(row))).collect();
    mapped.changes.extend(parents::follow(timeline, &stored, &pairs, on));
    // The change to the name in a later list is that of the version which begins on the day, after provinces are cut.
    for code in mapping.new_units.keys() {
        mapped.changes.extend(continuation(timeline.of(code), on));
    }
    mapped.old_codes = ending.into_iter().map(str::to_owned).chain(pairs.into_iter().map(|pair| pair.0)).collect();
    mapped.new_codes = mapping.new_units.keys().cloned().collect();
    Ok(mapped)
}

fn check(timeline: &Timeline, mapping: &Mapping, on: NaiveDate) -> Result<(), Refused> {
    let eve = previous(on);
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for row in &mapping.rows {
        let mut unknown = |column: &'static str, code: &str, day: NaiveDate| {
            if seen.insert((column, code.to_owned())) {
                problems.push((row.line, column, text!("list.unknown", code, day)));
            }
        };
        let old_tier = if row.old_code.len() == 3 { 2 } else { 3 };
        if timeline.on(&row.old_code, eve).is_none_or(|version| version.tier() != old_tier) {
            unknown("old_commune_code", &row.old_code, eve);
        }
        if timeline.on(&row.old_province, eve).is_none() {
            unknown("old_province_code", &row.old_province, eve);
        }
        let unit = &mapping.new_units[&row.new_code];
        let new = new_version(timeline.of(&row.new_code), on);
        if new.is_none() {
            unknown("new_commune_code", &row.new_code, on);
        }
        if let Some(province) = &unit.parent
            && !timeline.of(province).iter().any(|version| version.to.is_none_or(|to| to >= on))
        {
            unknown("new_province_code", province, on);
        }
        if let Some(version) = new.filter(|version| version.from < on) {
            let reason = text!("list.before_change", code = &row.new_code, from = version.from);
            problems.push((row.line, "new_commune_code", reason));
        }
    }
    let mut refused = Refused::new();
    problems.into_iter().for_each(|(line, column, reason)| refused.add(Spot::Line(line), column, reason));
    refused.unless_empty(())
}

/// The first version in force on the day or later. Communes below a district are skipped.
fn new_version(versions: &[Version], on: NaiveDate) -> Option<&Version> {
    versions.iter().find(|version| is_new(version, on))
}

fn is_new(version: &Version, on: NaiveDate) -> bool {
    version.tier() != 3 && version.to.is_none_or(|to| to >= on)
}

/// Ends the versions of the old tier: districts, and communes below a district.
fn end_old_tier(versions: &mut [Version], eve: NaiveDate) {
    let district = |version: &Version| version.code.len() == 3 || version.tier() == 3;
    for version in versions.iter_mut().filter(|version| district(version) && version.in_force(eve)) {
        version.to = Some(eve);
    }
}

/// Ends a province that became part of others, or continues under another name. A province that is still in force and
/// not named as new stays: an incomplete mapping has only some of its communes.
fn end_province(versions: &mut [Version], new: Option<&NewUnit>, on: NaiveDate) {
    let eve = previous(on);
    let Some(version) = versions.iter_mut().find(|version| version.in_force(eve) && version.in_force(on)) else {
        return;
    };
    let ended = match new {
        Some(unit) => !same_name(&version.name, &unit.name),
        None => version.to.is_some(),
    };
    if ended {
        version.to = Some(eve);
    }
}

/// Lets a unit begin on the day.
fn begin(versions: &mut Vec<Version>, code: &str, unit: &NewUnit, on: NaiveDate) {
    let Some(place) = versions.iter().position(|version| is_new(version, on)) else { return };
    let found = &versions[place];
    let says = found.says(&unit.name, unit.parent.as_deref());
    if found.from > on && says {
        versions[place].from = on;
    } else if found.from > on {
        let between = Version {
            id: None,
            code: code.to_owned(),
            name: unit.name.clone(),
            kind: crate::units::names::kind_of(&unit.name).map(str::to_owned),
            parent: unit.parent.clone(),
            from: on,
            to: Some(previous(found.from)),
            area_km2: None,
            area_source: None,
            demo: false,
            copy_of: None,
        };
        versions.insert(place, between);
    } else if found.demo && says {
        versions[place].demo = false;
    }
}

/// The change from the first version in force on the day or later to the one that follows it without a gap.
fn continuation(versions: &[Version], on: NaiveDate) -> Option<Change> {
    let place = versions.iter().position(|version| is_new(version, on))?;
    let (now, then) = (&versions[place], versions.get(place + 1)?);
    (now.to.map(next) == Some(then.from)).then(|| continued(now, then))
}

fn change(
    timeline: &Timeline,
    row: &Successor,
    on: NaiveDate,
    became_of: &BTreeMap<&str, BTreeSet<&str>>,
    came_from: &BTreeMap<&str, BTreeSet<&str>>,
) -> Option<Change> {
    let old = timeline.on(&row.old_code, previous(on))?;
    let new = timeline.on(&row.new_code, on)?;
    let kind = if became_of[row.old_code.as_str()].len() > 1 {
        "split"
    } else if came_from[row.new_code.as_str()].len() > 1 {
        "merged"
    } else if old.code != new.code {
        "recoded"
    } else {
        continued(old, new).kind
    };
    Some(became(old, new, row.part, kind))
}
