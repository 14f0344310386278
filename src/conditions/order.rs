//! The order of rows (`sortby`, OGC API Features part 8), and the position in it where a page starts.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike, Utc};
use serde_json::{Value as Json, json};

use crate::conditions::{Near, Value};
use crate::error::Error;
use crate::input::Params;
use crate::layers::{Class, Field, Layer, Type};
use crate::texts::text;
use crate::time::{date_of, rfc3339};

/// What rows are sorted by. Their id comes last.
#[derive(Debug, Clone, Copy)]
pub enum Key {
    /// How well a row matches `q`.
    Rank,
    /// How far a row is from a point.
    Distance(Near),
    /// A field. Rows without a value come last in either direction.
    Field { field: &'static Field, descending: bool },
}

/// Where a page starts: after the row with this id, whose keys had these values.
#[derive(Debug, Clone, PartialEq)]
pub struct Cursor {
    pub values: Vec<Option<Value>>,
    pub id: i64,
}

/// Whether rows can be sorted by a field. A set has no order. The last value of a page is part of the address of the
/// next page, which must not show restricted values.
pub fn is_sortable(layer: &Layer, field: &Field) -> bool {
    layer.class(field) < Class::Restricted && !matches!(field.value, Type::SomeOf(_))
}

/// Reads `sortby=name,-installed_on`; only these fields are allowed.
///
/// # Errors
/// A field that is not allowed, or that occurs twice.
pub fn parse_keys(params: &mut Params, sortable: &[&'static Field]) -> Result<Vec<Key>, Error> {
    let Some(text) = params.take("sortby")? else { return Ok(Vec::new()) };
    let mut keys: Vec<Key> = Vec::new();
    for part in text.split(',') {
        // A plus sign that the client did not encode arrives as a space.
        let part = part.trim();
        let (name, descending) = match part.strip_prefix('-') {
            Some(name) => (name, true),
            None => (part.strip_prefix('+').unwrap_or(part), false),
        };
        let is_used = keys.iter().any(|key| matches!(key, Key::Field { field, .. } if field.name == name));
        match sortable.iter().find(|field| field.name == name && !is_used) {
            Some(field) => keys.push(Key::Field { field, descending }),
            None => return Err(Error::of_parameter("sortby", text!("parameter.invalid/sortby", name))),
        }
    }
    Ok(keys)
}

impl Cursor {
    /// The cursor as text for an address.
    pub fn to_text(&self) -> String {
        let values = self.values.iter().map(|value| json!(value.as_ref().map(written)));
        let all: Vec<Json> = [json!(self.id)].into_iter().chain(values).collect();
        URL_SAFE_NO_PAD.encode(json!(all).to_string())
    }

    /// Reads a text made by [`to_text`](Cursor::to_text) for rows sorted by these keys.
    pub fn parse(text: &str, keys: &[Key]) -> Option<Cursor> {
        let all: Vec<Json> = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let [id, values @ ..] = &all[..] else { return None };
        if values.len() != keys.len() {
            return None;
        }
        let values = keys.iter().zip(values).map(|(key, value)| match value {
            Json::Null => Some(None),
            Json::String(text) => read(key, text).map(Some),
            _ => None,
        });
        Some(Cursor { id: id.as_i64()?, values: values.collect::<Option<_>>()? })
    }
}

/// A value as text, without loss: Rust writes a number as the shortest text that reads back as the same number.
fn written(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Boolean(value) => value.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Instant(moment) => rfc3339(*moment),
    }
}

fn read(key: &Key, text: &str) -> Option<Value> {
    let finite = |text: &str| text.parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Number);
    let field = match key {
        Key::Rank => return text.parse().ok().map(Value::Integer),
        Key::Distance(_) => return finite(text),
        Key::Field { field, .. } => field,
    };
    Some(match field.value {
        Type::Text { .. }
        | Type::Url
        | Type::Phone
        | Type::Resolution
        | Type::CommuneCode
        | Type::OneOf(_)
        | Type::SomeOf(_) => Value::Text(Some(text.to_owned()).filter(|text| !text.contains('\0'))?),
        Type::Integer { .. } | Type::Reference { .. } => Value::Integer(text.parse().ok()?),
        Type::Number { .. } => finite(text)?,
        Type::Boolean => Value::Boolean(text.parse().ok()?),
        Type::Date => Value::Date(date_of(text)?),
        Type::Timestamp => {
            let moment = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
            Value::Instant(Some(moment).filter(|moment| (1..=9999).contains(&moment.year()))?)
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
        let keys = keys(&["name", "height_m", "note", "updated_at"]);
        let values = vec![
            Some(Value::Text("Trạm \"Chợ\"".into())),
            Some(Value::Number(0.1 + 0.2)),
            None,
            Some(Value::Instant(moment)),
        ];
        let cursor = Cursor { values, id: 7 };
        assert_eq!(Cursor::parse(&cursor.to_text(), &keys), Some(cursor));
    }

    #[test]
    fn cursor_of_another_order_or_with_nonsense_is_none() {
        let cursor = |all: Json| URL_SAFE_NO_PAD.encode(all.to_string());
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
