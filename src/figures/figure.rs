//! Figures: the counted value of an indicator in a unit.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::figures::{Delta, Indicator, Note, Published, Ratio, UnitCode, Unweighted};

/// A counted value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Number(i64),
    /// The values of a partition in the order of the layer's list, `unknown` last. The total counts each row once; it
    /// is their sum unless a row may have several values.
    Partition {
        values: Vec<(&'static str, i64)>,
        total: i64,
    },
    Ratio(Ratio),
    Rate {
        amount: i64,
        /// `None` where it is unknown.
        of: Option<i64>,
        per: i64,
        /// The census that `of` comes from.
        census: Option<Census>,
    },
    Area(Area),
    Level {
        /// The level of the unit's own office; `None` when none states one.
        own: Option<i64>,
        /// How many commune offices of the unit state each level, and how many state none.
        communes: Vec<(&'static str, i64)>,
    },
}

/// An estimated area, as a part of the unit's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Area {
    pub covered_m2: i64,
    pub total_m2: i64,
    /// How many communes have no boundary. They are in neither area.
    pub without_boundary: i64,
}

impl Area {
    /// Square kilometres with two decimals; `None` where no boundary is known.
    pub fn covered_km2(&self) -> Option<f64> {
        (self.total_m2 > 0).then(|| km2(self.covered_m2))
    }

    pub fn total_km2(&self) -> Option<f64> {
        (self.total_m2 > 0).then(|| km2(self.total_m2))
    }

    pub fn percent(&self) -> Option<f64> {
        let unweighted = Unweighted { total: self.without_boundary, ..Unweighted::default() };
        Ratio { covered: self.covered_m2, total: self.total_m2, unknown: 0, unweighted }.percent()
    }
}

fn km2(area_m2: i64) -> f64 {
    (area_m2 as f64 / 10_000.0).round() / 100.0
}

/// How many households and people a unit has; `None` where a part of it has not been counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Census {
    pub households: Option<i64>,
    pub population: Option<i64>,
    /// The oldest day of its counts.
    pub counted_on: Option<NaiveDate>,
    pub source: Option<String>,
}

impl Value {
    /// A rate with two decimals, half away from zero; `None` where it is unknown, or of nothing.
    pub fn rate(&self) -> Option<f64> {
        let Value::Rate { amount, of: Some(of @ 1..), per, .. } = self else { return None };
        let hundredths = (i128::from(*amount) * i128::from(*per) * 200 + i128::from(*of)) / (i128::from(*of) * 2);
        Some(hundredths as f64 / 100.0)
    }

    /// The number that comparisons use.
    pub fn number(&self) -> i64 {
        match self {
            Value::Number(number) => *number,
            Value::Partition { total, .. } => *total,
            Value::Ratio(ratio) => ratio.covered,
            Value::Rate { amount, .. } => *amount,
            Value::Area(area) => area.covered_m2,
            Value::Level { own, .. } => own.unwrap_or(0),
        }
    }
}

/// The change since another day.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    Of(Delta),
    /// The changes of all values of a partition that are not zero on both days, with notes on all of them.
    OfValues {
        values: Vec<(&'static str, Delta)>,
        notes: Vec<Note>,
    },
    /// Levels are compared, not subtracted.
    OfLevel(LevelChange),
    /// Both rates are of the same census; a share of the change has no parts.
    OfRate(RateChange),
}

/// The rate of a unit on two days; `None` where it is unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct RateChange {
    pub value: Option<f64>,
    pub base: Option<f64>,
    pub base_on: NaiveDate,
}

impl RateChange {
    /// The difference with two decimals.
    pub fn difference(&self) -> Option<f64> {
        Some(((self.value? - self.base?) * 100.0).round() / 100.0)
    }
}

/// The level of a unit on two days; `None` where it is unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelChange {
    pub value: Option<i64>,
    pub base: Option<i64>,
    pub base_on: NaiveDate,
    /// The document that published the base. Otherwise it is counted from the rows.
    pub document: Option<String>,
}

impl LevelChange {
    /// `raised`, `lowered`, `same`; `unknown` where one of the levels is.
    pub fn name(&self) -> &'static str {
        match self.value.zip(self.base).map(|(value, base)| value.cmp(&base)) {
            Some(Ordering::Greater) => "raised",
            Some(Ordering::Less) => "lowered",
            Some(Ordering::Equal) => "same",
            None => "unknown",
        }
    }
}

/// The figure of an indicator in a unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    pub indicator: &'static Indicator,
    pub value: Value,
    /// Where the value comes from: `register`, or the basis of the statements of availability.
    pub basis: &'static str,
    pub change: Option<Change>,
    /// What was published for the same day: of the whole (`None`), and of values of a partition.
    pub published: Vec<(Option<&'static str>, Published)>,
    /// Numbers of the rows behind it that somebody should check, each with its name.
    pub quality: Vec<(&'static str, i64)>,
}

impl Figure {
    /// What was published of a value of the partition, or of the whole.
    pub fn published_of(&self, part: Option<&str>) -> Option<&Published> {
        self.published.iter().find(|(of, _)| *of == part).map(|(_, published)| published)
    }
}

/// The figures of a unit, in the order of the indicators.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UnitFigures {
    pub figures: Vec<Figure>,
    /// The same over all layers behind the figures.
    pub quality: Vec<(&'static str, i64)>,
}

/// The figures of each unit asked for. `None` has those of records in the scope that lie in none of the units.
pub type FiguresByUnit = BTreeMap<UnitCode, UnitFigures>;
