//! The functions with which indicators are defined.

use crate::conditions::{Condition, Derived, Fact};
use crate::figures::{Amount, Denominator, HamletState, Indicator, Measure, OPERATIONAL, Weight};
use crate::layers::{FACILITY, Field, HAMLET, Label, Layer, label};

/// A field of a layer. Panics if there is none.
pub fn field(layer: &'static Layer, name: &str) -> &'static Field {
    layer.field(name).unwrap_or_else(|| panic!("{} have no field {name}", layer.collection))
}

/// A fact about a row that comes from other rows; see `counting/facts.rs`.
pub fn fact(name: &'static str) -> Condition {
    Condition::Derived(Derived::Fact(Fact { name, values: Vec::new(), within: None }))
}

/// The facilities of a type.
pub fn of_type(name: &str) -> Condition {
    Condition::equal(field(&FACILITY, "type"), name)
}

/// A text that lives as long as the program.
pub fn lasting(text: String) -> &'static str {
    text.leak()
}

/// An indicator that counts the rows of a layer; rule version 1.
pub fn count(layer: &'static Layer, code: &'static str, unit: &'static str, sentence: Label) -> Indicator {
    let measure = Measure::Sum { amount: Amount::One, of: Condition::always() };
    Indicator {
        code,
        sentence,
        unit,
        denominator: None,
        rule_version: 1,
        layer,
        measure,
        status: OPERATIONAL,
        part_of: None,
    }
}

impl Indicator {
    /// Counts only the rows that meet a condition.
    pub fn of(mut self, condition: Condition) -> Indicator {
        if let Measure::Sum { of, .. } = &mut self.measure {
            *of = condition;
        }
        self
    }

    /// Counts the rows of another status than operational.
    pub fn with_status(mut self, status: &'static str) -> Indicator {
        self.status = status;
        self
    }

    /// Sums the lengths of lines instead of counting rows, in metres.
    pub fn in_metres(mut self) -> Indicator {
        if let Measure::Sum { amount, .. } = &mut self.measure {
            *amount = Amount::LengthM;
        }
        self
    }

    /// The sum for each `per` of something else.
    pub fn for_each(self, per: i64, of: Denominator, denominator: Label) -> Indicator {
        let Measure::Sum { amount, of: rows } = self.measure else { panic!("a rate is of a sum") };
        Indicator { denominator: Some(denominator), measure: Measure::Rate { amount, rows, of, per }, ..self }
    }

    /// Sums a field instead of counting rows.
    pub fn summing(mut self, name: &str) -> Indicator {
        if let Measure::Sum { amount, .. } = &mut self.measure {
            *amount = Amount::Field(field(self.layer, name));
        }
        self
    }

    /// The partition of a sum by the values of a field. Its parts add up to the sum.
    pub fn by(&self, name: &str, code: &'static str, sentence: Label) -> Indicator {
        let Measure::Sum { amount, of } = self.measure.clone() else { panic!("a partition is of a sum") };
        let measure = Measure::Partition { amount, of, by: field(self.layer, name), overlapping: false };
        Indicator { code, sentence, measure, part_of: Some(self.code), ..*self }
    }

    /// The same for a field that may have several values in a row, so that the parts do not add up.
    pub fn by_each(&self, name: &str, code: &'static str, sentence: Label) -> Indicator {
        let mut parts = self.by(name, code, sentence);
        parts.part_of = None;
        if let Measure::Partition { overlapping, .. } = &mut parts.measure {
            *overlapping = true;
        }
        parts
    }

    /// The share of the rows that meets `covered`. `unknown` holds for rows that may meet it.
    pub fn covered(self, denominator: Label, covered: Condition, unknown: Condition) -> Indicator {
        let Measure::Sum { of, .. } = self.measure else { panic!("a ratio is of rows") };
        Indicator { denominator: Some(denominator), measure: Measure::Ratio { of, covered, unknown }, ..self }
    }
}

/// The hamlets in a state by the values of a field of theirs: a partition of another indicator.
pub fn hamlets_by(whole: &Indicator, by: &str, code: &'static str, sentence: Label) -> Indicator {
    let Measure::Hamlets { state, .. } = whole.measure else { panic!("{} does not count hamlets", whole.code) };
    let measure = Measure::HamletsBy { state, by: field(&HAMLET, by) };
    Indicator { part_of: Some(whole.code), measure, ..count(&HAMLET, code, "hamlet", sentence) }
}

/// The share of hamlets, or of their households or people, that is covered.
pub fn hamlets(state: &str, weight: Weight, code: &'static str, sentence: Label) -> Indicator {
    let (unit, denominator) = match weight {
        Weight::One => ("hamlet", label("thôn, tổ dân phố", "hamlets")),
        Weight::Households | Weight::Share => ("household", label("hộ", "households")),
        Weight::Population => ("person", label("người", "people")),
    };
    let state = HamletState::of_name(state).unwrap_or_else(|| panic!("hamlets have no state {state}"));
    let measure = Measure::Hamlets { state, weight };
    Indicator { denominator: Some(denominator), measure, ..count(&HAMLET, code, unit, sentence) }
}
