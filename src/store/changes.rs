//! The change feed: numbered after the commit, one sequence for insiders and one for strangers.

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};

use super::row::Row;
use super::sql::{Bind, Sql};

/// Gives every committed change its number. Called after each commit, before the write is acknowledged, and on a timer
/// for what psql writes.
pub async fn number(conn: &mut AsyncPgConnection) -> QueryResult<()> {
    Sql::new("select number_changes()").execute(conn).await?;
    Ok(())
}

/// The changes after a number, oldest first, as JSON: `seq`, `collection`, `id`, `op`, `version`, `at`. `public`: those
/// that strangers may know of, with their own numbers. `collections`: of these only; empty is all.
pub async fn after(
    conn: &mut AsyncPgConnection,
    public: bool,
    after: i64,
    collections: Vec<String>,
    limit: i64,
) -> QueryResult<Vec<Value>> {
    let select = if public {
        "select public_seq, collection, record_id, public_op, public_version, at from changes where public_seq > "
    } else {
        "select seq, collection, record_id, op, version, at from changes where seq > "
    };
    let mut sql = Sql::new(select).bind(Bind::Integer(after));
    if !collections.is_empty() {
        sql = sql.text(" and collection = any(").bind(Bind::Texts(collections)).text(")");
    }
    let order = if public { " order by public_seq limit " } else { " order by seq limit " };
    let rows: Vec<Row> = sql.text(order).bind(Bind::Integer(limit)).load(conn).await?;
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
pub async fn last(conn: &mut AsyncPgConnection, public: bool) -> QueryResult<i64> {
    let column = if public { "last_public_seq" } else { "last_seq" };
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
