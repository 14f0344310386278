//! Answers to writes that a client may send again: `Idempotency-Key`.

use diesel::result::{Error, QueryResult};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde_json::{Value, json};

use crate::postgres::row::{Cell, Row};
use crate::postgres::sql::{Bind, Sql};

/// An answer as it is sent, and sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Stored {
    /// A JSON document.
    pub fn json(status: u16, body: &Value) -> Stored {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Stored { status, headers, body: body.to_string() }
    }
}

/// What is known of a key.
#[derive(Debug, PartialEq, Eq)]
pub enum Known {
    /// Nothing: it is now taken by this transaction.
    New,
    /// A request with it has not been answered yet.
    Running,
    /// It came with another request.
    Other,
    Answered(Stored),
}

/// Takes a key of an account for a request. While another transaction has it, waits some seconds for its answer.
pub async fn take(conn: &mut AsyncPgConnection, account: &str, key: &str, request_hash: &str) -> QueryResult<Known> {
    conn.batch_execute("set local lock_timeout = '5s'").await?;
    let lock = Sql::new("select pg_advisory_xact_lock(hashtextextended(").bind(Bind::Text(format!("{account} {key}")));
    match lock.text(", 0))").execute(conn).await {
        Err(Error::DatabaseError(_, details)) if details.message().contains("lock timeout") => {
            return Ok(Known::Running);
        }
        locked => locked?,
    };
    conn.batch_execute("set local lock_timeout to default").await?;
    let taken = Sql::new("insert into idempotency_keys (account, key, request_hash) values (")
        .bind(Bind::Text(account.into()))
        .text(", ")
        .bind(Bind::Text(key.into()))
        .text(", ")
        .bind(Bind::Text(request_hash.into()))
        .text(") on conflict do nothing")
        .execute(conn)
        .await?;
    if taken == 1 {
        return Ok(Known::New);
    }
    let row: Row = of_key(Sql::new("select request_hash, status, headers, body from idempotency_keys"), account, key)
        .get_result(conn)
        .await?;
    let [hash, status, headers, body] = &row.cells[..] else { return Ok(Known::Other) };
    let (Some(status), Cell::Json(headers), Some(body)) = (status.as_integer(), headers, body.as_text()) else {
        return Ok(Known::Other);
    };
    if hash.as_text() != Some(request_hash) {
        return Ok(Known::Other);
    }
    let header = |pair: &Value| Some((pair[0].as_str()?.to_owned(), pair[1].as_str()?.to_owned()));
    let headers = headers.as_array().into_iter().flatten().filter_map(header).collect();
    Ok(Known::Answered(Stored { status: u16::try_from(status).unwrap_or(500), headers, body: body.to_owned() }))
}

/// Keeps the answer under the key that [`take`] took in the same transaction.
pub async fn keep(conn: &mut AsyncPgConnection, account: &str, key: &str, answer: &Stored) -> QueryResult<()> {
    let sql = Sql::new("update idempotency_keys set status = ")
        .bind(Bind::Integer(answer.status.into()))
        .text("::integer, headers = ")
        .bind(Bind::Json(json!(answer.headers)))
        .text(", body = ")
        .bind(Bind::Text(answer.body.clone()));
    of_key(sql, account, key).execute(conn).await?;
    Ok(())
}

/// Forgets what is older than a day.
pub async fn purge(conn: &mut AsyncPgConnection) -> QueryResult<()> {
    Sql::new("delete from idempotency_keys where at < now() - interval '24 hours'").execute(conn).await?;
    Ok(())
}

fn of_key(sql: Sql, account: &str, key: &str) -> Sql {
    sql.text(" where account = ").bind(Bind::Text(account.into())).text(" and key = ").bind(Bind::Text(key.into()))
}
