//! Taking a bulk write or an import back: each record becomes what it was before, unless somebody has changed it since.

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};

use crate::layers::Properties;
use crate::postgres::row::{Cell, Row};
use crate::postgres::sql::{Bind, Sql};
use crate::register::assets;
use crate::register::writing::{Refused, Writing, tell};

/// What became of the records of a batch, in the order of their ids.
#[derive(Debug, Default)]
pub struct Undone {
    pub restored: Vec<i64>,
    /// Those left as they are, and why: `changed` since, or `outside_scope`.
    pub left: Vec<(i64, &'static str)>,
}

/// Takes back what a batch did, as the batch of `writing`. History keeps both. Records that the writer may not know of
/// stay, and are not told.
///
/// # Errors
/// When a record would lie outside of what is the writer's; what the constraints refuse.
pub async fn undo(conn: &mut AsyncPgConnection, writing: &Writing<'_>, batch: i64) -> Result<Undone, Refused> {
    let mut undone = Undone::default();
    let mut changes = Vec::new();
    for row in done(conn, writing, batch).await? {
        let Some((id, untouched, writable, before)) = read(row) else { continue };
        match (writable, untouched) {
            (false, _) => undone.left.push((id, "outside_scope")),
            (true, false) => undone.left.push((id, "changed")),
            (true, true) => {
                undone.restored.push(id);
                changes.push((id, before));
            }
        }
    }
    tell(conn, writing).await?;
    assets::update(conn, writing.view.layer, changes, writing.actor).await?;
    assets::check_scope(conn, &writing.view, &undone.restored).await?;
    mark_import(conn, batch, &undone).await?;
    Ok(undone)
}

/// A batch that was an import's: the import is undone with it.
async fn mark_import(conn: &mut AsyncPgConnection, batch: i64, undone: &Undone) -> QueryResult<()> {
    let kept: Vec<_> = undone.left.iter().map(|(id, _)| id).collect();
    Sql::new("update imports set status = 'undone', undone_at = now(), undone = ")
        .bind(Bind::Json(json!({"restored": undone.restored.len(), "kept": kept})))
        .text(" where batch_id = ")
        .bind(Bind::Integer(batch))
        .execute(conn)
        .await?;
    Ok(())
}

/// What the batch did to each record, which is locked: id, whether it is as the batch left it (that it was said to be still
/// true since, or changed and changed back, is no matter; an erasure is), whether it is the writer's,
/// and the columns that the batch changed, as they were before, null where they were not; what it created is deleted.
/// From the day on from which the write held: so every day is again as it was.
async fn done(conn: &mut AsyncPgConnection, writing: &Writing<'_>, batch: i64) -> QueryResult<Vec<Row>> {
    Sql::new(
        "select t.id, t.version = v.version or not exists (\
         select from versions e where e.collection = v.collection and e.record_id = v.record_id and e.erased is not null) and (",
    )
    .sql(state("<= v.version"))
    .text(") = (")
    .sql(state("> 0"))
    .text("), ")
    .sql(writing.view.writable())
    .text(
        ", case v.op when 'create' then jsonb_build_object('deleted_at', now()) else (\
         select coalesce(jsonb_object_agg(c.name, was.record -> c.name), '{}') from jsonb_object_keys(v.changes) as c (name)) \
         end || jsonb_build_object('effective_on', v.effective_on) \
         from versions v join ",
    )
    .name(writing.view.layer.table())
    .text(
        " t on t.id = v.record_id left join lateral (\
         select jsonb_merge(p.changes order by p.version) as record from versions p \
         where v.op <> 'create' and p.collection = v.collection and p.record_id = v.record_id and p.version < v.version\
         ) was on true where v.collection = ",
    )
    .bind(Bind::Text(writing.view.layer.collection.into()))
    .text(" and v.batch_id = ")
    .bind(Bind::Integer(batch))
    .text(" and ")
    .sql(writing.view.class_of_row())
    .text(" is not null order by t.id for update of t")
    .load(conn)
    .await
}

/// What versions of `v`'s record made of it, without what every write notes, and who said that it is true unless the batch
/// did.
fn state(versions: &'static str) -> Sql {
    Sql::new(
        "select jsonb_strip_nulls(jsonb_merge(s.changes order by s.version)) - case when v.changes ? 'verified_at' \
         then '{}' else '{verified_at,verified_by}'::text[] end - '{version,public_version,updated_at,updated_by,effective_on}'::text[] \
         from versions s where s.collection = v.collection and s.record_id = v.record_id and s.version ",
    )
    .text(versions)
}

fn read(row: Row) -> Option<(i64, bool, bool, Properties)> {
    let [id, Cell::Bool(untouched), Cell::Bool(writable), Cell::Json(Value::Object(before))] =
        <[Cell; 4]>::try_from(row.cells).ok()?
    else {
        return None;
    };
    Some((id.as_integer()?, untouched, writable, before))
}
