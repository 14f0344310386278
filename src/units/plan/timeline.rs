//! The versions of all units, in memory, while an import plans its changes.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use crate::units::names::same_name;

/// A version of a unit: a code from one day to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// The id of its row; `None` before it is stored.
    pub id: Option<i64>,
    pub code: String,
    pub name: String,
    pub kind: Option<String>,
    pub parent: Option<String>,
    pub from: NaiveDate,
    /// The last day.
    pub to: Option<NaiveDate>,
    pub area_km2: Option<f64>,
    pub area_source: Option<String>,
    pub demo: bool,
    /// The row whose boundary, counts and decree a new version copies, because an import does not name them.
    pub copy_of: Option<i64>,
}

impl Version {
    pub fn in_force(&self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| to >= day)
    }

    /// Whether it agrees with a list: the same parent, and the same name in any spelling.
    pub fn says(&self, name: &str, parent: Option<&str>) -> bool {
        self.parent.as_deref() == parent && same_name(&self.name, name)
    }

    /// The tier of its parent, by the digits of the code: 2 for a province, 3 for a district, 0 without a parent.
    pub fn tier(&self) -> usize {
        self.parent.as_ref().map_or(0, String::len)
    }

    fn key(&self) -> Key {
        (self.code.clone(), self.from)
    }
}

/// Code and first day.
pub type Key = (String, NaiveDate);

/// What became of a unit: a future row of `admin_changes`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    pub from: Key,
    pub to: Key,
    pub part: &'static str,
    pub kind: &'static str,
}

/// The versions of each code, in order of time.
#[derive(Debug, Clone, Default)]
pub struct Timeline {
    versions: BTreeMap<String, Vec<Version>>,
}

impl Timeline {
    pub fn new(versions: impl IntoIterator<Item = Version>) -> Timeline {
        let mut timeline = Timeline::default();
        for version in versions {
            timeline.insert(version);
        }
        timeline
    }

    pub fn insert(&mut self, version: Version) {
        let versions = self.versions.entry(version.code.clone()).or_default();
        let place = versions.partition_point(|other| other.from < version.from);
        versions.insert(place, version);
    }

    pub fn of(&self, code: &str) -> &[Version] {
        self.versions.get(code).map_or(&[], Vec::as_slice)
    }

    pub fn of_mut(&mut self, code: &str) -> &mut Vec<Version> {
        self.versions.entry(code.to_owned()).or_default()
    }

    pub fn all(&self) -> impl Iterator<Item = &Version> {
        self.versions.values().flatten()
    }

    pub fn codes(&self) -> Vec<String> {
        self.versions.keys().cloned().collect()
    }

    pub fn on(&self, code: &str, day: NaiveDate) -> Option<&Version> {
        self.of(code).iter().find(|version| version.in_force(day))
    }

    pub fn province_of(&self, version: &Version, day: NaiveDate) -> Option<String> {
        match (version.code.len(), &version.parent) {
            (2, _) => Some(version.code.clone()),
            (_, Some(parent)) if parent.len() == 2 => Some(parent.clone()),
            (_, Some(parent)) => self.on(parent, day).and_then(|district| district.parent.clone()),
            _ => None,
        }
    }

    pub fn has_districts(&self, province: &str, day: NaiveDate) -> bool {
        self.all().any(|unit| unit.code.len() == 3 && unit.parent.as_deref() == Some(province) && unit.in_force(day))
    }

    /// Ends the version of a code on the eve of a day and lets another begin on the day, since its territory changes
    /// then. The row of `stored` goes to the part that holds its first day.
    pub fn cut(&mut self, code: &str, on: NaiveDate, stored: &Timeline) {
        let eve = previous(on);
        let versions = self.of_mut(code);
        let Some(place) = versions.iter().position(|version| version.in_force(eve) && version.in_force(on)) else {
            return;
        };
        let whole = versions[place].clone();
        let begins_later = stored.of(code).iter().any(|row| row.id == whole.id && row.from >= on);
        let (first, second) = if begins_later { (None, whole.id) } else { (whole.id, None) };
        let part = |id, from, to| Version { id, from, to, copy_of: None, ..whole.clone() };
        let parts = [part(first, whole.from, Some(eve)), part(second, on, whole.to)];
        versions.splice(place..=place, parts);
    }

    /// Pairs of versions of a code, where the second follows the first without a gap.
    pub fn neighbours(&self) -> impl Iterator<Item = (&Version, &Version)> {
        self.versions
            .values()
            .flat_map(|versions| versions.windows(2))
            .map(|pair| (&pair[0], &pair[1]))
            .filter(|(earlier, later)| earlier.to.map(next) == Some(later.from))
    }

    /// What must be written to turn the stored versions into these.
    pub fn difference(&self, stored: &Timeline) -> Difference {
        let before: BTreeMap<i64, &Version> =
            stored.all().filter_map(|version| version.id.map(|id| (id, version))).collect();
        let kept: BTreeSet<i64> = self.all().filter_map(|version| version.id).collect();
        let mut difference = Difference {
            removed: before
                .values()
                .filter(|old| old.id.is_some_and(|id| !kept.contains(&id)))
                .copied()
                .cloned()
                .collect(),
            ..Difference::default()
        };
        for version in self.all() {
            match version.id.and_then(|id| before.get(&id)) {
                None => difference.created.push(version.clone()),
                Some(old) if *old == version => {}
                Some(old) => {
                    let widened = version.from < old.from || later(version.to, old.to);
                    difference.closed += usize::from(later(old.to, version.to));
                    difference.widened += usize::from(widened);
                    difference.adopted += usize::from(old.demo && !version.demo);
                    difference.corrected += usize::from(old.name != version.name || old.parent != version.parent);
                    if (version.from, version.to) != (old.from, old.to) {
                        difference.moved.extend(version.id);
                    }
                    difference.updated.push(version.clone());
                }
            }
        }
        difference
    }
}

/// What an import writes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Difference {
    pub created: Vec<Version>,
    pub updated: Vec<Version>,
    pub removed: Vec<Version>,
    /// Numbers of updated versions: they end earlier, begin earlier or end later, were the demo's, have another name or
    /// parent.
    pub closed: usize,
    pub widened: usize,
    pub adopted: usize,
    pub corrected: usize,
    /// Rows whose first or last day changes.
    pub moved: Vec<i64>,
}

impl Difference {
    pub fn is_empty(&self) -> bool {
        self.created.is_empty() && self.updated.is_empty() && self.removed.is_empty()
    }
}

/// The change between two versions of a code: renamed if the name differs, otherwise moved.
pub fn continued(earlier: &Version, later: &Version) -> Change {
    let kind = if same_name(&earlier.name, &later.name) { "moved" } else { "renamed" };
    Change { from: earlier.key(), to: later.key(), part: "full", kind }
}

pub fn became(earlier: &Version, later: &Version, part: &'static str, kind: &'static str) -> Change {
    Change { from: earlier.key(), to: later.key(), part, kind }
}

pub fn next(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX)
}

pub fn previous(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(1)).unwrap_or(NaiveDate::MIN)
}

/// The earlier of two last days; `None` means no last day.
pub fn earlier(a: Option<NaiveDate>, b: Option<NaiveDate>) -> Option<NaiveDate> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

fn later(a: Option<NaiveDate>, b: Option<NaiveDate>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a > b,
        (a, b) => a.is_none() && b.is_some(),
    }
}
