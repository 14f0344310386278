//! Browser sessions.

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;

use crate::accounts::audit::By;
use crate::accounts::tokens::{hash, random};
use crate::config::Sessions;
use crate::postgres::row::{integer, jsons};
use crate::postgres::sql::{Bind, Sql};

/// Begins a session and returns its secret: 256 random bits, never those that a browser sent.
pub async fn start(
    conn: &mut AsyncPgConnection,
    by: &By,
    account: i64,
    user_agent: Option<&str>,
    settings: &Sessions,
) -> QueryResult<String> {
    let secret = random();
    let optional = |text: Option<String>| text.map_or(Bind::NullText, Bind::Text);
    let values = [
        Bind::Integer(account),
        Bind::Text(hash(&secret)),
        Bind::Integer(settings.hours.into()),
        optional(by.address.map(|address| address.to_string())),
        optional(user_agent.map(|agent| agent.chars().take(300).collect())),
    ];
    let sql = "insert into sessions (account_id, secret_hash, expires_at, address, user_agent)
        values ($1, decode($2, 'hex'), now() + make_interval(hours => $3::integer), $4, $5)";
    Sql::file(sql, &values).execute(conn).await?;
    Ok(secret)
}

/// The sessions of an account that go on. `current` is the one that asks.
pub async fn list(
    conn: &mut AsyncPgConnection,
    account: i64,
    current: i64,
    settings: &Sessions,
) -> QueryResult<Vec<Value>> {
    let values = [Bind::Integer(account), Bind::Integer(current), Bind::Integer(settings.idle_min.into())];
    let sql = "select jsonb_build_object('id', id, 'created_at', created_at, 'last_seen_at', last_seen_at,
          'expires_at', expires_at, 'address', address, 'user_agent', user_agent, 'current', id = $2)
        from sessions
        where account_id = $1 and revoked_at is null and expires_at > now()
          and last_seen_at > now() - make_interval(mins => $3::integer)
        order by id";
    jsons(conn, Sql::file(sql, &values)).await
}

/// Ends a session of an account; false when there is none such that goes on.
pub async fn end(conn: &mut AsyncPgConnection, account: i64, id: i64) -> QueryResult<bool> {
    let sql =
        "update sessions set revoked_at = now() where id = $1 and account_id = $2 and revoked_at is null returning id";
    Ok(integer(conn, Sql::file(sql, &[Bind::Integer(id), Bind::Integer(account)])).await?.is_some())
}

/// Ends all sessions of an account but one.
pub async fn end_all(conn: &mut AsyncPgConnection, account: i64, but: Option<i64>) -> QueryResult<()> {
    let sql = "update sessions set revoked_at = now() where account_id = $1 and id <> $2 and revoked_at is null";
    Sql::file(sql, &[Bind::Integer(account), Bind::Integer(but.unwrap_or(0))]).execute(conn).await?;
    Ok(())
}
