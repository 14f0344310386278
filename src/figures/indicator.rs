//! What an indicator is: which rows of a layer it counts, and how.

use crate::conditions::Condition;
use crate::figures::{HamletState, Subject, Weight};
use crate::layers::{Choice, Field, Label, Layer};

/// A published figure: its definition, and how it is counted.
#[derive(Debug, Clone)]
pub struct Indicator {
    pub code: &'static str,
    /// What is counted, in a sentence.
    pub sentence: Label,
    /// What the value is a number of: `eye`, `station`, `hamlet`.
    pub unit: &'static str,
    /// What a percentage is of.
    pub denominator: Option<Label>,
    /// Grows when the rule changes, so that a figure kept by someone can be told from one of today's rule.
    pub rule_version: u32,
    /// The layer whose rows are counted.
    pub layer: &'static Layer,
    pub measure: Measure,
    /// The total that this partition breaks down.
    pub part_of: Option<&'static str>,
}

/// How the rows are counted. Every condition is asked of rows that already count on the day: operational, installed,
/// not decommissioned.
#[derive(Debug, Clone)]
pub enum Measure {
    /// The sum of an amount over rows.
    Sum { amount: Amount, of: Condition },
    /// One sum for each value of a field, and one for `unknown`. Overlapping: a row may have several values.
    Partition { amount: Amount, of: Condition, by: &'static Field, overlapping: bool },
    /// Of the rows that `of` names: covered, not covered, unknown.
    Ratio { of: Condition, covered: Condition, unknown: Condition },
    /// Of the hamlets: covered, not covered, unknown, each counted or weighted.
    Hamlets { state: HamletState, weight: Weight },
    /// The highest level of the offices of a unit: of the commune offices in a commune, else of the agencies.
    SecurityLevel,
}

/// What a row adds to a sum.
#[derive(Debug, Clone, Copy)]
pub enum Amount {
    One,
    /// The value of an integer field that is never null.
    Field(&'static Field),
}

/// The name of the part of a partition whose rows have no value, so that the parts add up.
pub const UNKNOWN: &str = "unknown";

impl Indicator {
    /// The field that items have to be summed by to give the value; `None` where their number is the value.
    pub fn summed_field(&self) -> Option<&'static str> {
        match &self.measure {
            Measure::Sum { amount: Amount::Field(field), .. }
            | Measure::Partition { amount: Amount::Field(field), .. } => Some(field.name),
            Measure::Hamlets { weight: Weight::Households, .. } => Some("households"),
            Measure::Hamlets { weight: Weight::Population, .. } => Some("population"),
            Measure::SecurityLevel => Some("security_level"),
            _ => None,
        }
    }

    /// The values of a partition, in the order of the layer's list, without `unknown`.
    pub fn choices(&self) -> &'static [Choice] {
        match self.measure {
            Measure::Partition { by, .. } => by.value.choices(),
            _ => &[],
        }
    }

    /// What it asks of hamlets.
    pub fn subject(&self) -> Option<Subject> {
        match self.measure {
            Measure::Hamlets { state, .. } => Some(state.subject),
            _ => None,
        }
    }

    /// Whether it rests on what was stated of hamlets, per operator or for any.
    pub fn is_of_availability(&self) -> bool {
        self.subject().is_some_and(|subject| subject != Subject::Cameras)
    }
}

impl PartialEq for Indicator {
    fn eq(&self, other: &Indicator) -> bool {
        self.code == other.code
    }
}
