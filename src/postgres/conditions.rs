//! Conditions as SQL with bound values.

use crate::conditions::{
    Comparison, Condition, Derived, Folding, Interval, Near, Operand, Property, SetRelation, Value,
};
use crate::layers::{Type, ValidTime};
use crate::postgres::places::{envelope, in_bbox, is_within_distance, relates};
use crate::postgres::sql::{Bind, Sql};

/// Where a statement finds a property of a row. Its place, time and search text are always columns of `t`.
pub type Columns = fn(Property) -> Sql;

/// Every property as a column of `t`.
pub fn in_table(property: Property) -> Sql {
    Sql::new("t.").name(property.name())
}

/// A condition on the row alone, such as that of a grant. Derived conditions are unknown.
pub fn of_row(condition: &Condition, columns: Columns) -> Sql {
    sql(condition, columns, &|_| Sql::new("null::boolean"))
}

/// A condition that can stand in an `and` or alone. `derived` writes the conditions on other rows.
pub fn sql(condition: &Condition, columns: Columns, derived: &dyn Fn(&Derived) -> Sql) -> Sql {
    let part = |part: &Condition| sql(part, columns, derived);
    match condition {
        Condition::All(parts) => Sql::all(parts.iter().map(part)),
        Condition::Any(parts) => any(parts.iter().map(part)),
        Condition::Not(inner) => Sql::new("not (").sql(part(inner)).text(")"),
        Condition::IsTrue(inner) => Sql::new("(").sql(part(inner)).text(") is true"),
        Condition::Compare(left, comparison, right) => compare(left, *comparison, right, columns),
        Condition::In(operand, values) => is_in(operand, values, columns),
        Condition::IsUnknown(inner) => Sql::new("(").sql(part(inner)).text(") is null"),
        Condition::Like(text, pattern) => side(text, columns).text(" like ").sql(side(pattern, columns)),
        Condition::Sets(one, relation, other) => sets(one, *relation, other, columns),
        Condition::Relates(one, relation, other) => relates(one, *relation, other),
        Condition::WithinDistance(one, other, metres) => is_within_distance(one, other, *metres),
        Condition::IsNull(operand) => side(operand, columns).text(" is null"),
        Condition::Bbox(bbox) => in_bbox(*bbox),
        Condition::Near(near) => Sql::all([
            Sql::new("t.geom && ").sql(envelope(near.around())),
            distance(*near).text(" <= ").bind(Bind::Double(near.metres)),
        ]),
        Condition::ValidDuring(time, interval) => valid_during(*time, *interval),
        Condition::Search(text) => Sql::new("t.search like '%' || replace(replace(replace(fold(")
            .bind(Bind::Text(text.clone()))
            .text("), '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%'"),
        Condition::Derived(what) => derived(what),
    }
}

impl From<&Value> for Bind {
    fn from(value: &Value) -> Bind {
        match value {
            Value::Text(text) => Bind::Text(text.clone()),
            Value::Integer(number) => Bind::Integer(*number),
            Value::Number(number) => Bind::Double(*number),
            Value::Boolean(value) => Bind::Bool(*value),
            Value::Date(date) => Bind::Date(*date),
            Value::Instant(moment) => Bind::Moment(*moment),
        }
    }
}

fn any(parts: impl Iterator<Item = Sql>) -> Sql {
    let joined = Sql::join(parts, " or ");
    if joined.is_empty() { Sql::new("false") } else { Sql::new("(").sql(joined).text(")") }
}

fn side(operand: &Operand, columns: Columns) -> Sql {
    match operand {
        Operand::Property(property) => columns(*property),
        Operand::Value(value) => Sql::default().bind(value.into()),
        Operand::Set(members) => Sql::default().bind(Bind::Texts(members.clone())),
        // ICU folds the letters of all scripts, whatever the locale of the database.
        Operand::Folded(inner, Folding::Case) => {
            Sql::new("(lower(").sql(side(inner, columns)).text(" collate \"vi-x-icu\") collate \"C\")")
        }
        Operand::Folded(inner, Folding::Accents) => {
            Sql::new("public.unaccent('public.unaccent', normalize(").sql(side(inner, columns)).text(", nfc))")
        }
        Operand::Computed(left, sign, right) => Sql::new("computed(")
            .sql(side(left, columns))
            .text(", '")
            .text(sign.sign())
            .text("', ")
            .sql(side(right, columns))
            .text(")"),
    }
}

