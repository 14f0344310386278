//! The order of rows (`sortby`, OGC API Features part 8), and where a page begins in it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike, Utc};
use serde_json::{Value, json};

use crate::access::View;
use crate::error::Error;
use crate::input::Params;
use crate::layers::{Class, Field, Layer, Type};
use crate::postgres::row::Cell;
use crate::postgres::sql::Bind;
use crate::time::{date_of, rfc3339};

/// What rows are ordered by, before their id.
#[derive(Debug, Clone, Copy)]
pub enum Key {
    /// How well a row fits `q`.
    Rank,
    /// A field; rows without a value come last either way.
    Field { field: &'static Field, descending: bool },
}

/// Where a page begins: after the row of this id, whose keys had these values.
#[derive(Debug, Clone, PartialEq)]
pub struct Cursor {
    pub values: Vec<Option<Bind>>,
    pub id: i64,
}

/// Whether rows can be sorted by a field. The last value of a page stands in the address of the next one, which is no
/// place for what is restricted; a set has no order.
pub fn is_sortable(layer: &Layer, field: &Field) -> bool {
    layer.class(field) < Class::Restricted && !matches!(field.value, Type::SomeOf(_))
}

/// Reads `sortby=name,-installed_on`, of what `view` shows.
///
/// # Errors
/// A field that is not shown, cannot be sorted by, or is named twice.
pub fn parse_keys(view: &View<'_>, params: &mut Params) -> Result<Vec<Key>, Error> {
    let Some(text) = params.take("sortby")? else { return Ok(Vec::new()) };
    let mut keys: Vec<Key> = Vec::new();
    for part in text.split(',') {
        // A plus that the client did not encode arrives as a space.
        let part = part.trim();
        let (name, descending) = match part.strip_prefix('-') {
            Some(name) => (name, true),
            None => (part.strip_prefix('+').unwrap_or(part), false),
        };
        let is_used = keys.iter().any(|key| matches!(key, Key::Field { field, .. } if field.name == name));
        match view.field(name).filter(|field| is_sortable(view.layer, field) && !is_used) {
            Some(field) => keys.push(Key::Field { field, descending }),
            None => {
                return Err(Error::parameter(
                    "sortby",
                    format!("Không sắp xếp được theo “{name}”: xem /sortables; mỗi trường một lần."),
                    format!("There is no sorting by “{name}”: see /sortables; each field once."),
                ));
            }
        }
    }
    Ok(keys)
}

impl Cursor {
    /// The text of a cursor after a row of this id, with the values of its keys in order.
    pub fn after<'a>(id: i64, values: impl Iterator<Item = &'a Cell>) -> String {
        let values = values.map(|cell| json!(written(cell)));
        let all: Vec<Value> = [json!(id)].into_iter().chain(values).collect();
        URL_SAFE_NO_PAD.encode(json!(all).to_string())
    }

    /// Reads what [`after`](Cursor::after) wrote for rows in the order of these keys.
    pub fn parse(text: &str, keys: &[Key]) -> Option<Cursor> {
        let all: Vec<Value> = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let [id, values @ ..] = &all[..] else { return None };
        if values.len() != keys.len() {
            return None;
        }
        let values = keys.iter().zip(values).map(|(key, value)| match value {
            Value::Null => Some(None),
            Value::String(text) => read(key, text).map(Some),
            _ => None,
        });
        Some(Cursor { id: id.as_i64()?, values: values.collect::<Option<_>>()? })
    }
}

/// A value with nothing lost: Rust writes a number as the shortest text that is read as the same.
fn written(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Text(text) => Some(text.clone()),
        Cell::Integer(number) => Some(number.to_string()),
        Cell::Double(number) => Some(number.to_string()),
        Cell::Bool(value) => Some(value.to_string()),
        Cell::Date(date) => Some(date.to_string()),
        Cell::Moment(moment) => Some(rfc3339(*moment)),
        Cell::Null | Cell::Texts(_) | Cell::Json(_) | Cell::Geometry(_) => None,
    }
}

fn read(key: &Key, text: &str) -> Option<Bind> {
    let Key::Field { field, .. } = key else { return text.parse().ok().map(Bind::Integer) };
    Some(match field.value {
        Type::Text { .. } | Type::Url | Type::CommuneCode | Type::OneOf(_) | Type::SomeOf(_) => {
            Bind::Text(Some(text.to_owned()).filter(|text| !text.contains('\0'))?)
        }
        Type::Integer { .. } | Type::Reference { .. } => Bind::Integer(text.parse().ok()?),
        Type::Number { .. } => Bind::Double(text.parse().ok().filter(|number: &f64| number.is_finite())?),
        Type::Boolean => Bind::Bool(text.parse().ok()?),
        Type::Date => Bind::Date(date_of(text)?),
        Type::Timestamp => {
            let moment = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
            Bind::Moment(Some(moment).filter(|moment| (1..=9999).contains(&moment.year()))?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::TOWER;

    fn keys(names: &[&str]) -> Vec<Key> {
        let field = |name: &&str| TOWER.field(name).unwrap();
        names.iter().map(|name| Key::Field { field: field(name), descending: false }).collect()
    }

    #[test]
    fn cursor_comes_back_with_its_values() {
        let moment = "2026-11-25T01:02:03.000456Z".parse().unwrap();
        let cells = [Cell::Text("Trạm \"Chợ\"".into()), Cell::Double(0.1 + 0.2), Cell::Null, Cell::Moment(moment)];
        let keys = keys(&["name", "height_m", "note", "updated_at"]);
        let cursor = Cursor::parse(&Cursor::after(7, cells.iter()), &keys).unwrap();
        let values = vec![
            Some(Bind::Text("Trạm \"Chợ\"".into())),
            Some(Bind::Double(0.1 + 0.2)),
            None,
            Some(Bind::Moment(moment)),
        ];
        assert_eq!(cursor, Cursor { values, id: 7 });
    }

    #[test]
    fn cursor_of_another_order_or_with_nonsense_is_none() {
        let cursor = |all: Value| URL_SAFE_NO_PAD.encode(all.to_string());
        let by_height = keys(&["height_m"]);
        for text in [
            cursor(json!([1])),
            cursor(json!([1, "1", "2"])),
            cursor(json!(["1", "1"])),
            cursor(json!([1, 2])),
            cursor(json!([1, "inf"])),
            "zzz".into(),
            String::new(),
        ] {
            assert_eq!(Cursor::parse(&text, &by_height), None, "{text}");
        }
        assert_eq!(Cursor::parse(&cursor(json!([1, "a\0b"])), &keys(&["name"])), None);
        assert_eq!(Cursor::parse(&cursor(json!([1, "+99999-01-01"])), &keys(&["installed_on"])), None);
        assert_eq!(Cursor::parse(&cursor(json!([1, "+99999-01-01T00:00:00Z"])), &keys(&["updated_at"])), None);
    }
}
