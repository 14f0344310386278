//! The versions of a record: who wrote them, when, why, and what changed.

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Map, Value, json};

use crate::access::{column, is_masked};
use crate::layers::{Class, Layer};
use crate::postgres::row::{Cell, Row, without_crs};
use crate::postgres::sql::{Bind, Sql};

/// The versions of a record, oldest first, as callers who may see fields up to a class see them. Each is JSON:
/// `version`, `op`, `effective_on`, `at`, `by`, `reason`, and `changes`, a map from field to `before` and `after`.
///
/// Only fields of the class are included. Left out are versions that changed none of them, the writer if the class does
/// not show it, and the time in which the whole record was hidden. An erased value is `{"erased": hash}`.
pub async fn versions(
    conn: &mut AsyncPgConnection,
    layer: &'static Layer,
    class: Class,
    id: i64,
) -> QueryResult<Vec<Value>> {
    let rows = rows(conn, layer, id).await?;
    let hidden = hidden_now(layer, class, &rows);
    let shows = |name| layer.field(name).is_some_and(|field| layer.class(field) <= class);
    let mut state = Map::new();
    let mut shown = Map::new();
    let mut versions = Vec::new();
    for row in rows {
        let mut cells = row.cells.into_iter().map(|cell| cell.to_json());
        let mut next = || cells.next().unwrap_or(Value::Null);
        let (version, op, effective_on, at, by, reason) = (next(), next(), next(), next(), next(), next());
        let Value::Object(mut after) = next() else { continue };
        after.retain(|column, _| !hidden.contains(&column.as_str()));
        state.extend(after);
        if let Value::Object(erased) = next() {
            state.extend(erased.into_iter().map(|(field, hash)| (field, json!({"erased": hash}))));
        }
        let before = std::mem::replace(&mut shown, if is_shown(class, &state) { state.clone() } else { Map::new() });
        let op = match (before.is_empty(), shown.is_empty()) {
            (true, true) => continue,
            // Becoming visible is shown as a creation, becoming hidden as a deletion.
            (true, false) => json!("create"),
            (false, true) => json!("delete"),
            (false, false) => op,
        };
        let changes = shown_changes(layer, class, &before, &shown);
        if changes.is_empty() && op == "update" {
            continue;
        }
        let mut entry = json!({"version": version, "op": op, "changes": changes});
        if class == Class::Public {
            entry["version"] = state.get("public_version").cloned().unwrap_or(Value::Null);
        }
        for (field, key, value) in [
            ("effective_on", "effective_on", effective_on),
            ("updated_at", "at", at),
            ("updated_by", "by", by),
            ("note", "reason", reason),
        ] {
            if shows(field) {
                entry[key] = value;
            }
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
    let rows = rows(conn, layer, id).await?;
    let hidden = hidden_now(layer, class, &rows);
    let mut state = Map::new();
    for row in rows {
        let [.., after, erased] = &row.cells[..] else { continue };
        let (Value::Object(mut after), erased) = (after.to_json(), erased.to_json()) else { continue };
        after.retain(|column, _| !hidden.contains(&column.as_str()));
        state.extend(after);
        state.extend(erased.as_object().into_iter().flatten().map(|(field, _)| (field.clone(), Value::Null)));
        if is_shown(class, &state) && state.get(number).and_then(Value::as_i64) == Some(version) {
            let is_deleted = state.get("deleted_at").is_some_and(|at| !at.is_null());
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

/// The masked columns of a record that its last version no longer shows to a class; see [`is_masked`].
fn hidden_now(layer: &'static Layer, class: Class, rows: &[Row]) -> Vec<&'static str> {
    if class == Class::Restricted {
        return Vec::new();
    }
    let last = |column: &str| {
        let said = rows.iter().rev().filter_map(|row| match row.cells.get(6) {
            Some(Cell::Json(changes)) => changes.get(column),
            _ => None,
        });
        said.into_iter().next().cloned().unwrap_or(Value::Null)
    };
    let columns = layer.fields().filter(|field| is_masked(field)).filter_map(|field| field.public_column);
    columns.filter(|column| last(column).is_null()).collect()
}

/// The columns version, op, effective_on, at, by, reason, changes and erased of each version, oldest first.
async fn rows(conn: &mut AsyncPgConnection, layer: &'static Layer, id: i64) -> QueryResult<Vec<Row>> {
    Sql::new(
        "select v.version, v.op, v.effective_on, v.at, v.by, v.reason, v.changes, v.erased \
         from versions v where v.record_id = ",
    )
    .bind(Bind::Integer(id))
    .text(" and v.collection = ")
    .bind(Bind::Text(layer.collection.into()))
    .text(" order by v.version")
    .load(conn)
    .await
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
