//! Undoes a batch or an import. Each record becomes what it was before, unless somebody has changed it since.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Jsonb};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};

use crate::access::Caller;
use crate::error::Error;
use crate::layers::Problem;
use crate::postgres::sql::{Bind, Sql};
use crate::register::batches;
use crate::register::writing::{PlannedRow, Refused, Rows, Writing, keys, put};
use crate::texts::text;

/// What happened to the records of a batch, in the order of their ids.
#[derive(Debug, Default)]
pub struct Undone {
    pub restored: Vec<i64>,
    /// Records left as they are, with the reason: `undone` before, `changed` since, `outside_scope`, or `key_taken` by
    /// another record.
    pub left: Vec<(i64, &'static str)>,
    /// The batch that restored them.
    pub batch: Option<i64>,
}

impl Undone {
    /// The records that still are as the batch left them, or as somebody changed them since.
    fn kept(&self) -> impl Iterator<Item = i64> {
        self.left.iter().filter(|(_, why)| *why != "undone").map(|(id, _)| *id)
    }

    /// Why nothing was restored.
    pub fn refused(&self) -> Error {
        let records: Vec<_> = self.kept().take(10).map(|id| id.to_string()).collect();
        let is_done = records.is_empty() && !self.left.is_empty();
        let text = if is_done { text!("undo.done") } else { text!("undo.nothing", records) };
        Error::Conflict(Problem::in_body("", text))
    }
}

/// Undoes a batch, as a batch of its own if there is anything to restore. History keeps both. Records that the writer may
/// not see stay as they are and are not reported. Somebody who may write a part of the records undoes that part; the
/// rest can still be undone.
///
/// # Errors
/// A record that would lie outside the writer's scope; violated constraints.
pub async fn undo(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    writing: Writing<'_>,
    batch: i64,
) -> Result<Undone, Refused> {
    let mut undone = Undone::default();
    let mut rows = Vec::new();
    for Done { id, is_untouched, is_undone, is_writable, before } in done(conn, &writing, batch).await? {
        let Value::Object(changes) = before else { continue };
        match (is_writable, is_untouched) {
            (false, _) => undone.left.push((id, "outside_scope")),
            (true, false) => undone.left.push((id, if is_undone { "undone" } else { "changed" })),
            (true, true) => {
                undone.restored.push(id);
                rows.push(PlannedRow::again(rows.len(), id, changes));
            }
        }
    }
    let taken = keys::of_rows(conn, &writing.view, &rows).await?;
    let taken: HashSet<i64> = taken.iter().map(|taken| rows[taken.nth as usize].id).collect();
    rows.retain(|row| !taken.contains(&row.id));
    undone.restored.retain(|id| !taken.contains(id));
    undone.left.extend(taken.into_iter().map(|id| (id, "key_taken")));
    undone.left.sort_unstable();
    if !rows.is_empty() {
        let own =
            batches::begin(conn, caller, writing.view.layer, "undo", writing.reason.as_deref(), Some(batch)).await?;
        undone.batch = Some(own);
        put(conn, &Writing { batch: undone.batch, ..writing }, &Rows::Listed(&rows)).await?;
        mark_import(conn, batch, &undone).await?;
    }
    Ok(undone)
}

/// If the batch was an import, marks the import as undone.
async fn mark_import(conn: &mut AsyncPgConnection, batch: i64, undone: &Undone) -> QueryResult<()> {
    let kept: Vec<_> = undone.kept().collect();
    Sql::new(
        "update imports set status = 'undone', undone_at = now(), undone = jsonb_build_object('restored', \
         coalesce((undone ->> 'restored')::bigint, 0) + ",
    )
    .bind(Bind::Integer(undone.restored.len() as i64))
    .text(", 'kept', ")
    .bind(Bind::Json(json!(kept)))
    .text(") where batch_id = ")
    .bind(Bind::Integer(batch))
    .execute(conn)
    .await?;
    Ok(())
}

/// What a batch did to a record.
#[derive(QueryableByName)]
struct Done {
    #[diesel(sql_type = BigInt)]
    id: i64,
    /// Whether the record is as the batch left it. Later verifications do not count as changes, nor do changes that
    /// were changed back. An erasure does.
    #[diesel(sql_type = Bool)]
    is_untouched: bool,
    /// Whether an earlier undo restored it.
    #[diesel(sql_type = Bool)]
    is_undone: bool,
    #[diesel(sql_type = Bool)]
    is_writable: bool,
    /// The earlier values on the batch's day of the columns that it stated, null where there were none. A record that it
    /// created is deleted. The undo is effective from the same day, so that every day is again as it was.
    #[diesel(sql_type = Jsonb)]
    before: Value,
}

/// What the batch did to each record that the writer may see. Locks the records.
async fn done(conn: &mut AsyncPgConnection, writing: &Writing<'_>, batch: i64) -> QueryResult<Vec<Done>> {
    Sql::new(
        "select t.id, t.version = v.version or not exists (\
         select from versions e where e.collection = v.collection and e.record_id = v.record_id and e.erased is not null) and (",
    )
    .sql(state("<= v.version"))
    .text(") = (")
    .sql(state("> 0"))
    .text(
        ") as is_untouched, exists (select from versions u join batches b on b.id = u.batch_id where u.collection = v.collection \
         and u.record_id = v.record_id and u.version > v.version and b.undoes = v.batch_id) as is_undone, ",
    )
    .sql(writing.view.writable())
    .text(
        " as is_writable, case v.op when 'create' then jsonb_build_object('deleted_at', now()) else (\
         select coalesce(jsonb_object_agg(c.name, was.record -> c.name), '{}') from jsonb_object_keys(v.changes) as c (name)) \
         end || jsonb_build_object('effective_on', v.effective_on) as before \
         from versions v join ",
    )
    .name(writing.view.layer.table())
    .text(
        " t on t.id = v.record_id left join lateral (\
         select jsonb_merge(p.changes order by p.version) filter (where p.version = 1) \
         || coalesce(jsonb_merge(stated_by(p) order by p.effective_on, p.version) filter (where p.effective_on <= v.effective_on), '{}') \
         as record from versions p \
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

/// The state of `v`'s record after its versions, without the columns that every write sets, and without the
/// verification unless the batch verified it.
fn state(versions: &'static str) -> Sql {
    Sql::new(
        "select jsonb_strip_nulls(jsonb_merge(s.changes order by s.version)) - case when v.changes ? 'verified_at' \
         then '{}' else '{verified_at,verified_by}'::text[] end - '{version,public_version,updated_at,updated_by,effective_on}'::text[] \
         from versions s where s.collection = v.collection and s.record_id = v.record_id and s.version ",
    )
    .text(versions)
}
