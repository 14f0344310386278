//! The words in which indicators are defined.

use crate::conditions::{Condition, Derived, Fact};
use crate::figures::{Amount, HamletState, Indicator, Measure, Weight};
use crate::layers::{FACILITY, Field, HAMLET, Label, Layer, label};

/// A field of a layer, which is there.
pub fn field(layer: &'static Layer, name: &str) -> &'static Field {
    layer.field(name).unwrap_or_else(|| panic!("{} have no field {name}", layer.collection))
}

/// A truth about a row that other rows say; `counting/facts.rs` finds it out.
pub fn fact(name: &'static str) -> Condition {
    Condition::Derived(Derived::Fact(Fact { name, value: None, within: None }))
}

/// Facilities of a type.
pub fn of_type(name: &str) -> Condition {
    Condition::equal(field(&FACILITY, "type"), name)
}

/// A text that lasts as long as the program.
pub fn lasting(text: String) -> &'static str {
    text.leak()
}

/// The number of rows of a layer, by rule version 1.
pub fn count(layer: &'static Layer, code: &'static str, unit: &'static str, sentence: Label) -> Indicator {
    let measure = Measure::Sum { amount: Amount::One, of: Condition::always() };
    Indicator { code, sentence, unit, denominator: None, rule_version: 1, layer, measure, part_of: None }
}

impl Indicator {
    /// Only rows of a condition.
    pub fn of(mut self, condition: Condition) -> Indicator {
        if let Measure::Sum { of, .. } = &mut self.measure {
            *of = condition;
        }
        self
    }

    /// The sum of a field, not the number of rows.
    pub fn summing(mut self, name: &str) -> Indicator {
        if let Measure::Sum { amount, .. } = &mut self.measure {
            *amount = Amount::Field(field(self.layer, name));
        }
        self
    }

    /// The sum by the values of a field; its parts add up to the sum.
    pub fn by(&self, name: &str, code: &'static str, sentence: Label) -> Indicator {
        let Measure::Sum { amount, of } = self.measure.clone() else { panic!("a partition is of a sum") };
        let measure = Measure::Partition { amount, of, by: field(self.layer, name), overlapping: false };
        Indicator { code, sentence, measure, part_of: Some(self.code), ..*self }
    }

    /// The same of a field of which a row may have several values, so that nothing adds up.
    pub fn by_each(&self, name: &str, code: &'static str, sentence: Label) -> Indicator {
        let mut parts = self.by(name, code, sentence);
        parts.part_of = None;
        if let Measure::Partition { overlapping, .. } = &mut parts.measure {
            *overlapping = true;
        }
        parts
    }

    /// The share of them that a condition covers; `unknown` are those that it may.
    pub fn covered(self, denominator: Label, covered: Condition, unknown: Condition) -> Indicator {
        let Measure::Sum { of, .. } = self.measure else { panic!("a ratio is of rows") };
        Indicator { denominator: Some(denominator), measure: Measure::Ratio { of, covered, unknown }, ..self }
    }
}

/// The share of the hamlets, or of their households or people, that is covered.
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
