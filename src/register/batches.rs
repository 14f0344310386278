//! Batches: writes of many records at once, which can be undone together.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;

use crate::access::{Caller, View, may_administer, may_write};
use crate::layers::{ALL, Layer};
use crate::postgres::moment::Moment;
use crate::postgres::sql::{Bind, Sql};

diesel::table! {
    batches (id) {
        id -> BigInt,
        collection -> Text,
        op -> Text,
        at -> Timestamptz,
        by -> Text,
        account_id -> Nullable<BigInt>,
        reason -> Nullable<Text>,
        undoes -> Nullable<BigInt>,
    }
}

/// A batch as its writer sees it. The members are in the order of jsonb, because clients have seen them so.
#[derive(Debug, Serialize, QueryableByName)]
#[diesel(table_name = batches)]
pub struct Batch {
    pub at: Moment,
    pub by: String,
    pub id: i64,
    pub op: String,
    /// The number of records written that the caller may see.
    #[diesel(sql_type = BigInt)]
    pub count: i64,
    pub reason: Option<String>,
    pub undoes: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    /// The last undo of it. An undo by somebody who may write a part of its records leaves the rest.
    pub undone_by: Option<i64>,
    pub collection: String,
}

/// What a batch did to a record.
#[derive(Debug, Serialize, QueryableByName)]
pub struct BatchRecord {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = Text)]
    pub op: String,
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

/// Starts a batch and returns its id, which its versions carry.
pub async fn begin(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    layer: &'static Layer,
    op: &'static str,
    reason: Option<&str>,
    undoes: Option<i64>,
) -> QueryResult<i64> {
    // The console is not an account of the register: its id is 0.
    let account = caller.account().map(|account| account.id).filter(|id| *id > 0);
    let values = (
        batches::collection.eq(layer.collection),
        batches::op.eq(op),
        batches::by.eq(caller.name()),
        batches::account_id.eq(account),
        batches::reason.eq(reason),
        batches::undoes.eq(undoes),
    );
    diesel::insert_into(batches::table).values(values).returning(batches::id).get_result(conn).await
}

/// The batches that a caller may see, newest first: their own, and those with records that they may write.
pub async fn list(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    collection: Option<&str>,
    before: Option<i64>,
    limit: i64,
) -> QueryResult<Vec<Batch>> {
    let mut all = vec![visible(caller)];
    all.extend(collection.map(|name| Sql::new("b.collection = ").bind(Bind::Text(name.into()))));
    all.extend(before.map(|id| Sql::new("b.id < ").bind(Bind::Integer(id))));
    described(caller, Sql::all(all)).text(" order by b.id desc limit ").bind(Bind::Integer(limit)).load(conn).await
}

/// A batch that the caller may see.
pub async fn find(conn: &mut AsyncPgConnection, caller: &Caller, id: i64) -> QueryResult<Option<Batch>> {
    let sql = described(caller, visible(caller)).text(" and b.id = ").bind(Bind::Integer(id));
    sql.get_result(conn).await.optional()
}

fn described(caller: &Caller, condition: Sql) -> Sql {
    let counts = ALL.iter().filter(|layer| layer.is_writable()).map(|layer| {
        Sql::new("when ")
            .bind(Bind::Text(layer.collection.into()))
            .text(" then (select count(*) from versions v join ")
            .name(layer.table())
            .text(" t on t.id = v.record_id where v.collection = b.collection and v.batch_id = b.id and ")
            .sql(View::new(caller, layer).class_of_row())
            .text(" > 0)")
    });
    Sql::new("select b.id, b.at, b.by, b.op, case b.collection ")
        .sql(Sql::join(counts, " "))
        .text(
            " else 0 end as count, b.reason, b.undoes, (select max(u.id) from batches u where u.undoes = b.id) \
             as undone_by, b.collection from batches b where ",
        )
        .sql(condition)
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

/// What a batch did to each record that the view shows, in the order of the ids.
pub async fn records(conn: &mut AsyncPgConnection, view: &View<'_>, batch: i64) -> QueryResult<Vec<BatchRecord>> {
    Sql::new("select v.record_id as id, v.op, v.version from versions v join ")
        .name(view.layer.table())
        .text(" t on t.id = v.record_id where v.batch_id = ")
        .bind(Bind::Integer(batch))
        .text(" and v.collection = ")
        .bind(Bind::Text(view.layer.collection.into()))
        .text(" and ")
        .sql(view.class_of_row())
        .text(" > 0 order by v.record_id")
        .load(conn)
        .await
}
