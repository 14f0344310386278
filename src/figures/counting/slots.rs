//! The numbers of which a figure is made, each one aggregate over the rows that count.

use crate::figures::{Amount, Condition, INDICATORS, Indicator, Measure, UNKNOWN, Value};
use crate::layers::Layer;
use crate::postgres::sql::Sql;
use crate::units::territory::Level;

use crate::figures::counting::condition::{has_value, of_facts};

/// A sum of an amount over the rows of a condition, joined to their facts.
#[derive(Debug, Clone)]
pub struct Slot {
    pub amount: Amount,
    pub condition: Sql,
}

/// The indicators of a layer of assets, in order. All of a layer are counted when one is asked: it costs little, and
/// the statement keeps its shape, so that it is prepared once.
pub fn of_kind(layer: &Layer) -> impl Iterator<Item = &'static Indicator> {
    INDICATORS.iter().filter(move |indicator| indicator.layer.collection == layer.collection)
}

/// The numbers of an indicator. A partition: its values, unknown, the total. A ratio: covered, unknown, total.
/// The level: whether commune offices state 1, 2 … 5, then agencies.
pub fn of(indicator: &'static Indicator) -> Vec<Slot> {
    let slot = |amount: Amount, conditions: Vec<Sql>| Slot { amount, condition: Sql::all(conditions) };
    match indicator.measure {
        Measure::Sum { amount, of } => vec![slot(amount, vec![of_facts(of)])],
        Measure::Partition { amount, of, by, .. } => {
            let values = indicator.choices().iter().map(|choice| choice.value).chain([UNKNOWN]);
            let mut slots: Vec<_> =
                values.map(|value| slot(amount, vec![of_facts(of), has_value(indicator.layer, by, value)])).collect();
            slots.push(slot(amount, vec![of_facts(of)]));
            slots
        }
        Measure::Ratio { of, covered, unknown } => vec![
            slot(Amount::One, vec![of_facts(of), of_facts(covered)]),
            slot(Amount::One, vec![of_facts(of), of_facts(unknown)]),
            slot(Amount::One, vec![of_facts(of)]),
        ],
        Measure::Hamlets { .. } => Vec::new(),
        Measure::SecurityLevel => [Condition::FacilityType("commune_office"), Condition::FacilityType("agency_office")]
            .into_iter()
            .flat_map(|of| LEVELS.map(|level| slot(Amount::One, vec![of_facts(of), Sql::new(level)])))
            .collect(),
    }
}

/// The rows that an indicator is about.
pub fn of_rows(indicator: &'static Indicator) -> Sql {
    match indicator.measure {
        Measure::Sum { of, .. } | Measure::Partition { of, .. } | Measure::Ratio { of, .. } => of_facts(of),
        Measure::Hamlets { .. } => Sql::new("false"),
        Measure::SecurityLevel => Sql::new("t.security_level is not null"),
    }
}

const LEVELS: [&str; 5] = [
    "t.security_level = 1",
    "t.security_level = 2",
    "t.security_level = 3",
    "t.security_level = 4",
    "t.security_level = 5",
];

/// The slot whose change is that of the figure; `None` where there is no such sum.
pub fn main(indicator: &Indicator) -> Option<usize> {
    match indicator.measure {
        Measure::Sum { .. } | Measure::Ratio { .. } | Measure::Hamlets { .. } => Some(0),
        Measure::Partition { .. } => Some(indicator.choices().len() + 1),
        Measure::SecurityLevel => None,
    }
}

/// The value that the numbers of an indicator are, in a unit of a level.
pub fn value(indicator: &'static Indicator, level: Level, numbers: &[i64]) -> Value {
    let at = |index: usize| numbers.get(index).copied().unwrap_or(0);
    match indicator.measure {
        Measure::Sum { .. } => Value::Number(at(0)),
        Measure::Partition { .. } => {
            let names = indicator.choices().iter().map(|choice| choice.value).chain([UNKNOWN]);
            let values = names.enumerate().map(|(index, name)| (name, at(index))).collect();
            Value::Partition { values, total: at(indicator.choices().len() + 1) }
        }
        Measure::Ratio { .. } | Measure::Hamlets { .. } => {
            Value::Ratio { covered: at(0), unknown: at(1), total: at(2) }
        }
        Measure::SecurityLevel => {
            let first = if level == Level::Commune { 0 } else { LEVELS.len() };
            Value::Level((1..=5).rev().find(|level| at(first + level - 1) > 0).map(|level| level as i64))
        }
    }
}
