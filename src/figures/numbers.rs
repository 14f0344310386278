//! Counted numbers, each found by its name.

use crate::figures::{Part, Parts, Subject};
use std::collections::HashMap;

/// The code of a unit; `None` for records that lie in no unit of the level.
pub type UnitCode = Option<String>;

/// The name of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Number {
    /// A number that an indicator, named by its code, is made of.
    Of(&'static str, Slot),
    /// Rows of a layer that somebody should check; one of [`QUALITY`].
    Quality(&'static str),
    /// The positions in [`BASES`] of the best and the worst statement among those that cover hamlets.
    BestBasis(Subject),
    WorstBasis(Subject),
}

/// One of the numbers that an indicator is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Slot {
    /// All rows of the indicator.
    Total,
    /// Rows with this value of the partition, `unknown` included.
    Value(&'static str),
    Covered,
    Unknown,
    /// The rows whose weight is unknown: covered, unknown whether covered, all; and the largest known weight.
    UnweightedCovered,
    UnweightedUnknown,
    Unweighted,
    LargestWeight,
    /// How many facilities of a type state a level; `None`: state none.
    Level(&'static str, Option<i64>),
    Unlocated,
    NoInstallDate,
}

/// The names of the counts of rows to check, in the order of responses.
pub const QUALITY: [&str; 7] = [
    "unlocated",
    "outside_declared_commune",
    "suspected_duplicates",
    "no_install_date",
    "stale",
    "hamlets_without_households",
    "unknown_availability",
];

/// The bases of statements of availability, the best first.
pub const BASES: [&str; 4] = ["reported", "surveyed", "measured", "modelled"];

/// The numbers of each unit.
#[derive(Debug, Clone, Default)]
pub struct Numbers {
    places: HashMap<Number, usize>,
    units: HashMap<UnitCode, Vec<i64>>,
}

impl Numbers {
    pub fn new(names: impl IntoIterator<Item = Number>) -> Numbers {
        let places = names.into_iter().enumerate().map(|(place, name)| (name, place)).collect();
        Numbers { places, units: HashMap::new() }
    }

    /// Adds a unit with its numbers in the order of the names.
    pub fn insert(&mut self, unit: UnitCode, numbers: Vec<i64>) {
        self.units.insert(unit, numbers);
    }

    /// Gives a unit one more number.
    pub fn set(&mut self, unit: UnitCode, number: Number, value: i64) {
        let next = self.places.len();
        let place = *self.places.entry(number).or_insert(next);
        let numbers = self.units.entry(unit).or_default();
        numbers.resize(numbers.len().max(self.places.len()), 0);
        numbers[place] = value;
    }

    /// With nothing for the rows to check, which the numbers of all rows of the layer have.
    #[must_use]
    pub fn without_quality(mut self) -> Numbers {
        let of_quality = self.places.iter().filter(|(name, _)| matches!(name, Number::Quality(_)));
        for (_, place) in of_quality {
            self.units.values_mut().filter_map(|numbers| numbers.get_mut(*place)).for_each(|number| *number = 0);
        }
        self
    }

    /// A number of a unit; `None` where the unit, or the number, was not counted.
    pub fn find(&self, unit: &UnitCode, number: Number) -> Option<i64> {
        self.of(unit)(number)
    }

    /// The numbers of a unit, which is looked up once.
    pub fn of<'a>(&'a self, unit: &UnitCode) -> impl Fn(Number) -> Option<i64> + use<'a> {
        let own = self.units.get(unit);
        move |number| own?.get(*self.places.get(&number)?).copied()
    }

    /// A number of a unit, 0 where nothing was counted.
    pub fn get(&self, unit: &UnitCode, number: Number) -> i64 {
        self.find(unit, number).unwrap_or(0)
    }

    /// The numbers of all units, and of what lies in none, as those of one unit.
    pub fn whole(&self, unit: &UnitCode) -> Numbers {
        let mut whole = Numbers { places: self.places.clone(), units: HashMap::new() };
        for (name, place) in &self.places {
            let all = self.units.values().filter_map(|numbers| numbers.get(*place).copied());
            let number = match name {
                Number::Of(_, Slot::LargestWeight) | Number::WorstBasis(_) => all.max(),
                Number::BestBasis(_) => all.filter(|basis| *basis > 0).min(),
                _ => Some(all.sum()),
            };
            whole.set(unit.clone(), *name, number.unwrap_or(0));
        }
        whole
    }

    /// The numbers of an earlier day: these minus the changes since.
    pub fn before(&self, changes: &Changes) -> Numbers {
        let mut was = self.clone();
        for ((unit, number), parts) in changes {
            was.set(unit.clone(), *number, was.get(unit, *number) - parts.values().sum::<i64>());
        }
        was
    }
}

/// Why the numbers of units differ between two days.
pub type Changes = HashMap<(UnitCode, Number), Parts>;

/// Adds a change to its number.
pub fn add_change(changes: &mut Changes, unit: UnitCode, number: Number, part: Part, amount: i64) {
    *changes.entry((unit, number)).or_default().entry(part).or_default() += amount;
}

/// The changes of all units as those of one. What moved between two of them has not changed the whole.
pub fn whole_changes(changes: Changes, unit: &UnitCode) -> Changes {
    let mut whole = Changes::new();
    for ((_, number), parts) in changes {
        for (part, amount) in parts {
            add_change(&mut whole, unit.clone(), number, part, amount);
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_adds_up_units_and_what_lies_in_none() {
        let largest = Number::Of("mobile_households_4g", Slot::LargestWeight);
        let mut numbers = Numbers::new([EYES, largest]);
        numbers.insert(Some("38".into()), vec![9, 200]);
        numbers.insert(Some("40".into()), vec![4, 300]);
        numbers.insert(None, vec![2, 0]);
        let country = Some("VN".to_owned());
        let whole = numbers.whole(&country);
        assert_eq!((whole.get(&country, EYES), whole.get(&country, largest)), (15, 300));
        assert_eq!(whole.find(&None, EYES), None);
    }

    const EYES: Number = Number::Of("camera_eyes", Slot::Total);
    const CAMERAS: Number = Number::Of("camera_units", Slot::Total);

    #[test]
    fn numbers_before_are_those_of_now_less_the_changes() {
        let mut now = Numbers::new([EYES, CAMERAS]);
        now.insert(Some("16378".into()), vec![9, 4]);
        let mut changes = Changes::new();
        add_change(&mut changes, Some("16378".into()), CAMERAS, Part::New, 2);
        add_change(&mut changes, Some("16378".into()), CAMERAS, Part::Decommissioned, -1);
        // All its cameras have left since.
        add_change(&mut changes, None, EYES, Part::Moved, -5);
        let was = now.before(&changes);
        assert_eq!((was.get(&Some("16378".into()), EYES), was.get(&Some("16378".into()), CAMERAS)), (9, 3));
        assert_eq!((was.find(&None, EYES), was.find(&None, CAMERAS)), (Some(5), Some(0)));
        assert_eq!(now.find(&None, EYES), None);
    }
}
