//! The tree of conditions on a row. As in SQL, a result is true, false, or unknown where a value is missing.

use crate::conditions::{Comparison, Interval, Near, Operand, Property, Value};
use crate::layers::{Field, Type, ValidTime};

use chrono::NaiveDate;
use geo::{BoundingRect, Geometry};

/// A condition on a row. Evaluators compute each node from its parts. A new kind of condition needs a variant here or in
/// [`Operand`], and an arm in each evaluator.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// True when the list is empty.
    All(Vec<Condition>),
    /// False when the list is empty.
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// True where the condition is true, false where it is false or unknown.
    IsTrue(Box<Condition>),
    /// True where the condition is unknown, otherwise false.
    IsUnknown(Box<Condition>),
    /// Unknown when either side is null. Texts are compared by code point.
    Compare(Operand, Comparison, Operand),
    /// Equal to one of the values, which have the operand's type. An instant may be compared with its day in Vietnam.
    In(Operand, Vec<Value>),
    /// A text that matches a pattern: `%` stands for any text, `_` for a character, `\` makes the next one literal.
    Like(Operand, Operand),
    Sets(Operand, SetRelation, Operand),
    IsNull(Operand),
    /// A place that intersects the box: west, south, east, north. West is greater than east across the antimeridian.
    Bbox([f64; 4]),
    /// A place at most so far from a point.
    Near(Near),
    Relates(Shape, Relation, Shape),
    /// Places that are at most so many metres apart.
    WithinDistance(Shape, Shape, f64),
    /// A valid time, in these columns, that overlaps an interval. An unknown beginning or end is open.
    ValidDuring(ValidTime, Interval),
    /// The search text of the row contains this text, ignoring case and accents.
    Search(String),
    Derived(Derived),
}

/// What a row's own columns do not say. The evaluator finds it out from other rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Derived {
    /// Within the unit that has this code on a day.
    Within {
        code: String,
        on: NaiveDate,
    },
    /// In no unit of a level on a day.
    Unassigned {
        /// The name of the level.
        level: &'static str,
        /// The code of the unit that the query is limited to. It only saves work.
        within: Option<String>,
        on: NaiveDate,
    },
    Fact(Fact),
}

/// A fact about a row that a figure uses, by the name that the figures give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub name: &'static str,
    /// What the fact is about, such as an operator.
    pub values: Vec<&'static str>,
    /// The code of the unit that the query is limited to. It only saves work.
    pub within: Option<String>,
}

/// How two sets relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetRelation {
    Equals,
    Contains,
    Overlaps,
}

/// A place that another is related to.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// The place of the row.
    Own,
    /// In WGS 84, and valid.
    Given(Box<Geometry>),
}

/// How two places relate (OGC 06-103r4, 6.1.15.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    Intersects,
    Equals,
    Touches,
    Within,
    Overlaps,
    Crosses,
}

impl Shape {
    pub fn is_wider_than(&self, degrees: f64) -> bool {
        let Shape::Given(geometry) = self else { return false };
        geometry.bounding_rect().is_none_or(|bounds| bounds.width().max(bounds.height()) > degrees)
    }

    /// Whether it is a collection, which has parts of several kinds.
    pub fn is_mixed(&self) -> bool {
        matches!(self, Shape::Given(geometry) if matches!(**geometry, Geometry::GeometryCollection(_)))
    }
}

impl Condition {
    pub const fn always() -> Condition {
        Condition::All(Vec::new())
    }

    pub const fn never() -> Condition {
        Condition::Any(Vec::new())
    }

    /// Whether it holds for every row.
    pub fn is_always(&self) -> bool {
        matches!(self, Condition::All(parts) if parts.iter().all(Condition::is_always))
    }

    /// Everything in the condition that a row's own columns do not say.
    pub fn derived(&self) -> Vec<&Derived> {
        match self {
            Condition::All(parts) | Condition::Any(parts) => parts.iter().flat_map(Condition::derived).collect(),
            Condition::Not(inner) | Condition::IsTrue(inner) | Condition::IsUnknown(inner) => inner.derived(),
            Condition::Derived(derived) => vec![derived],
            _ => Vec::new(),
        }
    }

    pub fn compare(property: impl Into<Property>, comparison: Comparison, value: impl Into<Value>) -> Condition {
        Condition::Compare(property.into().into(), comparison, Operand::Value(value.into()))
    }

    pub fn equal(property: impl Into<Property>, value: impl Into<Value>) -> Condition {
        Condition::compare(property, Comparison::Equal, value)
    }

    pub fn one_of<V: Into<Value>>(property: impl Into<Property>, values: impl IntoIterator<Item = V>) -> Condition {
        Condition::In(property.into().into(), values.into_iter().map(Into::into).collect())
    }

    /// A field that has one of the texts; for a set, one that contains at least one of them.
    pub fn holds<'a>(field: &'static Field, texts: impl IntoIterator<Item = &'a str>) -> Condition {
        match field.value {
            Type::SomeOf(_) => {
                let texts = texts.into_iter().map(str::to_owned).collect();
                Condition::Sets(Property::Field(field).into(), SetRelation::Overlaps, Operand::Set(texts))
            }
            _ => Condition::one_of(field, texts),
        }
    }

    pub fn is_null(property: impl Into<Property>) -> Condition {
        Condition::IsNull(property.into().into())
    }

    #[must_use]
    pub fn negated(self) -> Condition {
        Condition::Not(Box::new(self))
    }

    #[must_use]
    pub fn is_true(self) -> Condition {
        Condition::IsTrue(Box::new(self))
    }
}
