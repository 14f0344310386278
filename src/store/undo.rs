//! Taking a bulk write back: each record becomes what it was before, unless somebody has changed it since.

use std::collections::HashMap;

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};

use super::assets::{self, Locked};
use super::row::Row;
use super::sql::{Bind, Sql};
use super::writing::{Refused, Writing, tell};
use crate::kinds::Properties;

/// What became of the records of a batch.
#[derive(Debug, Default)]
pub struct Undone {
    pub restored: Vec<i64>,
    /// Those left as they are, and why: `changed` since, or `outside_scope`.
    pub left: Vec<(i64, &'static str)>,
}

/// What a batch did to a record.
struct Done {
    id: i64,
    version: i64,
    op: String,
    effective_on: Value,
    /// The columns that it changed, as they were before.
    before: Properties,
}

/// Takes back what a batch did, as the batch of `writing`. History keeps both.
///
/// # Errors
/// When a record would lie outside of what is the writer's; what the constraints refuse.
pub async fn undo(conn: &mut AsyncPgConnection, writing: &Writing<'_>, batch: i64) -> Result<Undone, Refused> {
    let done = done(conn, writing, batch).await?;
    let ids: Vec<_> = done.iter().map(|done| done.id).collect();
    let mut locked: HashMap<_, _> = assets::lock(conn, &writing.view, &ids, false).await?;
    locked.extend(assets::lock(conn, &writing.view, &ids, true).await?);
    let mut undone = Undone::default();
    let mut changes = Vec::new();
    for done in done {
        match locked.get(&done.id) {
            Some(Locked { is_writable: true, record, .. }) if record["version"] == done.version => {
                undone.restored.push(done.id);
                changes.push((done.id, taken_back(writing, done)));
            }
            Some(Locked { is_writable: true, .. }) => undone.left.push((done.id, "changed")),
            Some(_) => undone.left.push((done.id, "outside_scope")),
            // Not to be known of.
            None => {}
        }
    }
    tell(conn, writing).await?;
    assets::update(conn, writing.view.kind, changes, writing.actor).await?;
    assets::check_scope(conn, &writing.view, &undone.restored).await?;
    Ok(undone)
}

/// The columns that take back what was done, from the day on from which it held: so every day is again as it was.
fn taken_back(writing: &Writing<'_>, done: Done) -> Properties {
    let Done { op, mut before, effective_on, .. } = done;
    before.insert("effective_on".into(), effective_on);
    match op.as_str() {
        "create" => Properties::from_iter([
            ("deleted_at".into(), json!(chrono::Utc::now())),
            ("effective_on".into(), json!(writing.today)),
        ]),
        _ => before,
    }
}

async fn done(conn: &mut AsyncPgConnection, writing: &Writing<'_>, batch: i64) -> QueryResult<Vec<Done>> {
    let values = [Bind::Text(writing.view.kind.collection.into()), Bind::Integer(batch)];
    let rows: Vec<Row> = Sql::file(include_str!("undo.sql"), &values).load(conn).await?;
    let done = |row: &Row| {
        let [id, version, op, effective_on, before] = &row.cells[..] else { return None };
        let Value::Object(before) = before.to_json() else { return None };
        Some(Done {
            id: id.as_integer()?,
            version: version.as_integer()?,
            op: op.as_text()?.to_owned(),
            effective_on: effective_on.to_json(),
            before,
        })
    };
    Ok(rows.iter().filter_map(done).collect())
}
