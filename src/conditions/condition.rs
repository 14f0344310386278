//! The tree: what is asked of a row. Like SQL's, an answer is true, false or, where a value is missing, unknown.

use crate::conditions::{Interval, Value};
use crate::layers::{Field, Type, ValidTime};

use chrono::NaiveDate;

/// A question about a row. Evaluators answer each node from its parts, so a new kind of question (LIKE, a geometry, a
/// function of a text) is a new variant here or in [`Operand`] and an arm in each evaluator.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// True when there are none.
    All(Vec<Condition>),
    /// False when there are none.
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// True where the condition is true, false where it is false or unknown.
    IsTrue(Box<Condition>),
    /// Unknown when either side is null. Texts are ordered by their code points.
    Compare(Operand, Comparison, Operand),
    /// A value of the list. The values are of the operand's type; an instant may be compared with the day, in Vietnam.
    In(Operand, Vec<Value>),
    /// A set that has a member in common with the list.
    Overlaps(Operand, Vec<String>),
    IsNull(Operand),
    /// A place that meets the box: west, south, east, north; west is greater than east across the antimeridian.
    Bbox([f64; 4]),
    /// A valid time, in these columns, that meets an interval. An unknown beginning or end is open.
    ValidDuring(ValidTime, Interval),
    /// A text to search, whatever its case and accents.
    Search(String),
    Derived(Derived),
}

/// What a row's own columns do not say: whoever evaluates it finds it out from other rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Derived {
    /// Within the unit that has this code on a day.
    Within {
        code: String,
        on: NaiveDate,
    },
    Fact(Fact),
}

/// A truth about a row that a figure rests on, by the name that the figures give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub name: &'static str,
    /// What the fact is about, such as an operator.
    pub value: Option<&'static str>,
    /// The code of the unit to which rows are limited anyway, which spares work.
    pub within: Option<String>,
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    Property(Property),
    Value(Value),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A value of a row: a field of its layer, or what the register keeps beside the fields.
#[derive(Debug, Clone, Copy)]
pub enum Property {
    Field(&'static Field),
    /// The collection id of its layer, where rows of several layers are asked.
    Collection,
    /// The commune of today in which it lies, by its id.
    CommuneId,
    HamletId,
    /// The operator, of whatever layer.
    Operator,
    /// Whether anonymous callers may know of it.
    Public,
}

impl Condition {
    pub const fn always() -> Condition {
        Condition::All(Vec::new())
    }

    pub const fn never() -> Condition {
        Condition::Any(Vec::new())
    }

    /// Whether it asks nothing.
    pub fn is_always(&self) -> bool {
        matches!(self, Condition::All(parts) if parts.iter().all(Condition::is_always))
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

    /// A field that has one of the texts, or, where it is a set, one of them among others.
    pub fn holds<'a>(field: &'static Field, texts: impl IntoIterator<Item = &'a str>) -> Condition {
        match field.value {
            Type::SomeOf(_) => {
                let texts = texts.into_iter().map(str::to_owned).collect();
                Condition::Overlaps(Property::Field(field).into(), texts)
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

    /// See [`Condition::IsTrue`].
    #[must_use]
    pub fn is_true(self) -> Condition {
        Condition::IsTrue(Box::new(self))
    }
}

impl Property {
    /// Also the column, and the member of a record in memory.
    pub const fn name(self) -> &'static str {
        match self {
            Property::Field(field) => field.name,
            Property::Collection => "collection",
            Property::CommuneId => "commune_id",
            Property::HamletId => "hamlet_id",
            Property::Operator => "operator",
            Property::Public => "public",
        }
    }
}

impl PartialEq for Property {
    fn eq(&self, other: &Property) -> bool {
        self.name() == other.name()
    }
}

impl From<&'static Field> for Property {
    fn from(field: &'static Field) -> Property {
        Property::Field(field)
    }
}

impl From<Property> for Operand {
    fn from(property: Property) -> Operand {
        Operand::Property(property)
    }
}
