//! The numbers that an indicator is made of, and the value that they give.

use crate::conditions::Condition;
use crate::figures::definitions::{field, of_type, stations_of};
use crate::figures::selection::{has_level, has_value};
use crate::figures::{
    Amount, Area, Census, Denominator, Indicator, Measure, Ratio, Slot, UNKNOWN, Unweighted, Value, Weight,
};
use crate::layers::FACILITY;
use crate::units::territory::Level;

/// The sum of an amount over the rows that meet a condition.
#[derive(Debug, Clone)]
pub struct Sum {
    pub slot: Slot,
    pub amount: Amount,
    pub of: Condition,
}

/// The levels, as in responses.
const LEVELS: [(&str, Option<i64>); 6] =
    [("1", Some(1)), ("2", Some(2)), ("3", Some(3)), ("4", Some(4)), ("5", Some(5)), (UNKNOWN, None)];
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
        Measure::Hamlets { .. } | Measure::HamletsBy { .. } | Measure::Area { .. } => Vec::new(),
        Measure::Rate { amount, rows, of, .. } => {
            let mut sums = vec![sum(Slot::Covered, *amount, vec![rows.clone()])];
            if let Denominator::Rows(of) = of {
                sums.push(sum(Slot::Total, Amount::One, vec![of.clone()]));
            }
            sums
        }
        Measure::SecurityLevel => [COMMUNE_OFFICE, AGENCY_OFFICE]
            .into_iter()
            .flat_map(|office| LEVELS.map(move |(_, level)| (office, level)))
            .map(|(office, level)| {
                let stated = field(&FACILITY, "security_level");
                let states = level.map_or(Condition::is_null(stated), |level| Condition::equal(stated, level));
                sum(Slot::Level(office, level), Amount::One, vec![of_type(office), states])
            })
            .collect(),
    }
}

/// The rows of a layer of assets that an indicator counts.
pub fn rows(indicator: &Indicator) -> Condition {
    match &indicator.measure {
        Measure::Sum { of, .. } | Measure::Partition { of, .. } | Measure::Ratio { of, .. } => of.clone(),
        Measure::Rate { rows, .. } => rows.clone(),
        Measure::Hamlets { .. } | Measure::HamletsBy { .. } => Condition::never(),
        Measure::Area { generation } => stations_of(generation),
        Measure::SecurityLevel => has_level(),
    }
}

/// The slot whose change is that of the figure; `None` when no slot has it.
pub fn main(indicator: &Indicator) -> Option<Slot> {
    match indicator.measure {
        Measure::Sum { .. } | Measure::Partition { .. } | Measure::HamletsBy { .. } => Some(Slot::Total),
        Measure::Ratio { .. } | Measure::Hamlets { .. } | Measure::Rate { .. } => Some(Slot::Covered),
        Measure::SecurityLevel | Measure::Area { .. } => None,
    }
}

/// The value of an indicator in a unit of a level, from its numbers and the unit's census.
pub fn value(indicator: &Indicator, level: Level, census: &Census, number: impl Fn(Slot) -> i64) -> Value {
    match &indicator.measure {
        Measure::Sum { .. } => Value::Number(number(Slot::Total)),
        Measure::Partition { .. } | Measure::HamletsBy { .. } => Value::Partition {
            values: values(indicator).map(|value| (value, number(Slot::Value(value)))).collect(),
            total: number(Slot::Total),
        },
        Measure::Ratio { .. } | Measure::Hamlets { .. } => Value::Ratio(Ratio {
            covered: number(Slot::Covered),
            unknown: number(Slot::Unknown),
            total: number(Slot::Total),
            unweighted: Unweighted {
                covered: number(Slot::UnweightedCovered),
                unknown: number(Slot::UnweightedUnknown),
                total: number(Slot::Unweighted),
                largest: number(Slot::LargestWeight),
            },
        }),
        Measure::Rate { of, per, .. } => {
            let (of, census) = match of {
                Denominator::Rows(_) => (Some(number(Slot::Total)), None),
                Denominator::Census(Weight::Population) => (census.population, Some(census.clone())),
                Denominator::Census(_) => (census.households, Some(census.clone())),
            };
            Value::Rate { amount: number(Slot::Covered), of, per: *per, census }
        }
        Measure::Area { .. } => Value::Area(Area {
            covered_m2: number(Slot::Covered),
            total_m2: number(Slot::Total),
            without_boundary: number(Slot::Unknown),
        }),
        Measure::SecurityLevel => {
            // The country and a group have no office of their own.
            let is_own =
                |stated: Option<i64>| level >= Level::Province && number(Slot::Level(office(level), stated)) > 0;
            let stated = LEVELS.into_iter().filter(|(_, stated)| is_own(*stated));
            let of_communes = |(name, stated)| (name, number(Slot::Level(COMMUNE_OFFICE, stated)));
            Value::Level {
                own: stated.filter_map(|(_, level)| level).max(),
                communes: LEVELS.map(of_communes).into_iter().filter(|(_, offices)| *offices > 0).collect(),
            }
        }
    }
}

/// The values of a partition, `unknown` last.
pub fn values(indicator: &Indicator) -> impl Iterator<Item = &'static str> {
    indicator.choices().iter().map(|choice| choice.value).chain([UNKNOWN])
}
