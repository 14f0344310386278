//! Taking back what an import wrote, where nobody has written since.

use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Import, imports};
use crate::access::{Caller, View};
use crate::error::Error;
use crate::kinds::{Kind, Problem};
use crate::store::row::Row;
use crate::store::sql::{Bind, Sql};
use crate::store::{assets, batches, changes};

/// Undoes an import that [`find`](super::find) has shown: what it created is deleted, what it changed is as before.
/// Returns `restored`, how many records, and `kept`, those that somebody has changed since.
///
/// # Errors
/// Conflict when it is not committed.
pub async fn undo(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    kind: &'static Kind,
    id: Uuid,
) -> Result<Value, Error> {
    let view = View::new(caller, kind);
    let result = conn
        .transaction(async |conn| {
            conn.batch_execute("set local statement_timeout = '10min'").await?;
            let import: Import = imports::table.find(id).select(Import::as_select()).for_update().first(conn).await?;
            let batch = match (import.status.as_str(), import.batch_id) {
                ("undone", _) => return Ok(import.undone.unwrap_or_default()),
                ("committed", Some(batch)) => batch,
                _ => {
                    return Err(Error::Outdated(vec![Problem::at(
                        "",
                        "import.not_committed",
                        "Lần nhập này chưa được ghi.",
                        "This import is not committed.",
                    )]));
                }
            };
            let result = write(conn, caller, &view, batch).await?;
            diesel::update(imports::table.find(id))
                .set((
                    imports::status.eq("undone"),
                    imports::undone.eq(&result),
                    imports::undone_at.eq(diesel::dsl::now),
                ))
                .execute(conn)
                .await?;
            Ok(result)
        })
        .await?;
    changes::number(conn).await?;
    Ok(result)
}

async fn write(conn: &mut AsyncPgConnection, caller: &Caller, view: &View<'_>, batch: i64) -> Result<Value, Error> {
    let kind = view.kind;
    let undoing = batches::begin(conn, caller, kind, "undo", None, Some(batch)).await?;
    Sql::new("select set_config('hatang.batch', ")
        .bind(Bind::Text(undoing.to_string()))
        .text(", true)")
        .execute(conn)
        .await?;
    // The records as the import left them, locked; with what they were before.
    let touched = |condition: &'static str| {
        Sql::new(
            "(select t.id, v.op, t.version = v.version and t.deleted_at is null as untouched, \
             (select coalesce(jsonb_object_agg(c.key, earlier.record -> c.key), '{}') from jsonb_each(v.changes) c) as was \
             from versions v join ",
        )
        .name(kind.table())
        .text(
            " t on t.id = v.record_id left join lateral (\
             select jsonb_merge(e.changes order by e.version) as record from versions e \
             where e.collection = v.collection and e.record_id = v.record_id and e.version < v.version) earlier on true \
             where v.batch_id = ",
        )
        .bind(Bind::Integer(batch))
        .text(condition)
        .text(")")
    };
    let kept: Row = Sql::new("select coalesce(jsonb_agg(id order by id) filter (where not untouched), '[]'), coalesce(jsonb_agg(id) filter (where untouched), '[]') from ")
        .sql(touched(""))
        .text(" touched")
        .get_result(conn)
        .await?;
    let ids: Vec<i64> = serde_json::from_value(kept.cells[1].to_json()).unwrap_or_default();
    assets::check_scope(conn, view, &ids).await?;
    let own = || kind.fields().filter(|field| field.writable && field.name != "effective_on").map(|field| field.name);
    let columns =
        |prefix| Sql::join(["geom"].into_iter().chain(own()).map(move |name| Sql::new(prefix).name(name)), ", ");
    Sql::new("update ")
        .name(kind.table())
        .text(" t set (updated_by, effective_on, ")
        .sql(columns(""))
        .text(") = (select ")
        .bind(Bind::Text(caller.name().into()))
        .text(", t.effective_on, ")
        .sql(columns("n."))
        .text(" from jsonb_populate_record(t, u.was) n) from ")
        .sql(touched(" and v.op = 'update'"))
        .text(" u where t.id = u.id and u.untouched")
        .execute(conn)
        .await
        .map_err(|error| Error::of_write(kind, error))?;
    Sql::new("update ")
        .name(kind.table())
        .text(" t set deleted_at = now(), updated_by = ")
        .bind(Bind::Text(caller.name().into()))
        .text(" from ")
        .sql(touched(" and v.op = 'create'"))
        .text(" u where t.id = u.id and u.untouched")
        .execute(conn)
        .await?;
    Ok(json!({"restored": ids.len(), "kept": kept.cells[0].to_json()}))
}
