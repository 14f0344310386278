//! The change feed: numbered after the commit, one sequence for insiders and one for strangers.

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};

use super::row::Row;
use super::sql::{Bind, Sql};
use crate::access::Feed;

/// Gives every committed change its number. Called after each commit, before the write is acknowledged, and on a timer
/// for what psql writes.
pub async fn number(conn: &mut AsyncPgConnection) -> QueryResult<()> {
    Sql::new("select number_changes()").execute(conn).await?;
    Ok(())
}

/// The changes after a number, oldest first, as JSON: `seq`, `collection`, `id`, `op`, `version`, `at`; those that the
/// reader of the feed may know of. What enters or leaves what they see is told as a creation or a deletion.
/// `collections`: of these only; empty is all.
pub async fn after(
    conn: &mut AsyncPgConnection,
    feed: &Feed,
    after: i64,
    collections: Vec<String>,
    limit: i64,
) -> QueryResult<Vec<Value>> {
    let of_collections = |sql: Sql| match collections.is_empty() {
        true => sql,
        false => sql.text(" and c.collection = any(").bind(Bind::Texts(collections.clone())).text(")"),
    };
    let sql = match feed {
        Feed::Public => of_collections(
            Sql::new(
                "select public_seq as seq, collection, record_id, public_op, public_version, at from changes c \
                 where public_seq > ",
            )
            .bind(Bind::Integer(after)),
        ),
        Feed::Within { was, is } => {
            let changes = Sql::new("select c.*, c.op <> 'create' and ")
                .sql(was.clone())
                .text(" as was_in, c.op <> 'delete' and ")
                .sql(is.clone())
                .text(" as is_in from changes c where c.seq > ")
                .bind(Bind::Integer(after));
            Sql::new(
                "select seq, collection, record_id, op, version, at from (\
                 select c.seq, c.collection, c.record_id, c.at, \
                 feed_op(c.was_in or c.was_public, c.is_in or c.is_public, \
                 c.was_in or c.is_in or c.public_op is not null) as op, \
                 case when c.is_in or c.was_in and not c.is_public then c.version else c.public_version end as version \
                 from (",
            )
            .sql(of_collections(changes))
            .text(") c) told where op is not null")
        }
    };
    let rows: Vec<Row> = sql.text(" order by seq limit ").bind(Bind::Integer(limit)).load(conn).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let mut cells = row.cells.into_iter().map(|cell| cell.to_json());
            let mut next = || cells.next().unwrap_or(Value::Null);
            json!({"seq": next(), "collection": next(), "id": next(), "op": next(), "version": next(), "at": next()})
        })
        .collect())
}

/// The last number given.
pub async fn last(conn: &mut AsyncPgConnection, feed: &Feed) -> QueryResult<i64> {
    let column = if matches!(feed, Feed::Public) { "last_public_seq" } else { "last_seq" };
    let row: Row = Sql::new("select ").name(column).text(" from feed").get_result(conn).await?;
    Ok(row.cells[0].as_integer().unwrap_or(0))
}

/// The last public number, and the version of what is not an asset.
pub async fn public_state(conn: &mut AsyncPgConnection) -> QueryResult<(i64, i64)> {
    let row: Row = Sql::new("select feed.last_public_seq, reference_state.version from feed, reference_state")
        .get_result(conn)
        .await?;
    Ok((row.cells[0].as_integer().unwrap_or(0), row.cells[1].as_integer().unwrap_or(0)))
}
