//! Evaluates conditions on a record in memory. The result is that of the database, or none.

use std::cmp::Ordering;

use chrono::DateTime;
use geo::{Geometry, Intersects, Rect};
use serde_json::Value as Json;

use crate::conditions::fold::fold;
use crate::conditions::{Comparison, Condition, Interval, Operand, Property, Value};
use crate::layers::{Properties, Type, ValidTime};
use crate::time::{date_of, day_of};

/// A row of a view's relation.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// The columns by name; null where there is no value. A condition on any other column cannot be evaluated.
    pub values: &'a Properties,
    pub place: Option<&'a Geometry>,
}

/// True, false, or unknown where a value is missing.
pub type Answer = Result<Option<bool>, CannotAnswer>;

/// Only the database can evaluate the condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CannotAnswer;

/// Evaluates a condition on a record.
///
/// # Errors
/// When only the database can evaluate it.
pub fn ask(condition: &Condition, record: Record<'_>) -> Answer {
    match condition {
        Condition::All(parts) => join(parts, record, false),
        Condition::Any(parts) => join(parts, record, true),
        Condition::Not(inner) => Ok(ask(inner, record)?.map(|answer| !answer)),
        Condition::IsTrue(inner) => Ok(Some(ask(inner, record)? == Some(true))),
        Condition::Compare(left, comparison, right) => {
            let (left, right) = (value_of(left, record)?, value_of(right, record)?);
            let Some((left, right)) = left.zip(right) else { return Ok(None) };
            Ok(Some(holds(*comparison, order(&left, &right)?)))
        }
        Condition::In(operand, values) => is_in(operand, values, record),
        Condition::Overlaps(operand, texts) => overlaps(operand, texts, record),
        Condition::IsNull(operand) => Ok(Some(json_of(operand, record)?.is_null())),
        Condition::Bbox(bbox) => record.place.map(|place| meets(place, *bbox)).transpose(),
        // PostGIS measures on the ellipsoid.
        Condition::Near(_) => Err(CannotAnswer),
        Condition::Unlocated => Ok(Some(record.place.is_none())),
        Condition::ValidDuring(time, interval) => is_valid_during(*time, *interval, record),
        Condition::Search(text) => {
            let text = fold(text).ok_or(CannotAnswer)?;
            Ok(column("search", record)?.as_str().map(|search| search.contains(&text)))
        }
        Condition::Derived(_) => Err(CannotAnswer),
    }
}

/// The result of several conditions. One result that is `decisive` decides, whatever the others are.
fn join(parts: &[Condition], record: Record<'_>, decisive: bool) -> Answer {
    let mut joined = Ok(Some(!decisive));
    for part in parts {
        match ask(part, record) {
            Ok(Some(answer)) if answer == decisive => return Ok(Some(decisive)),
            Ok(Some(_)) => {}
            Ok(None) => joined = joined.and(Ok(None)),
            Err(error) => joined = Err(error),
        }
    }
    joined
}

fn holds(comparison: Comparison, order: Ordering) -> bool {
    match comparison {
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
    }
}

fn order(left: &Value, right: &Value) -> Result<Ordering, CannotAnswer> {
    let order = match (left, right) {
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        (Value::Integer(left), Value::Integer(right)) => Some(left.cmp(right)),
        (Value::Integer(left), Value::Number(right)) => (*left as f64).partial_cmp(right),
        (Value::Number(left), Value::Integer(right)) => left.partial_cmp(&(*right as f64)),
        (Value::Number(left), Value::Number(right)) => left.partial_cmp(right),
        (Value::Boolean(left), Value::Boolean(right)) => Some(left.cmp(right)),
        (Value::Date(left), Value::Date(right)) => Some(left.cmp(right)),
        (Value::Instant(left), Value::Instant(right)) => Some(left.cmp(right)),
        (Value::Instant(left), Value::Date(right)) => Some(day_of(*left).cmp(right)),
        (Value::Date(left), Value::Instant(right)) => Some(left.cmp(&day_of(*right))),
        _ => None,
    };
    order.ok_or(CannotAnswer)
}

