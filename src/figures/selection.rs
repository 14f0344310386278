//! Conditions for the rows behind a figure.

use chrono::NaiveDate;

use crate::conditions::{Condition, Derived, Fact, Interval};
use crate::figures::definitions::{LEVEL_OFFICE, field, stations_of};
use crate::figures::{Indicator, Measure, OPERATIONAL, Statements, UNKNOWN, find, office};
use crate::layers::{Field, Layer, TOWER, Type};
use crate::units::territory::Level;

/// An indicator, or the part of it that a link opens.
#[derive(Debug, Clone, Copy)]
pub struct Selection {
    pub indicator: &'static Indicator,
    /// A value of the partition, `unknown` included.
    pub value: Option<&'static str>,
    pub statements: Statements,
}

impl Selection {
    /// Reads `code`, `code.value`, for availability also `code.operator.technology.basis` in any order, for stations also
    /// `code.technology`.
    pub fn parse(text: &str) -> Option<Selection> {
        let mut parts = text.split('.');
        let indicator = find(parts.next()?)?;
        let all = Selection { indicator, value: None, statements: Statements::default() };
        parts.try_fold(all, |read, part| {
            let choices = indicator.choices().iter().map(|choice| choice.value);
            let unknown = (!indicator.choices().is_empty()).then_some(UNKNOWN);
            match choices.chain(unknown).find(|known| *known == part) {
                Some(value) => read.value.is_none().then_some(Selection { value: Some(value), ..read }),
                None => {
                    let statements = read.statements.and(part)?;
                    (statements.of(indicator) == statements).then_some(Selection { statements, ..read })
                }
            }
        })
    }

    /// The text that [`Selection::parse`] reads.
    pub fn to_text(self) -> String {
        let parts = [self.indicator.code].into_iter().chain(self.value).chain(self.statements.names());
        parts.collect::<Vec<_>>().join(".")
    }
}

/// The rows behind an indicator on a day; for a ratio the covered ones, for a level the office that has it. The caller
/// must still limit the rows to the unit `within`.
pub fn rows_of(selection: Selection, day: NaiveDate, within: Option<&str>) -> Condition {
    let Selection { indicator, value, statements } = selection;
    let of_generation = statements.generation().filter(|_| indicator.is_of_generations());
    let counted = |own: &[&Condition]| {
        let counts = counts(indicator.layer, indicator.status, day);
        let has = of_generation.map(|generation| has_value(field(&TOWER, "technologies"), generation));
        Condition::All([counts].into_iter().chain(own.iter().copied().cloned()).chain(has).collect())
    };
    match &indicator.measure {
        Measure::Sum { of, .. } | Measure::Rate { rows: of, .. } => counted(&[of]),
        Measure::Area { generation } => counted(&[&stations_of(generation)]),
        Measure::Partition { of, by, .. } => match value {
            Some(value) => counted(&[of, &has_value(by, value)]),
            None => counted(&[of]),
        },
        Measure::Ratio { of, covered, .. } => counted(&[of, covered]),
        Measure::Hamlets { state, .. } => {
            let within = within.map(str::to_owned);
            Condition::Derived(Derived::Fact(Fact { name: state.name, values: statements.names().collect(), within }))
        }
        Measure::HamletsBy { state, by } => {
            let names = statements.names().collect();
            let fact = Fact { name: state.name, values: names, within: within.map(str::to_owned) };
            let of_value = value.map(|value| has_value(by, value));
            Condition::All([Condition::Derived(Derived::Fact(fact))].into_iter().chain(of_value).collect())
        }
        Measure::SecurityLevel => match within.and_then(|code| Some((code, Level::of_code(code)?))) {
            Some((code, level)) if level >= Level::Province => Condition::Derived(Derived::Fact(Fact {
                name: LEVEL_OFFICE,
                values: vec![office(level)],
                within: Some(code.to_owned()),
            })),
            _ => counted(&[&has_level()]),
        },
    }
}

/// Rows with a status on the day. Operational ones must have been installed by then (or on an unknown day), and not
/// decommissioned by then. What is only planned or being built has no such days yet.
pub fn counts(layer: &'static Layer, status: &'static str, day: NaiveDate) -> Condition {
    let on_the_day = Interval { from: Some(day), to: Some(day) };
    let has_status = Condition::equal(field(layer, "lifecycle_status"), status);
    match status {
        OPERATIONAL => Condition::All(vec![has_status, Condition::ValidDuring(layer.valid_time(), on_the_day)]),
        _ => has_status,
    }
}

/// Rows whose field has a value of a partition. For `unknown` the field is null.
pub fn has_value(by: &'static Field, value: &str) -> Condition {
    match by.value {
        _ if value == UNKNOWN => Condition::is_null(by),
        Type::Boolean => Condition::equal(by, value == "true"),
        Type::SomeOf(_) => Condition::holds(by, [value]),
        _ => Condition::equal(by, value),
    }
}

/// Facilities that state a level of information security.
pub fn has_level() -> Condition {
    Condition::is_null(field(&crate::layers::FACILITY, "security_level")).negated()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::INDICATORS;

    #[test]
    fn every_indicator_has_rows() {
        let day = NaiveDate::from_ymd_opt(2023, 9, 20).unwrap();
        for indicator in INDICATORS.iter() {
            let condition =
                rows_of(Selection { indicator, value: None, statements: Statements::default() }, day, Some("405"));
            assert!(!condition.is_always(), "{}", indicator.code);
        }
    }

    #[test]
    fn a_selection_reads_what_it_writes() {
        for text in [
            "camera_eyes",
            "bts_stations.5g",
            "bts_stations_by_operator.viettel.5g",
            "camera_eyes_by_funding.unknown",
            "mobile_hamlets_4g.viettel.4g.measured",
        ] {
            assert_eq!(Selection::parse(text).map(Selection::to_text).as_deref(), Some(text));
        }
        for text in [
            "eyes",
            "camera_eyes.unknown",
            "camera_eyes_by_funding.rich",
            "mobile_hamlets_4g.unknown",
            "mobile_hamlets_4g.vnpt.vnpt",
            "bts_stations.viettel",
            "bts_stations.fiber",
            "bts_sites.5g",
            "",
        ] {
            assert!(Selection::parse(text).is_none(), "{text}");
        }
    }
}
