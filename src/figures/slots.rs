//! The numbers that an indicator is made of, and the value that they give.

use crate::conditions::Condition;
use crate::figures::definitions::{field, of_type};
use crate::figures::selection::{has_level, has_value};
use crate::figures::{Amount, Indicator, Measure, Slot, UNKNOWN, Value};
use crate::layers::FACILITY;
use crate::units::territory::Level;

/// The sum of an amount over the rows that meet a condition.
#[derive(Debug, Clone)]
pub struct Sum {
    pub slot: Slot,
    pub amount: Amount,
    pub of: Condition,
}

const LEVELS: std::ops::RangeInclusive<i64> = 1..=5;
const COMMUNE_OFFICE: &str = "commune_office";
const AGENCY_OFFICE: &str = "agency_office";

/// The type of the facilities whose level counts for a unit.
pub const fn office(level: Level) -> &'static str {
    if matches!(level, Level::Commune) { COMMUNE_OFFICE } else { AGENCY_OFFICE }
}

/// The sums that an indicator needs over a layer of assets.
pub fn sums(indicator: &Indicator) -> Vec<Sum> {
    let sum = |slot: Slot, amount: Amount, of: Vec<Condition>| Sum { slot, amount, of: Condition::All(of) };
    match &indicator.measure {
        Measure::Sum { amount, of } => vec![sum(Slot::Total, *amount, vec![of.clone()])],
        Measure::Partition { amount, of, by, .. } => values(indicator)
            .map(|value| sum(Slot::Value(value), *amount, vec![of.clone(), has_value(by, value)]))
            .chain([sum(Slot::Total, *amount, vec![of.clone()])])
            .collect(),
        Measure::Ratio { of, covered, unknown } => vec![
            sum(Slot::Covered, Amount::One, vec![of.clone(), covered.clone()]),
            sum(Slot::Unknown, Amount::One, vec![of.clone(), unknown.clone()]),
            sum(Slot::Total, Amount::One, vec![of.clone()]),
        ],
        Measure::Hamlets { .. } => Vec::new(),
        Measure::SecurityLevel => [COMMUNE_OFFICE, AGENCY_OFFICE]
            .into_iter()
            .flat_map(|office| LEVELS.map(move |level| (office, level)))
            .map(|(office, level)| {
                let states = Condition::equal(field(&FACILITY, "security_level"), level);
                sum(Slot::Level(office, level), Amount::One, vec![of_type(office), states])
            })
            .collect(),
    }
}

/// The rows of a layer of assets that an indicator counts.
pub fn rows(indicator: &Indicator) -> Condition {
    match &indicator.measure {
        Measure::Sum { of, .. } | Measure::Partition { of, .. } | Measure::Ratio { of, .. } => of.clone(),
        Measure::Hamlets { .. } => Condition::never(),
        Measure::SecurityLevel => has_level(),
    }
}

/// The slot whose change is that of the figure; `None` when no slot has it.
pub fn main(indicator: &Indicator) -> Option<Slot> {
    match indicator.measure {
        Measure::Sum { .. } | Measure::Partition { .. } => Some(Slot::Total),
        Measure::Ratio { .. } | Measure::Hamlets { .. } => Some(Slot::Covered),
        Measure::SecurityLevel => None,
    }
}

/// The value of an indicator in a unit of a level, from its numbers.
pub fn value(indicator: &Indicator, level: Level, number: impl Fn(Slot) -> i64) -> Value {
    match indicator.measure {
        Measure::Sum { .. } => Value::Number(number(Slot::Total)),
        Measure::Partition { .. } => Value::Partition {
            values: values(indicator).map(|value| (value, number(Slot::Value(value)))).collect(),
            total: number(Slot::Total),
        },
        Measure::Ratio { .. } | Measure::Hamlets { .. } => {
            Value::Ratio { covered: number(Slot::Covered), unknown: number(Slot::Unknown), total: number(Slot::Total) }
        }
        Measure::SecurityLevel => {
            Value::Level(LEVELS.rev().find(|stated| number(Slot::Level(office(level), *stated)) > 0))
        }
    }
}

/// The values of a partition, `unknown` last.
fn values(indicator: &Indicator) -> impl Iterator<Item = &'static str> {
    indicator.choices().iter().map(|choice| choice.value).chain([UNKNOWN])
}