fn sets(one: &Operand, relation: SetRelation, other: &Operand, columns: Columns) -> Sql {
    let with = |sign| side(one, columns).text(sign).sql(side(other, columns));
    match relation {
        SetRelation::Equals => Sql::all([with(" @> "), with(" <@ ")]),
        SetRelation::Contains => with(" @> "),
        SetRelation::Overlaps => with(" && "),
    }
}

fn compare(left: &Operand, comparison: Comparison, right: &Operand, columns: Columns) -> Sql {
    // A bare column, so that a partial index with this condition applies.
    if let (Comparison::Equal, Operand::Value(Value::Boolean(value))) = (comparison, right) {
        return Sql::new(if *value { "" } else { "not " }).sql(side(left, columns));
    }
    let is_text = matches!(class_of(left), ValueClass::Text) && matches!(class_of(right), ValueClass::Text);
    let of_days = [left, right].iter().any(|operand| matches!(class_of(operand), ValueClass::Day));
    let written = |operand: &Operand| match class_of(operand) {
        ValueClass::Instant if of_days => side(operand, columns).text("::date"),
        _ => side(operand, columns),
    };
    let (sign, is_order) = match comparison {
        Comparison::Equal => (" = ", false),
        Comparison::NotEqual => (" <> ", false),
        Comparison::Less => (" < ", true),
        Comparison::LessOrEqual => (" <= ", true),
        Comparison::Greater => (" > ", true),
        Comparison::GreaterOrEqual => (" >= ", true),
    };
    let sql = written(left).text(sign).sql(written(right));
    if is_text && is_order { sql.text(" collate \"C\"") } else { sql }
}

/// Decides how two sides are compared.
enum ValueClass {
    Text,
    Day,
    Instant,
    Other,
}

fn class_of(operand: &Operand) -> ValueClass {
    match operand {
        Operand::Value(Value::Text(_)) => ValueClass::Text,
        Operand::Value(Value::Date(_)) => ValueClass::Day,
        Operand::Value(Value::Instant(_)) => ValueClass::Instant,
        Operand::Property(Property::Collection | Property::Operator) | Operand::Folded(..) => ValueClass::Text,
        Operand::Property(Property::Field(field)) => match field.value {
            Type::Text { .. } | Type::Url | Type::Phone | Type::Resolution | Type::CommuneCode | Type::OneOf(_) => {
                ValueClass::Text
            }
            Type::Date => ValueClass::Day,
            Type::Timestamp => ValueClass::Instant,
            _ => ValueClass::Other,
        },
        _ => ValueClass::Other,
    }
}

fn is_in(operand: &Operand, values: &[Value], columns: Columns) -> Sql {
    let list = |bind: Bind| side(operand, columns).text(" = any(").bind(bind).text(")");
    let texts = || values.iter().map(|value| if let Value::Text(text) = value { Some(text.clone()) } else { None });
    let integers = || values.iter().map(|value| if let Value::Integer(number) = value { Some(*number) } else { None });
    match (texts().collect(), integers().collect()) {
        _ if values.is_empty() => Sql::new("false"),
        (Some(texts), _) => list(Bind::Texts(texts)),
        (_, Some(integers)) => list(Bind::Integers(integers)),
        _ => {
            any(values.iter().map(|value| compare(operand, Comparison::Equal, &Operand::Value(value.clone()), columns)))
        }
    }
}

/// How far a row `t` is from a point, in metres on the ellipsoid. Distances between geographies would depend on what
/// PostGIS measured before (it keeps an index of a place that it meets again), and a page could skip a row.
pub fn distance(Near { lon, lat, .. }: Near) -> Sql {
    Sql::new("st_distancespheroid(t.geom, st_setsrid(st_makepoint(")
        .bind(Bind::Double(lon))
        .text(", ")
        .bind(Bind::Double(lat))
        .text("), 4326))")
}

fn valid_during(time: ValidTime, interval: Interval) -> Sql {
    let open_or = |column: &'static str, sign: &'static str, day| {
        let column = || Sql::new("t.").name(column);
        Sql::new("(").sql(column()).text(" is null or ").sql(column()).text(sign).bind(Bind::Date(day)).text(")")
    };
    let begins = interval.to.map(|to| open_or(time.from, " <= ", to));
    let ends = interval.from.map(|from| open_or(time.to, if time.last_day_counts { " >= " } else { " > " }, from));
    Sql::all(begins.into_iter().chain(ends))
}
