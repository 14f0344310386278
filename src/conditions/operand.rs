//! What conditions compare: properties of a row, values, and what is computed from them.

use crate::conditions::Value;
use crate::layers::Field;

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    Property(Property),
    Value(Value),
    /// The members of a set.
    Set(Vec<String>),
    Folded(Box<Operand>, Folding),
    /// A number in double precision. Null where it is not defined, and where a number is beyond reach (10^100).
    Computed(Box<Operand>, Arithmetic, Box<Operand>),
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

/// What is ignored in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folding {
    Case,
    Accents,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    Plus,
    Minus,
    Times,
    DividedBy,
    Modulo,
    /// Division without the rest.
    Div,
    Power,
}

/// A value of a row: a field of its layer, or what the register stores besides the fields.
#[derive(Debug, Clone, Copy)]
pub enum Property {
    Field(&'static Field),
    /// Its geometry. It can only be asked whether there is one.
    Place,
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

impl Arithmetic {
    /// Its sign in CQL2, and in the database function `computed()`.
    pub const fn sign(self) -> &'static str {
        match self {
            Arithmetic::Plus => "+",
            Arithmetic::Minus => "-",
            Arithmetic::Times => "*",
            Arithmetic::DividedBy => "/",
            Arithmetic::Modulo => "%",
            Arithmetic::Div => "div",
            Arithmetic::Power => "^",
        }
    }

    pub fn of_sign(sign: &str) -> Option<Arithmetic> {
        use Arithmetic::{Div, DividedBy, Minus, Modulo, Plus, Power, Times};
        [Plus, Minus, Times, DividedBy, Modulo, Div, Power].into_iter().find(|known| known.sign() == sign)
    }

    /// The result, as the database function `computed()` gives it.
    pub fn apply(self, a: f64, b: f64) -> Option<f64> {
        let is_within_reach = |number: f64| number == 0.0 || (1e-100..=1e100).contains(&number.abs());
        if !is_within_reach(a) || !is_within_reach(b) {
            return None;
        }
        match self {
            Arithmetic::Plus => Some(a + b),
            Arithmetic::Minus => Some(a - b),
            Arithmetic::Times => Some(a * b),
            Arithmetic::DividedBy => (b != 0.0).then(|| a / b),
            Arithmetic::Modulo => (b != 0.0).then(|| a - b * (a / b).trunc()),
            Arithmetic::Div => (b != 0.0).then(|| (a / b).trunc()),
            Arithmetic::Power if a == 0.0 => (b >= 0.0).then_some(if b == 0.0 { 1.0 } else { 0.0 }),
            Arithmetic::Power if (b * a.abs().ln()).abs() > 230.0 => None,
            Arithmetic::Power => (a > 0.0 || b == b.trunc()).then(|| a.powf(b)),
        }
    }
}

impl Property {
    /// Also the name of the column, and of the member of a record in memory.
    pub const fn name(self) -> &'static str {
        match self {
            Property::Field(field) => field.name,
            Property::Place => "geom",
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
