//! Writes of many records at once, which can be undone as one.

use diesel::result::{DatabaseErrorKind, QueryResult};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use serde_json::Value;

use crate::access::{Caller, View, may_administer, may_write};
use crate::error::Error;
use crate::layers::{ALL, Layer, Problem};
use crate::postgres::row::Row;
use crate::postgres::sql::{Bind, Sql};

/// Begins a bulk write and returns its number, by which its versions are known.
pub async fn begin(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    layer: &'static Layer,
    op: &'static str,
    reason: Option<&str>,
    undoes: Option<i64>,
) -> QueryResult<i64> {
    let optional = |text: Option<&str>| text.map_or(Bind::NullText, |text| Bind::Text(text.into()));
    // The console is no account of the register's.
    let account = caller.account().map(|account| account.id).filter(|id| *id > 0);
    let row: Row = Sql::new("insert into batches (collection, op, by, account_id, reason, undoes) values (")
        .bind(Bind::Text(layer.collection.into()))
        .text(", ")
        .bind(Bind::Text(op.into()))
        .text(", ")
        .bind(Bind::Text(caller.name().into()))
        .text(", ")
        .bind(optional(account.map(|id| id.to_string()).as_deref()))
        .text("::text::bigint, ")
        .bind(optional(reason))
        .text(", ")
        .bind(optional(undoes.map(|id| id.to_string()).as_deref()))
        .text("::text::bigint) returning id")
        .get_result(conn)
        .await?;
    row.cells[0].as_integer().ok_or(diesel::result::Error::NotFound)
}

/// Begins the undoing of a batch.
///
/// # Errors
/// Conflict when it has been undone.
pub async fn begin_undo(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    layer: &'static Layer,
    reason: Option<&str>,
    undoes: i64,
) -> Result<i64, Error> {
    begin(conn, caller, layer, "undo", reason, Some(undoes)).await.map_err(|error| match error {
        diesel::result::Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
            let (vi, en) = ("Lần ghi này đã được hoàn tác.", "This batch has been undone.");
            Error::Conflict(Problem::at("", "undo.done", vi, en))
        }
        error => error.into(),
    })
}

/// The batches that a caller may know of, newest first: their own, and those of records that they may write.
pub async fn list(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    collection: Option<&str>,
    before: Option<i64>,
    limit: i64,
) -> QueryResult<Vec<Value>> {
    let mut all = vec![visible(caller)];
    all.extend(collection.map(|name| Sql::new("b.collection = ").bind(Bind::Text(name.into()))));
    all.extend(before.map(|id| Sql::new("b.id < ").bind(Bind::Integer(id))));
    let sql = described().sql(Sql::all(all)).text(" order by b.id desc limit ").bind(Bind::Integer(limit));
    Ok(sql.load::<Row>(conn).await?.iter().map(|row| row.cells[0].to_json()).collect())
}

/// A batch that a caller may know of.
pub async fn find(conn: &mut AsyncPgConnection, caller: &Caller, id: i64) -> QueryResult<Option<Value>> {
    let sql = described().sql(visible(caller)).text(" and b.id = ").bind(Bind::Integer(id));
    let rows: Vec<Row> = sql.load(conn).await?;
    Ok(rows[..].first().map(|row| row.cells[0].to_json()))
}

fn described() -> Sql {
    Sql::new(
        "select jsonb_build_object('id', b.id, 'collection', b.collection, 'op', b.op, 'at', b.at, 'by', b.by, \
         'reason', b.reason, 'undoes', b.undoes, 'undone_by', (select u.id from batches u where u.undoes = b.id), \
         'count', (select count(*) from versions v where v.batch_id = b.id)) from batches b where ",
    )
}

fn visible(caller: &Caller) -> Sql {
    if may_administer(caller).is_ok() {
        return Sql::new("true");
    }
    let own = caller.account().map(|account| Sql::new("b.account_id = ").bind(Bind::Integer(account.id)));
    let layers = ALL.iter().filter(|layer| layer.is_writable() && may_write(caller, layer).is_ok()).map(|layer| {
        Sql::new("(b.collection = ")
            .bind(Bind::Text(layer.collection.into()))
            .text(" and exists (select from versions v join ")
            .name(layer.table())
            .text(" t on t.id = v.record_id where v.collection = b.collection and v.batch_id = b.id and ")
            .sql(View::new(caller, layer).writable())
            .text("))")
    });
    let any = Sql::join(own.into_iter().chain(layers), " or ");
    if any.is_empty() { Sql::new("false") } else { Sql::new("(").sql(any).text(")") }
}

/// What a batch did to the records of it that the view shows, in the order of their ids: `id`, `version`, `op`.
pub async fn records(conn: &mut AsyncPgConnection, view: &View<'_>, batch: i64) -> QueryResult<Vec<Value>> {
    let rows: Vec<Row> = Sql::new(
        "select jsonb_build_object('id', v.record_id, 'version', v.version, 'op', v.op) from versions v join ",
    )
    .name(view.layer.table())
    .text(" t on t.id = v.record_id where v.batch_id = ")
    .bind(Bind::Integer(batch))
    .text(" and v.collection = ")
    .bind(Bind::Text(view.layer.collection.into()))
    .text(" and ")
    .sql(view.class_of_row())
    .text(" > 0 order by v.record_id")
    .load(conn)
    .await?;
    Ok(rows.iter().map(|row| row.cells[0].to_json()).collect())
}
