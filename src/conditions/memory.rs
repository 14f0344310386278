//! Evaluates conditions on a record in memory. The result is that of the database, or none.

use std::cmp::Ordering;

use chrono::DateTime;
use geo::{Distance, Geodesic, Geometry, Intersects, Rect, Relate};
use serde_json::Value as Json;

use crate::conditions::fold::{fold, without_accents};
use crate::conditions::{
    Comparison, Condition, Folding, Interval, Operand, Property, Relation, SetRelation, Shape, Value,
};
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
        Condition::IsUnknown(inner) => Ok(Some(ask(inner, record)?.is_none())),
        Condition::Like(text, pattern) => {
            let (text, pattern) = (value_of(text, record)?, value_of(pattern, record)?);
            match (text, pattern) {
                (Some(Value::Text(text)), Some(Value::Text(pattern))) => Ok(Some(is_like(&text, &pattern))),
                (None, _) | (_, None) => Ok(None),
                _ => Err(CannotAnswer),
            }
        }
        Condition::Sets(one, relation, other) => sets(one, *relation, other, record),
        Condition::IsNull(operand) => is_null(operand, record),
        Condition::Relates(one, relation, other) => {
            let places = shape(one, record).zip(shape(other, record));
            places.map(|(one, other)| relates(one, *relation, other)).transpose()
        }
        Condition::WithinDistance(one, other, metres) => {
            let places = shape(one, record).zip(shape(other, record));
            places.map(|(one, other)| is_near(one, other, *metres)).transpose()
        }
        Condition::Bbox(bbox) => record.place.map(|place| meets(place, *bbox)).transpose(),
        // PostGIS measures on the ellipsoid.
        Condition::Near(_) => Err(CannotAnswer),
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

/// How two values of one type compare.
///
/// # Errors
/// For values of different types.
pub fn order(left: &Value, right: &Value) -> Result<Ordering, CannotAnswer> {
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

fn sets(one: &Operand, relation: SetRelation, other: &Operand, record: Record<'_>) -> Answer {
    let Some((one, other)) = members(one, record)?.zip(members(other, record)?) else { return Ok(None) };
    let includes = |all: &[String], some: &[String]| some.iter().all(|member| all.contains(member));
    Ok(Some(match relation {
        SetRelation::Equals => includes(&one, &other) && includes(&other, &one),
        SetRelation::Contains => includes(&one, &other),
        SetRelation::Overlaps => one.iter().any(|member| other.contains(member)),
    }))
}

fn members(operand: &Operand, record: Record<'_>) -> Result<Option<Vec<String>>, CannotAnswer> {
    let property = match operand {
        Operand::Set(members) => return Ok(Some(members.clone())),
        Operand::Property(property) => column(property.name(), record)?,
        _ => return Err(CannotAnswer),
    };
    match property {
        Json::Null => Ok(None),
        Json::Array(members) => {
            let members: Option<_> = members.iter().map(|member| member.as_str().map(str::to_owned)).collect();
            members.map(Some).ok_or(CannotAnswer)
        }
        _ => Err(CannotAnswer),
    }
}

fn is_null(operand: &Operand, record: Record<'_>) -> Answer {
    match operand {
        Operand::Property(Property::Place) => Ok(Some(record.place.is_none())),
        Operand::Property(property) => Ok(Some(column(property.name(), record)?.is_null())),
        Operand::Set(_) => Ok(Some(false)),
        other => Ok(Some(value_of(other, record)?.is_none())),
    }
}

/// Goes back to the last `%` only: what an earlier one could match, the last one can.
fn is_like(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut parts = Vec::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        parts.push(match letter {
            '%' => Part::Any,
            '_' => Part::One,
            '\\' => Part::Letter(letters.next().unwrap_or('\\')),
            letter => Part::Letter(letter),
        });
    }
    let (mut at, mut next, mut back) = (0, 0, None);
    loop {
        match parts.get(next) {
            Some(Part::Any) => {
                back = Some((next + 1, at));
                next += 1;
                continue;
            }
            Some(Part::One) if at < text.len() => {}
            Some(Part::Letter(letter)) if text.get(at) == Some(letter) => {}
            None if at == text.len() => return true,
            _ => match back {
                Some((part, begun)) if begun < text.len() => {
                    back = Some((part, begun + 1));
                    (next, at) = (part, begun + 1);
                    continue;
                }
                _ => return false,
            },
        }
        (next, at) = (next + 1, at + 1);
    }
}

enum Part {
    Any,
    One,
    Letter(char),
}

fn shape<'a>(shape: &'a Shape, record: Record<'a>) -> Option<&'a Geometry> {
    match shape {
        Shape::Own => record.place,
        Shape::Given(geometry) => Some(geometry),
    }
}

fn relates(one: &Geometry, relation: Relation, other: &Geometry) -> Result<bool, CannotAnswer> {
    // To PostGIS the interior of a collection is that of its parts, and it relates only homogeneous ones.
    if [one, other].iter().any(|place| matches!(place, Geometry::GeometryCollection(_))) {
        return if relation == Relation::Intersects { Ok(one.intersects(other)) } else { Err(CannotAnswer) };
    }
    let matrix = one.relate(other);
    Ok(match relation {
        Relation::Intersects => matrix.is_intersects(),
        Relation::Equals => matrix.is_equal_topo(),
        Relation::Touches => matrix.is_touches(),
        Relation::Within => matrix.is_within(),
        Relation::Overlaps => matrix.is_overlaps(),
        Relation::Crosses => matrix.is_crosses(),
    })
}

fn is_near(one: &Geometry, other: &Geometry, metres: f64) -> Result<bool, CannotAnswer> {
    match (one, other) {
        (Geometry::Point(one), Geometry::Point(other)) => Ok(Geodesic.distance(*one, *other) <= metres),
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
        Operand::Set(_) => Err(CannotAnswer),
        Operand::Folded(inner, folding) => match (value_of(inner, record)?, folding) {
            (None, _) => Ok(None),
            (Some(Value::Text(text)), Folding::Case) => Ok(Some(Value::Text(text.to_lowercase()))),
            (Some(Value::Text(text)), Folding::Accents) => {
                Ok(Some(Value::Text(without_accents(&text).ok_or(CannotAnswer)?)))
            }
            _ => Err(CannotAnswer),
        },
        Operand::Computed(left, sign, right) => {
            let (left, right) = (number_of(left, record)?, number_of(right, record)?);
            Ok(left.zip(right).and_then(|(left, right)| sign.apply(left, right)).map(Value::Number))
        }
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
        Property::Place => None,
        Property::Collection | Property::Operator => text(),
        Property::CommuneId | Property::HamletId => integer(),
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

fn number_of(operand: &Operand, record: Record<'_>) -> Result<Option<f64>, CannotAnswer> {
    match value_of(operand, record)? {
        None => Ok(None),
        Some(Value::Integer(number)) => Ok(Some(number as f64)),
        Some(Value::Number(number)) => Ok(Some(number)),
        Some(_) => Err(CannotAnswer),
    }
}

fn column<'a>(name: &str, record: Record<'a>) -> Result<&'a Json, CannotAnswer> {
    record.values.get(name).ok_or(CannotAnswer)
}
