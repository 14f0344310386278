//! Writes of many records at once, which can be undone as one.

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::row::Row;
use super::sql::{Bind, Sql};
use crate::access::Caller;
use crate::kinds::Kind;

/// Begins a bulk write and returns its number, by which its versions are known.
pub async fn begin(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    kind: &'static Kind,
    op: &'static str,
    reason: Option<&str>,
    undoes: Option<i64>,
) -> QueryResult<i64> {
    let optional = |text: Option<&str>| text.map_or(Bind::NullText, |text| Bind::Text(text.into()));
    // The console is no account of the register's.
    let account = caller.account().map(|account| account.id).filter(|id| *id > 0);
    let row: Row = Sql::new("insert into batches (collection, op, by, account_id, reason, undoes) values (")
        .bind(Bind::Text(kind.collection.into()))
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
