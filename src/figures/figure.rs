//! The value of an indicator in a unit, as counted.

use crate::figures::{Delta, Indicator, Note, UnitCode};
use std::collections::BTreeMap;

/// What was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Number(i64),
    /// The values of a partition in the order of the layer's list, `unknown` last. The total is of the rows: the sum,
    /// unless a row may have several values.
    Partition {
        values: Vec<(&'static str, i64)>,
        total: i64,
    },
    Ratio {
        covered: i64,
        unknown: i64,
        total: i64,
    },
    /// A level; `None` when no office states one.
    Level(Option<i64>),
}

impl Value {
    /// The one number that a comparison is about.
    pub fn number(&self) -> i64 {
        match self {
            Value::Number(number) => *number,
            Value::Partition { total, .. } => *total,
            Value::Ratio { covered, .. } => *covered,
            Value::Level(level) => level.unwrap_or(0),
        }
    }
}

/// Since another day.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    Of(Delta),
    /// Of each value of a partition that counts on either day, and what has to be said of them together.
    OfValues {
        values: Vec<(&'static str, Delta)>,
        notes: Vec<Note>,
    },
}

/// An indicator in a unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    pub indicator: &'static Indicator,
    pub value: Value,
    /// Where it comes from: `register`, or what the statements of availability rest on.
    pub basis: &'static str,
    pub change: Option<Change>,
    /// Names and numbers of rows behind it that somebody should look at.
    pub quality: Vec<(&'static str, i64)>,
}

/// The figures of a unit, in the order of the indicators.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UnitFigures {
    pub figures: Vec<Figure>,
    /// Over all the layers behind the figures.
    pub quality: Vec<(&'static str, i64)>,
}

/// The figures of each unit asked, and under `None` of what lies in none of them though in the scope.
pub type FiguresByUnit = BTreeMap<UnitCode, UnitFigures>;
