//! The only statements that write the table of a layer. Triggers add the version and the change of each row.

use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::error::Error;
use crate::layers::Layer;
use crate::postgres::sql::{Bind, Sql};
use crate::register::writing::{PlannedRow, Rows, Writing};

/// Columns that a change may set, besides the fields that clients write.
const SETTABLE: [&str; 4] = ["geom", "verified_at", "verified_by", "deleted_at"];

/// Sets what the triggers need for the rest of the transaction: what they store with each version, and which day is today.
pub(super) async fn set_context(conn: &mut AsyncPgConnection, writing: &Writing<'_>) -> Result<(), Error> {
    let confirmed = match writing.confirmed.is_empty() {
        true => String::new(),
        false => format!("{{{}}}", writing.confirmed.join(",")),
    };
    Sql::new("select set_config('hatang.reason', ")
        .bind(Bind::Text(writing.reason.clone().unwrap_or_default()))
        .text(", true), set_config('hatang.confirmed', ")
        .bind(Bind::Text(confirmed))
        .text(", true), set_config('hatang.batch', ")
        .bind(Bind::Text(writing.batch.map(|batch| batch.to_string()).unwrap_or_default()))
        .text(", true), set_config('hatang.today', ")
        .bind(Bind::Text(writing.today.to_string()))
        .text(", true)")
        .execute(conn)
        .await?;
    Ok(())
}

/// Stores what the rows state besides what they change, for the triggers of history. A statement about an earlier day
/// takes with it what anonymous callers see of it.
pub(super) async fn say(conn: &mut AsyncPgConnection, writing: &Writing<'_>, rows: &Rows<'_>) -> Result<(), Error> {
    let layer = writing.view.layer;
    let collection = || Bind::Text(layer.collection.into());
    for is_new in [true, false] {
        let Some(relation) = relation(rows, is_new) else { continue };
        let insert = Sql::new("insert into stated_fields (collection, record_id, said) select ").bind(collection());
        let sql = if is_new {
            insert.text(", r.record_id, r.said from ").sql(relation).text(" where r.said is not null")
        } else {
            let stored = layer.stored.iter().map(|(column, _)| *column).filter(|column| *column != "public_geom");
            let columns = Sql::join(
                stored.chain(["public"]).map(|column| Sql::new("'").text(column).text("', s.").name(column)),
                ", ",
            );
            insert
                .text(", r.record_id, coalesce(r.said, r.changes - 'effective_on') || jsonb_build_object('public_geom', st_asgeojson(s.public_geom, 15, 0)::jsonb, ")
                .sql(columns)
                .text(") from ")
                .sql(relation)
                .text(" join ")
                .name(layer.table())
                .text(" t on t.id = r.record_id cross join lateral ")
                .name(layer.shown_function())
                .text(
                    "(jsonb_populate_record(t, coalesce(r.said, r.changes))) s \
                     where r.said - array(select jsonb_object_keys(r.changes)) <> '{}' or later_fields(",
                )
                .bind(collection())
                .text(", r.record_id, (r.changes ->> 'effective_on')::date) <> '{}'")
        };
        sql.text(" on conflict (collection, record_id) do update set said = excluded.said").execute(conn).await?;
    }
    Ok(())
}

/// Inserts the new rows.
///
/// # Errors
/// Conflict when a key is taken; violated constraints.
pub(super) async fn insert(conn: &mut AsyncPgConnection, writing: &Writing<'_>, rows: &Rows<'_>) -> Result<(), Error> {
    let Some(rows) = relation(rows, true) else { return Ok(()) };
    let layer = writing.view.layer;
    let columns = |prefix| Sql::join(["id", "geom"].into_iter().chain(writable(layer)).map(named(prefix)), ", ");
    Sql::new("insert into ")
        .name(layer.table())
        .text(" (created_by, updated_by, ")
        .sql(columns(""))
        .text(") select ")
        .bind(Bind::Text(writing.actor.into()))
        .text(", ")
        .bind(Bind::Text(writing.actor.into()))
        .text(", ")
        .sql(columns("n."))
        .text(" from ")
        .sql(rows)
        .text(" cross join lateral jsonb_populate_record(null::")
        .name(layer.table())
        .text(", r.changes) n order by r.nth")
        .execute(conn)
        .await
        .map_err(|error| Error::of_write(layer, error))?;
    Ok(())
}

/// Updates existing records: writes the columns that the rows name and keeps the others. A column for which a later day
/// has a statement keeps the value of that statement.
///
/// # Errors
/// Conflict when a key is taken; violated constraints.
pub(super) async fn update(conn: &mut AsyncPgConnection, writing: &Writing<'_>, rows: &Rows<'_>) -> Result<(), Error> {
    let Some(relation) = relation(rows, false) else { return Ok(()) };
    let layer = writing.view.layer;
    let is_named = |name: &&str| match rows {
        Rows::Listed(rows) => rows.iter().any(|row| row.changes.contains_key(*name)),
        Rows::Import(_) => !name.starts_with("verified_"),
    };
    let names: Vec<_> = SETTABLE.into_iter().chain(writable(layer)).filter(is_named).collect();
    let columns = |prefix| Sql::join(names.iter().copied().map(named(prefix)), ", ");
    Sql::new("update ")
        .name(layer.table())
        .text(" t set (updated_by, ")
        .sql(columns(""))
        .text(") = (select ")
        .bind(Bind::Text(writing.actor.into()))
        .text(", ")
        .sql(columns("n."))
        .text(" from jsonb_populate_record(t, r.changes - later_fields(")
        .bind(Bind::Text(layer.collection.into()))
        .text(", r.record_id, (r.changes ->> 'effective_on')::date)) n) from ")
        .sql(relation)
        .text(" where t.id = r.record_id")
        .execute(conn)
        .await
        .map_err(|error| Error::of_write(layer, error))?;
    Ok(())
}

/// The new rows, or the others, as `r (nth, record_id, changes)`. `None` if the list has none.
fn relation(rows: &Rows<'_>, is_new: bool) -> Option<Sql> {
    match rows {
        Rows::Listed(rows) => {
            let to_json = |row: &PlannedRow| json!({"nth": row.nth, "record_id": row.id, "changes": row.changes, "said": row.said});
            let listed: Vec<Value> = rows.iter().filter(|row| row.is_new == is_new).map(to_json).collect();
            if listed.is_empty() {
                return None;
            }
            let listed = Sql::new("jsonb_to_recordset(").bind(Bind::Json(Value::Array(listed)));
            Some(listed.text(") as r (nth bigint, record_id bigint, changes jsonb, said jsonb)"))
        }
        Rows::Import(import) => Some(
            Sql::new("(select nth, record_id, changes, said from import_rows where op ")
                .text(if is_new { "= 'create'" } else { "in ('update', 'restore', 'missing')" })
                .sql(of_import(*import))
                .text(") r"),
        ),
    }
}

/// A further condition on `import_rows`, which selects the rows of an import.
pub(super) fn of_import(import: Uuid) -> Sql {
    Sql::new(" and import_id = ").bind(Bind::Text(import.to_string())).text("::uuid")
}

fn named(prefix: &'static str) -> impl Fn(&'static str) -> Sql {
    move |name| Sql::new(prefix).name(name)
}

fn writable(layer: &'static Layer) -> impl Iterator<Item = &'static str> {
    layer.fields().filter(|field| field.writable).map(|field| field.name)
}
