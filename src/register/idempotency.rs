//! Stored responses of writes with an `Idempotency-Key`, which a client may send again.

use diesel::dsl::{IntervalDsl, now};
use diesel::prelude::*;
use diesel::result::Error;
use diesel::sql_types::Timestamptz;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde_json::{Value, json};

use crate::postgres::sql::{Bind, Sql};
use idempotency_keys as keys;

diesel::table! {
    idempotency_keys (account, key) {
        account -> Text,
        key -> Text,
        request_hash -> Text,
        status -> Nullable<Integer>,
        headers -> Nullable<Jsonb>,
        body -> Nullable<Text>,
        rights -> Nullable<Jsonb>,
        at -> Timestamptz,
    }
}

/// A response as it was sent, to be sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Stored {
    /// A response with a JSON body.
    pub fn json(status: u16, body: &Value) -> Stored {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Stored { status, headers, body: body.to_string() }
    }
}

/// What is known about a key.
#[derive(Debug, PartialEq, Eq)]
pub enum Known {
    /// The key is new, and this transaction has now taken it.
    New,
    /// A request with this key has not been answered yet.
    Running,
    /// The key was used for a different request.
    Other,
    /// The response, and the rights of the caller who was given it.
    Answered(Stored, Value),
}

/// Takes a key of an account for a request. Waits up to 5 seconds while another transaction holds the key.
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
    let request = (keys::account.eq(account), keys::key.eq(key), keys::request_hash.eq(request_hash));
    if diesel::insert_into(keys::table).values(request).on_conflict_do_nothing().execute(conn).await? == 1 {
        return Ok(Known::New);
    }
    let kept = (keys::request_hash, keys::status, keys::headers, keys::body, keys::rights);
    type Kept = (String, Option<i32>, Option<Value>, Option<String>, Option<Value>);
    let kept: Kept = keys::table.find((account, key)).select(kept).first(conn).await?;
    let (hash, Some(status), Some(headers), Some(body), rights) = kept else { return Ok(Known::Other) };
    if hash != request_hash {
        return Ok(Known::Other);
    }
    let headers = serde_json::from_value(headers).map_err(|error| Error::DeserializationError(error.into()))?;
    let stored = Stored { status: u16::try_from(status).unwrap_or(500), headers, body };
    Ok(Known::Answered(stored, rights.unwrap_or_default()))
}

/// Stores the response, and the rights of the caller, under the key that [`take`] took in the same transaction.
pub async fn keep(
    conn: &mut AsyncPgConnection,
    account: &str,
    key: &str,
    answer: &Stored,
    rights: &Value,
) -> QueryResult<()> {
    let kept = (
        keys::status.eq(i32::from(answer.status)),
        keys::headers.eq(json!(answer.headers)),
        keys::body.eq(&answer.body),
        keys::rights.eq(rights),
    );
    diesel::update(keys::table.find((account, key))).set(kept).execute(conn).await?;
    Ok(())
}

/// Deletes responses older than a day.
pub async fn purge(conn: &mut AsyncPgConnection) -> QueryResult<()> {
    let old = keys::at.lt(now.into_sql::<Timestamptz>() - 24_i32.hours());
    diesel::delete(keys::table.filter(old)).execute(conn).await?;
    Ok(())
}