fn is_in(operand: &Operand, values: &[Value], record: Record<'_>) -> Answer {
    if values.is_empty() {
        return Ok(Some(false));
    }
    let Some(own) = value_of(operand, record)? else { return Ok(None) };
    let orders: Vec<_> = values.iter().map(|value| order(&own, value)).collect::<Result<_, _>>()?;
    Ok(Some(orders.into_iter().any(Ordering::is_eq)))
}

fn overlaps(operand: &Operand, texts: &[String], record: Record<'_>) -> Answer {
    match json_of(operand, record)? {
        Json::Null => Ok(None),
        Json::Array(members) => Ok(Some(members.iter().any(|member| texts.iter().any(|text| member == text)))),
        _ => Err(CannotAnswer),
    }
}

fn meets(place: &Geometry, [west, south, east, north]: [f64; 4]) -> Result<bool, CannotAnswer> {
    let boxes = if west <= east { vec![(west, east)] } else { vec![(west, 180.0), (-180.0, east)] };
    // To PostGIS a box without area is an invalid polygon. Only GEOS knows what such a polygon intersects.
    let is_flat = south == north || boxes.iter().any(|(west, east)| west == east);
    if is_flat && !matches!(place, Geometry::Point(_)) {
        return Err(CannotAnswer);
    }
    Ok(boxes.into_iter().any(|(west, east)| place.intersects(&Rect::new((west, south), (east, north)))))
}

fn is_valid_during(time: ValidTime, interval: Interval, record: Record<'_>) -> Answer {
    let day = |name| match column(name, record)? {
        Json::Null => Ok(None),
        date => date.as_str().and_then(date_of).map(Some).ok_or(CannotAnswer),
    };
    let (begins, ends) = (day(time.from)?, day(time.to)?);
    let begins_in_time = interval.to.zip(begins).is_none_or(|(to, begins)| begins <= to);
    let ends_in_time = interval.from.zip(ends).is_none_or(|(from, ends)| match time.last_day_counts {
        true => ends >= from,
        false => ends > from,
    });
    Ok(Some(begins_in_time && ends_in_time))
}

/// The value of one side; `None` is null.
fn value_of(operand: &Operand, record: Record<'_>) -> Result<Option<Value>, CannotAnswer> {
    match operand {
        Operand::Value(value) => Ok(Some(value.clone())),
        Operand::Property(property) => match column(property.name(), record)? {
            Json::Null => Ok(None),
            json => read(*property, json).map(Some).ok_or(CannotAnswer),
        },
    }
}

fn read(property: Property, json: &Json) -> Option<Value> {
    let text = || json.as_str().map(Value::from);
    let integer = || json.as_i64().map(Value::Integer);
    match property {
        Property::Collection | Property::Operator => text(),
        Property::Id | Property::CommuneId | Property::HamletId => integer(),
        Property::Public => json.as_bool().map(Value::Boolean),
        Property::Field(field) => match field.value {
            Type::Text { .. } | Type::Url | Type::Phone | Type::Resolution | Type::CommuneCode | Type::OneOf(_) => {
                text()
            }
            Type::Integer { .. } | Type::Reference { .. } => integer(),
            Type::Number { .. } => json.as_f64().map(Value::Number),
            Type::Boolean => json.as_bool().map(Value::Boolean),
            Type::Date => json.as_str().and_then(date_of).map(Value::Date),
            Type::Timestamp => {
                let moment = DateTime::parse_from_rfc3339(json.as_str()?).ok()?;
                Some(Value::Instant(moment.to_utc()))
            }
            Type::SomeOf(_) => None,
        },
    }
}

/// The JSON of one side, to test whether it is null or what members it has.
fn json_of<'a>(operand: &Operand, record: Record<'a>) -> Result<&'a Json, CannotAnswer> {
    match operand {
        Operand::Property(property) => column(property.name(), record),
        Operand::Value(_) => Err(CannotAnswer),
    }
}

fn column<'a>(name: &str, record: Record<'a>) -> Result<&'a Json, CannotAnswer> {
    record.values.get(name).ok_or(CannotAnswer)
}
