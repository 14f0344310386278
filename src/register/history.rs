//! The versions of a record: who wrote them, when, why, and what changed.

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Map, Value, json};

use crate::access::{column, is_masked};
use crate::layers::{Class, Layer};
use crate::postgres::row::{Row, without_crs};
use crate::postgres::sql::{Bind, Sql};

/// The versions of a record, oldest first, as callers who may see fields up to a class see them. Each is JSON:
/// `version`, `op`, `effective_on`, `at`, `by`, `reason`, `batch` if it has one, and `changes`, a map from field to `before` and `after`.
///
/// Only fields of the class are included. Left out are versions that changed none of them, the writer if the class does
/// not show it, and the time in which the whole record was hidden. An erased value is `{"erased": hash}`.
pub async fn versions(
    conn: &mut AsyncPgConnection,
    layer: &'static Layer,
    class: Class,
    id: i64,
) -> QueryResult<Vec<Value>> {
    let history = History::read(conn, layer, class, id).await?;
    let shows = |name| layer.field(name).is_some_and(|field| layer.class(field) <= class);
    let mut versions = Vec::new();
    for (at, version) in history.versions.iter().enumerate() {
        // A statement about an earlier day changed that day, and perhaps nothing of today.
        let shown = |count| Some(history.state(count, Some(&version.effective_on))).filter(|of| is_shown(class, of));
        let (before, after) = (shown(at).unwrap_or_default(), shown(at + 1).unwrap_or_default());
        let op = match (before.is_empty(), after.is_empty()) {
            (true, true) => continue,
            // Becoming visible is shown as a creation, becoming hidden as a deletion.
            (true, false) => "create",
            (false, true) => "delete",
            (false, false) => &version.op,
        };
        let changes = shown_changes(layer, class, &before, &after);
        if changes.is_empty() && op == "update" {
            continue;
        }
        let mut entry = json!({"version": version.number, "op": op, "changes": changes});
        if class == Class::Public {
            entry["version"] = history.state(at + 1, None).get("public_version").cloned().unwrap_or(Value::Null);
        }
        for (field, key, value) in [
            ("effective_on", "effective_on", json!(version.effective_on)),
            ("updated_at", "at", version.at.clone()),
            ("updated_by", "by", version.by.clone()),
            ("note", "reason", version.reason.clone()),
        ] {
            if shows(field) {
                entry[key] = value;
            }
        }
        if shows("updated_by") && !version.batch.is_null() {
            entry["batch"] = version.batch.clone();
        }
        versions.push(entry);
    }
    Ok(versions)
}

/// The columns of a record as a version left it, with the geometry as `geom`. `None` if there is no such version, or it
/// is hidden from the class. Public versions have their own numbers.
pub async fn at_version(
    conn: &mut AsyncPgConnection,
    layer: &'static Layer,
    class: Class,
    id: i64,
    version: i64,
) -> QueryResult<Option<Map<String, Value>>> {
    let number = if class == Class::Public { "public_version" } else { "version" };
    let history = History::read(conn, layer, class, id).await?;
    for count in 1..=history.versions.len() {
        let mut state = history.state(count, None);
        if is_shown(class, &state) && state.get(number).and_then(Value::as_i64) == Some(version) {
            let is_deleted = state.get("deleted_at").is_some_and(|at| !at.is_null());
            // An erased value is no value.
            state.values_mut().filter(|value| value.get("erased").is_some()).for_each(|value| *value = Value::Null);
            return Ok(Some(state).filter(|_| class > Class::Public || !is_deleted));
        }
    }
    Ok(None)
}

/// The fields and the geometry of a record that a class may see, given the columns of the record.
pub fn feature(layer: &'static Layer, class: Class, record: &Map<String, Value>) -> (Map<String, Value>, Value) {
    let value = |column: &str| record.get(column).cloned().unwrap_or(Value::Null);
    let properties =
        layer.fields().filter_map(|field| Some((field.name.to_owned(), value(column(layer, field, class)?))));
    let geom = if class == Class::Public { "public_geom" } else { "geom" };
    (properties.collect(), without_crs(value(geom)))
}

/// A version: its number, and what it states.
struct Version {
    number: i64,
    op: String,
    effective_on: String,
    at: Value,
    by: Value,
    reason: Value,
    /// The bulk write that it was a part of, or null.
    batch: Value,
    /// All columns that it changed; of the first version all.
    changes: Map<String, Value>,
    /// The columns that its writer stated.
    said: Map<String, Value>,
}

