//! The values in filters: properties, literals, and what is computed from them, each with its type.

use chrono::{DateTime, Datelike, Utc};
use unicode_normalization::UnicodeNormalization;

use crate::conditions::cql::tree::{Expression, Fault, Node};
use crate::conditions::cql::typed::Typing;
use crate::conditions::cql::{GEOM, fault};
use crate::conditions::{Arithmetic, Folding, Operand, Property, Value};
use crate::layers::{Field, Type};
use crate::texts::{Text, text};
use crate::time::{date_of, day};

/// What a value can be compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Boolean,
    Time,
    Set,
    Geometry,
}

impl Kind {
    pub fn text(self) -> Text {
        match self {
            Kind::Text => text!("cql.expected.text"),
            Kind::Number => text!("expected.number"),
            Kind::Boolean => text!("expected.flag"),
            Kind::Time => text!("cql.expected.time"),
            Kind::Set => text!("cql.expected.set"),
            Kind::Geometry => text!("cql.expected.geometry"),
        }
    }

    fn of(field: &Field) -> Kind {
        match field.value {
            Type::Text { .. } | Type::Url | Type::Phone | Type::Resolution | Type::CommuneCode | Type::OneOf(_) => {
                Kind::Text
            }
            Type::Integer { .. } | Type::Reference { .. } | Type::Number { .. } => Kind::Number,
            Type::Boolean => Kind::Boolean,
            Type::Date | Type::Timestamp => Kind::Time,
            Type::SomeOf(_) => Kind::Set,
        }
    }
}

/// A value with its type.
#[derive(Debug, Clone)]
pub struct Typed {
    pub operand: Operand,
    pub kind: Kind,
}

impl Typed {
    /// The field that it is.
    pub fn field(&self) -> Option<&'static Field> {
        match self.operand {
            Operand::Property(Property::Field(field)) => Some(field),
            _ => None,
        }
    }
}

impl Typing<'_> {
    /// A value of a row, a literal, or what is computed from them.
    pub fn operand(&self, node: &Node) -> Result<Typed, Fault> {
        let typed = |operand, kind| Ok(Typed { operand, kind });
        match &node.expression {
            Expression::Property(name) if name == GEOM => typed(Property::Place.into(), Kind::Geometry),
            Expression::Property(name) => {
                let field = self.fields.iter().find(|field| field.name == name);
                match field {
                    Some(field) => typed(Property::Field(field).into(), Kind::of(field)),
                    None => fault(&node.place, text!("cql.property", name)),
                }
            }
            Expression::Literal(value) => {
                let kind = match value {
                    Value::Text(text) if text.contains('\0') => return fault(&node.place, text!("cql.nul")),
                    Value::Text(text) => {
                        return typed(Operand::Value(Value::Text(text.nfc().collect())), Kind::Text);
                    }
                    Value::Integer(_) | Value::Number(_) => Kind::Number,
                    Value::Boolean(_) => Kind::Boolean,
                    Value::Date(_) | Value::Instant(_) => Kind::Time,
                };
                typed(Operand::Value(value.clone()), kind)
            }
            Expression::Call(name, arguments) => self.computed(node, name, arguments),
            Expression::List(_) => fault(&node.place, text!("cql.needed", expected = text!("cql.expected.value"))),
            Expression::Shape(_) | Expression::Box(_) => {
                fault(&node.place, text!("cql.needed", expected = text!("cql.expected.value")))
            }
        }
    }

    fn computed(&self, node: &Node, name: &str, arguments: &[Node]) -> Result<Typed, Fault> {
        let folding = |folding| -> Result<Typed, Fault> {
            let [inner] = arguments else { return fault(&node.place, wrong_count(name, 1)) };
            let inner = self.of_kind(inner, Kind::Text)?;
            Ok(Typed { operand: Operand::Folded(Box::new(inner), folding), kind: Kind::Text })
        };
        match name {
            "casei" => folding(Folding::Case),
            "accenti" => folding(Folding::Accents),
            "date" | "timestamp" => {
                let [Node { expression: Expression::Literal(Value::Text(text)), place, .. }] = arguments else {
                    return fault(&node.place, wrong_count(name, 1));
                };
                let read = if name == "date" { date_of(text).map(Value::Date) } else { instant(text) };
                match read {
                    Some(value) => Ok(Typed { operand: Operand::Value(value), kind: Kind::Time }),
                    None => fault(place, text!("cql.time", given = text)),
                }
            }
            _ => {
                let Some(sign) = Arithmetic::of_sign(name) else {
                    return fault(&node.place, text!("cql.function", name));
                };
                let [left, right] = arguments else { return fault(&node.place, wrong_count(name, 2)) };
                let [left, right] = [self.of_kind(left, Kind::Number)?, self.of_kind(right, Kind::Number)?];
                let operand = Operand::Computed(Box::new(left), sign, Box::new(right));
                Ok(Typed { operand, kind: Kind::Number })
            }
        }
    }

    pub fn of_kind(&self, node: &Node, kind: Kind) -> Result<Operand, Fault> {
        let typed = self.fitted(node, self.operand(node)?, kind)?;
        if typed.kind == kind {
            Ok(typed.operand)
        } else {
            fault(&node.place, text!("cql.needed", expected = kind.text()))
        }
    }

    /// A text as a time, where a time is needed: GDAL and others write no `DATE(…)`.
    pub fn fitted(&self, node: &Node, typed: Typed, kind: Kind) -> Result<Typed, Fault> {
        let Operand::Value(Value::Text(text)) = &typed.operand else { return Ok(typed) };
        if kind != Kind::Time {
            return Ok(typed);
        }
        match time(text) {
            Some(value) => Ok(Typed { operand: Operand::Value(value), kind }),
            None => fault(&node.place, text!("cql.time", given = text)),
        }
    }
}

pub fn wrong_count(name: &str, count: usize) -> Text {
    text!("cql.arguments", name = name.to_uppercase(), count)
}

/// A date, or a moment with its zone.
pub fn time(text: &str) -> Option<Value> {
    match date_of(text.trim_end_matches('T')) {
        Some(date) => Some(Value::Date(date)),
        // Without a zone it is a time in Vietnam, of which only the day counts.
        None => instant(text).or_else(|| day(text).map(Value::Date)),
    }
}

fn instant(text: &str) -> Option<Value> {
    let moment = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
    (1..=9999).contains(&moment.year()).then_some(Value::Instant(moment))
}
