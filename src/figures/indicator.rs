//! Indicators: which rows of a layer they count, and how.

use crate::conditions::Condition;
use crate::figures::{HamletState, Subject, Weight};
use crate::layers::{Choice, Field, Label, Layer, TOWER, Type, choice};

/// A published figure: its definition, and how it is counted.
#[derive(Debug, Clone)]
pub struct Indicator {
    pub code: &'static str,
    /// A sentence that says what is counted.
    pub sentence: Label,
    /// The unit of the value: `eye`, `station`, `hamlet`.
    pub unit: &'static str,
    /// The whole of which a percentage is a share.
    pub denominator: Option<Label>,
    /// Increases when the rule changes, so that a copy of a figure shows which rule made it.
    pub rule_version: u32,
    pub layer: &'static Layer,
    pub measure: Measure,
    /// The lifecycle status of the rows that it counts.
    pub status: &'static str,
    /// The indicator that this partition breaks down.
    pub part_of: Option<&'static str>,
}

/// How the rows are counted. The conditions apply to rows that already count on the day: operational, installed, not
/// decommissioned.
#[derive(Debug, Clone)]
pub enum Measure {
    /// The sum of an amount over rows.
    Sum { amount: Amount, of: Condition },
    /// One sum for each value of a field, and one for `unknown`. Overlapping: a row may have several values.
    Partition { amount: Amount, of: Condition, by: &'static Field, overlapping: bool },
    /// The rows that meet `of`: covered, not covered, unknown.
    Ratio { of: Condition, covered: Condition, unknown: Condition },
    /// The hamlets: covered, not covered, unknown, each counted or weighted.
    Hamlets { state: HamletState, weight: Weight },
    /// The covered hamlets by the values of a field of theirs.
    HamletsBy { state: HamletState, by: &'static Field },
    /// An amount of the rows for each `per` of what `of` counts.
    Rate { amount: Amount, rows: Condition, of: Denominator, per: i64 },
    /// The area within the nominal radius of stations of at least a generation.
    Area { generation: &'static str },
    /// The highest level of a unit's offices: commune offices in a commune, agency offices in a larger unit.
    SecurityLevel,
}

/// How much a row adds to a sum.
#[derive(Debug, Clone, Copy)]
pub enum Amount {
    One,
    /// The value of an integer field that is never null.
    Field(&'static Field),
    /// The geodesic length of the part of a line that lies in the unit, in metres. Shown in kilometres.
    LengthM,
}

/// What a rate is for each of.
#[derive(Debug, Clone)]
pub enum Denominator {
    /// The households or the people of the unit's census.
    Census(Weight),
    /// Other rows of the layer.
    Rows(Condition),
}

/// The status of the rows that headlines count.
pub const OPERATIONAL: &str = "operational";

/// The part of a partition for rows without a value, so that the parts add up.
pub const UNKNOWN: &str = "unknown";

/// The values of a field that is true or false, as in responses.
static YES_OR_NO: &[Choice] = &[choice("true", "có", "yes"), choice("false", "không", "no")];

impl Indicator {
    /// The field that it is broken down by.
    pub fn by_field(&self) -> Option<&'static Field> {
        match self.measure {
            Measure::Partition { by, .. } | Measure::HamletsBy { by, .. } => Some(by),
            _ => None,
        }
    }

    /// How much the rows add up to.
    pub fn amount(&self) -> Amount {
        match self.measure {
            Measure::Sum { amount, .. } | Measure::Partition { amount, .. } | Measure::Rate { amount, .. } => amount,
            _ => Amount::One,
        }
    }

    /// A number of it as shown: kilometres with one decimal where it counts metres.
    pub fn shown(&self, number: f64) -> f64 {
        if self.is_length() { (number / 100.0).round() / 10.0 } else { number }
    }

    /// Whether it counts metres and shows kilometres.
    pub fn is_length(&self) -> bool {
        matches!(self.amount(), Amount::LengthM)
    }

    /// The field whose sum over the items is the value; `None` where the number of items is the value.
    pub fn summed_field(&self) -> Option<&'static str> {
        match &self.measure {
            Measure::Sum { .. } | Measure::Partition { .. } | Measure::Rate { .. } => match self.amount() {
                Amount::Field(field) => Some(field.name),
                // Of lines that cross the boundary the link gives the whole length.
                Amount::LengthM => Some("route_km"),
                Amount::One => None,
            },
            Measure::Hamlets { weight: Weight::Households, .. } => Some("households"),
            Measure::Hamlets { weight: Weight::Population, .. } => Some("population"),
            Measure::SecurityLevel => Some("security_level"),
            _ => None,
        }
    }

    /// The values of a partition, in the order of the layer's list, without `unknown`.
    pub fn choices(&self) -> &'static [Choice] {
        match self.measure {
            Measure::Partition { by, .. } | Measure::HamletsBy { by, .. } => match by.value {
                Type::Boolean => YES_OR_NO,
                _ => by.value.choices(),
            },
            _ => &[],
        }
    }

    /// The subject that it counts in hamlets.
    pub fn subject(&self) -> Option<Subject> {
        match self.measure {
            Measure::Hamlets { state, .. } | Measure::HamletsBy { state, .. } => Some(state.subject),
            _ => None,
        }
    }

    /// Whether it is counted from the rows of a layer.
    pub fn is_of_rows(&self, layer: &Layer) -> bool {
        self.layer.collection == layer.collection && !self.is_estimate()
    }

    /// Whether it is an estimate, which is counted only when it is asked for by its code.
    pub fn is_estimate(&self) -> bool {
        matches!(self.measure, Measure::Area { .. })
    }

    /// Whether it is a rate of the unit's households or people.
    pub fn is_of_census(&self) -> bool {
        matches!(self.measure, Measure::Rate { of: Denominator::Census(_), .. })
    }

    /// Whether it adds up the households or people of hamlets, which may be unknown.
    pub fn is_weighted(&self) -> bool {
        matches!(self.measure, Measure::Hamlets { weight, .. } if weight != Weight::One)
    }

    /// Whether it counts operational stations one by one, so that it can be counted for those of one generation. A site
    /// or a ratio of generations is of several stations.
    pub fn is_of_generations(&self) -> bool {
        let is_of_single = match &self.measure {
            Measure::Sum { of, .. } | Measure::Partition { of, .. } => of.derived().is_empty(),
            Measure::Rate { of, .. } => matches!(of, Denominator::Census(_)),
            _ => false,
        };
        self.layer.collection == TOWER.collection && self.status == OPERATIONAL && is_of_single
    }

    /// Whether it counts statements of availability, which have an operator or hold for any.
    pub fn is_of_availability(&self) -> bool {
        self.subject().is_some_and(|subject| matches!(subject, Subject::Mobile | Subject::Fiber))
    }
}

impl PartialEq for Indicator {
    fn eq(&self, other: &Indicator) -> bool {
        self.code == other.code
    }
}
