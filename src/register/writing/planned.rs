//! Planned rows: the input of the write engine.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::layers::{Layer, Properties, Storage};

/// A record as it is, and the columns to write. Deleting and restoring are changes of `deleted_at`.
#[derive(Debug, Clone)]
pub struct PlannedRow {
    /// The index in the list that the client sent.
    pub nth: usize,
    pub id: i64,
    pub is_new: bool,
    /// The record as it is, with the geometry as `geom`; empty for a new record.
    pub current: Properties,
    /// All columns of a new record, otherwise those that differ; and `effective_on`.
    pub changes: Properties,
    /// The columns that the writer states, also those that do not differ; of a new record only their names count.
    pub said: Properties,
    /// Whether a statement that changes nothing of today is written too: it is about a day of its own.
    keeps_all: bool,
}

/// Where planned rows are.
#[derive(Debug)]
pub enum Rows<'a> {
    Listed(&'a [PlannedRow]),
    /// The rows of an import, in the table `import_rows`.
    Import(Uuid),
}

impl PlannedRow {
    /// A new record, from the output of [`normalise`](crate::layers::normalise::normalise). Generates its id, and a
    /// code if it has none. `given` has the fields that the writer gave; the others are defaults.
    pub fn create(layer: &Layer, nth: usize, given: &Properties, mut record: Properties) -> PlannedRow {
        let id = random_id();
        let is_given = |name: &str| match name {
            "geom" => true,
            "declared_on" => given.contains_key("declared_commune_code"),
            _ => given.get(name).is_some_and(|value| !value.is_null()),
        };
        let said = record.keys().filter(|name| is_given(name)).map(|name| (name.clone(), Value::Null)).collect();
        record.insert("id".into(), json!(id));
        if record.get("code").is_none_or(Value::is_null) {
            record.insert("code".into(), json!(random_code(layer)));
        }
        PlannedRow { nth, id, is_new: true, current: Properties::new(), changes: record, said, keeps_all: false }
    }

    /// A change of a record. `keeps_all`: a statement about a day of its own is written even if today is as it says.
    pub fn change(nth: usize, current: Properties, mut columns: Properties, keeps_all: bool) -> PlannedRow {
        let mut said = columns.clone();
        said.shift_remove("effective_on");
        columns.retain(|name, value| name == "effective_on" || !same(value, current.get(name).unwrap_or(&Value::Null)));
        let id = current.get("id").and_then(Value::as_i64).unwrap_or_default();
        PlannedRow { nth, id, is_new: false, current, changes: columns, said, keeps_all }
    }

    /// Values that a record had on the day of their `effective_on`, to be written again.
    pub fn again(nth: usize, id: i64, columns: Properties) -> PlannedRow {
        let mut said = columns.clone();
        said.shift_remove("effective_on");
        PlannedRow { nth, id, is_new: false, current: Properties::new(), changes: columns, said, keeps_all: true }
    }

    /// The value of a column after the write.
    pub fn value(&self, name: &str) -> &Value {
        self.changes.get(name).or_else(|| self.current.get(name)).unwrap_or(&Value::Null)
    }

    /// Whether the row changes anything. `effective_on` alone is not a change.
    pub fn says_new(&self) -> bool {
        self.is_new || self.changes.keys().any(|name| name != "effective_on") || self.keeps_all && !self.said.is_empty()
    }

    /// Whether one of these columns changes. Unchanged columns are not checked again: boundaries may have changed
    /// since, and neighbours were confirmed.
    pub fn touches(&self, names: &[&str]) -> bool {
        self.is_new || names.iter().any(|name| self.changes.contains_key(*name))
    }
}

/// Whether two values are stored alike, such as 30 and 30.0.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

/// A random id of 52 bits. GDAL, vector tiles and JavaScript can hold it, and it reveals neither order nor gaps.
fn random_id() -> i64 {
    (rand::random::<u64>() >> 12).max(1) as i64
}

/// A code that nobody can guess: the layer's prefix and 40 random bits.
fn random_code(layer: &Layer) -> String {
    let Storage::Assets { code_prefix, .. } = layer.storage else { return String::new() };
    // Crockford's base 32: without I, L, O and U.
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let bits = rand::random::<u64>();
    let code: String = (0..8).map(|index| ALPHABET[(bits >> (5 * index) & 31) as usize] as char).collect();
    format!("{code_prefix}-{code}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::TOWER;

    fn properties(value: Value) -> Properties {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn change_keeps_only_what_differs() {
        let current = properties(json!({"id": 7, "height_m": 30, "name": "A"}));
        let row = PlannedRow::change(
            0,
            current,
            properties(json!({"height_m": 30.0, "name": "B", "effective_on": "2026-01-01"})),
            false,
        );
        assert_eq!(row.id, 7);
        assert_eq!(Value::Object(row.said.clone()), json!({"height_m": 30.0, "name": "B"}));
        assert_eq!(Value::Object(row.changes.clone()), json!({"name": "B", "effective_on": "2026-01-01"}));
        assert!(row.says_new() && row.touches(&["name"]) && !row.touches(&["height_m"]));
        assert_eq!(row.value("height_m"), &json!(30));
    }

    #[test]
    fn effective_on_alone_changes_nothing() {
        let says_new = |columns: Value, keeps_all| {
            PlannedRow::change(0, properties(json!({"id": 7, "name": "A"})), properties(columns), keeps_all).says_new()
        };
        assert!(!says_new(json!({"effective_on": "2026-01-01"}), true));
        assert!(!says_new(json!({"effective_on": "2026-01-01", "name": "A"}), false));
        assert!(says_new(json!({"effective_on": "2026-01-01", "name": "A"}), true));
    }

    #[test]
    fn new_record_gets_id_and_code() {
        let record = properties(json!({"code": null, "name": "A", "lifecycle_status": "operational"}));
        let row = PlannedRow::create(&TOWER, 0, &properties(json!({"name": "A"})), record);
        assert!(row.id > 0 && row.changes["id"] == row.id && row.value("code").is_string());
        assert_eq!(row.said.keys().collect::<Vec<_>>(), ["name"]);
    }
}
