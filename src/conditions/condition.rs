//! The tree of conditions on a row. As in SQL, a result is true, false, or unknown where a value is missing.

use crate::conditions::{Interval, Near, Value};
use crate::layers::{Field, Type, ValidTime};

use chrono::NaiveDate;

/// A condition on a row. Evaluators compute each node from its parts. A new kind of condition (LIKE, a geometry, a
/// function of a text) needs a variant here or in [`Operand`], and an arm in each evaluator.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// True when the list is empty.
    All(Vec<Condition>),
    /// False when the list is empty.
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// True where the condition is true, false where it is false or unknown.
    IsTrue(Box<Condition>),
    /// Unknown when either side is null. Texts are compared by code point.
    Compare(Operand, Comparison, Operand),
    /// Equal to one of the values, which have the operand's type. An instant may be compared with its day in Vietnam.
    In(Operand, Vec<Value>),
    /// A set that shares a member with the list.
    Overlaps(Operand, Vec<String>),
    IsNull(Operand),
    /// A place that intersects the box: west, south, east, north. West is greater than east across the antimeridian.
    Bbox([f64; 4]),
    /// A place at most so far from a point.
    Near(Near),
    /// A row without a place.
    Unlocated,
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

/// A value of a row: a field of its layer, or what the register stores besides the fields.
#[derive(Debug, Clone, Copy)]
pub enum Property {
    Field(&'static Field),
    Id,
    /// The collection id of its layer, for queries over several layers.
    Collection,
    /// The id of the commune of today in which it lies.
    CommuneId,
    HamletId,
    /// The operator, in any layer.
    Operator,
    /// Whether anonymous callers may see it.
    Public,
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
            Condition::Not(inner) | Condition::IsTrue(inner) => inner.derived(),
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

    #[must_use]
    pub fn is_true(self) -> Condition {
        Condition::IsTrue(Box::new(self))
    }
}

impl Property {
    /// Also the name of the column, and of the member of a record in memory.
    pub const fn name(self) -> &'static str {
        match self {
            Property::Field(field) => field.name,
            Property::Id => "id",
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
