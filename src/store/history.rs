//! The versions of a record: who, when, why, before and after.

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Map, Value, json};

use super::row::{Row, without_crs};
use super::sql::{Bind, Sql};
use crate::access::View;

/// Every version of a record that the view shows, oldest first, as JSON: `version`, `op`, `effective_on`, `at`, `by`,
/// `reason`, and `changes`, a map from field to `before` and `after`. Only the fields of the view are in it; a version
/// that changed none of them is left out, as is who wrote when the view does not show it, and the time in which the whole
/// record was not shown.
pub async fn versions(conn: &mut AsyncPgConnection, view: &View, id: i64) -> QueryResult<Vec<Value>> {
    let rows: Vec<Row> = Sql::new(
        "select v.version, v.op, v.effective_on, v.at, v.by, v.reason, v.changes \
         from versions v where v.record_id = ",
    )
    .bind(Bind::Integer(id))
    .text(" and v.collection = ")
    .bind(Bind::Text(view.kind.collection.into()))
    .text(" order by v.version")
    .load(conn)
    .await?;

    let shows = |name| view.field(name).is_some();
    let mut state = Map::new();
    let mut shown = Map::new();
    let mut versions = Vec::new();
    for row in rows {
        let mut cells = row.cells.into_iter().map(|cell| cell.to_json());
        let mut next = || cells.next().unwrap_or(Value::Null);
        let (version, op, effective_on, at, by, reason) = (next(), next(), next(), next(), next(), next());
        let Value::Object(after) = next() else { continue };
        state.extend(after);
        let before = std::mem::replace(&mut shown, if view.shows_version(&state) { state.clone() } else { Map::new() });
        let op = match (before.is_empty(), shown.is_empty()) {
            (true, true) => continue,
            // To whoever may not know what it was, it begins and ends with what they may know.
            (true, false) => json!("create"),
            (false, true) => json!("delete"),
            (false, false) => op,
        };
        let changes = shown_changes(view, &before, &shown);
        if changes.is_empty() && op == "update" {
            continue;
        }
        let mut entry = json!({"version": version, "op": op, "changes": changes});
        if let Some(column) = view.version_column() {
            entry["version"] = state.get(column).cloned().unwrap_or(Value::Null);
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

/// What a version changed among the columns of the view.
fn shown_changes(view: &View, before: &Map<String, Value>, after: &Map<String, Value>) -> Map<String, Value> {
    // These say the same as the entry itself.
    const OF_THE_ENTRY: [&str; 6] = ["version", "effective_on", "updated_at", "updated_by", "created_at", "created_by"];
    let fields =
        view.fields().filter(|field| !OF_THE_ENTRY.contains(&field.name)).map(|field| (field.name, view.column(field)));
    let mut changes = Map::new();
    for (name, column) in fields.chain([("geometry", view.geom())]) {
        let value = |state: &Map<String, Value>| without_crs(state.get(column).cloned().unwrap_or(Value::Null));
        let (old, new) = (value(before), value(after));
        if !after.is_empty() && old != new {
            changes.insert(name.into(), json!({"before": old, "after": new}));
        }
    }
    changes
}