/// The versions of a record in the order written, without the columns that its last version no longer shows to a class;
/// see [`is_masked`]. An erased value is `{"erased": hash}`.
struct History {
    versions: Vec<Version>,
}

impl History {
    async fn read(conn: &mut AsyncPgConnection, layer: &'static Layer, class: Class, id: i64) -> QueryResult<History> {
        let rows: Vec<Row> = Sql::new(
            "select v.version::bigint, v.op, v.effective_on::text, v.at, v.by, v.reason, v.batch_id, \
             v.changes || e.erased as changes, stated_by(v) || e.erased as said \
             from versions v cross join lateral (select coalesce(jsonb_object_agg(c.key, jsonb_build_object('erased', c.value)), '{}') as erased \
             from jsonb_each(v.erased) c) e where v.record_id = ",
        )
        .bind(Bind::Integer(id))
        .text(" and v.collection = ")
        .bind(Bind::Text(layer.collection.into()))
        .text(" order by v.version")
        .load(conn)
        .await?;
        let mut history = History { versions: rows.into_iter().filter_map(Version::of_row).collect() };
        let hidden = history.hidden_now(layer, class);
        for version in &mut history.versions {
            version.changes.retain(|column, _| !hidden.contains(&column.as_str()));
            version.said.retain(|column, _| !hidden.contains(&column.as_str()));
        }
        Ok(history)
    }

    /// The record on a day, or today, as the first versions of this number say; empty without a version.
    fn state(&self, count: usize, day: Option<&str>) -> Map<String, Value> {
        let versions = &self.versions[..count];
        let mut state = versions.first().map(|first| first.changes.clone()).unwrap_or_default();
        let mut in_order: Vec<_> =
            versions.iter().filter(|of| day.is_none_or(|day| *of.effective_on <= *day)).collect();
        in_order.sort_by(|a, b| a.effective_on.cmp(&b.effective_on));
        in_order.into_iter().for_each(|version| state.extend(version.said.clone()));
        state
    }

    /// The masked columns that the record no longer shows to the class.
    fn hidden_now(&self, layer: &'static Layer, class: Class) -> Vec<&'static str> {
        if class == Class::Restricted {
            return Vec::new();
        }
        let today = self.state(self.versions.len(), None);
        let columns = layer.fields().filter(|field| is_masked(field)).filter_map(|field| field.public_column);
        columns.filter(|column| today.get(*column).is_none_or(Value::is_null)).collect()
    }
}

impl Version {
    fn of_row(row: Row) -> Option<Version> {
        let mut cells = row.cells.into_iter().map(|cell| cell.to_json());
        let mut next = || cells.next().unwrap_or(Value::Null);
        let text = |value: Value| value.as_str().map(str::to_owned);
        let object = |value: Value| if let Value::Object(map) = value { Some(map) } else { None };
        Some(Version {
            number: next().as_i64()?,
            op: text(next())?,
            effective_on: text(next())?,
            at: next(),
            by: next(),
            reason: next(),
            batch: next(),
            changes: object(next())?,
            said: object(next())?,
        })
    }
}

/// Whether a version is shown, given the columns that the record then had.
fn is_shown(class: Class, record: &Map<String, Value>) -> bool {
    class > Class::Public || record.get("public") == Some(&Value::Bool(true))
}

/// What a version changed among the columns shown.
fn shown_changes(
    layer: &'static Layer,
    class: Class,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Map<String, Value> {
    // The entry itself already says these.
    const OF_THE_ENTRY: [&str; 6] = ["version", "effective_on", "updated_at", "updated_by", "created_at", "created_by"];
    let fields = layer
        .fields()
        .filter(|field| !OF_THE_ENTRY.contains(&field.name))
        .filter_map(|field| Some((field.name, column(layer, field, class)?)));
    let geom = if class == Class::Public { "public_geom" } else { "geom" };
    let mut changes = Map::new();
    for (name, column) in fields.chain([("geometry", geom)]) {
        let value = |state: &Map<String, Value>| without_crs(state.get(column).cloned().unwrap_or(Value::Null));
        let (old, new) = (value(before), value(after));
        if !after.is_empty() && old != new {
            changes.insert(name.into(), json!({"before": old, "after": new}));
        }
    }
    changes
}
