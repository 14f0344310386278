//! Passwords as they are stored, attempts at them, and the links by which they are set.

use diesel::result::QueryResult;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde::Deserialize;
use serde_json::json;

use crate::accounts::audit::By;
use crate::accounts::tokens::{hash, random};
use crate::accounts::{account, audit, sessions};
use crate::error::Error;
use crate::layers::Problem;
use crate::postgres::row::json;
use crate::postgres::sql::{Bind, Sql};

/// An attempt to sign in.
#[derive(Debug, Default, Deserialize)]
pub struct Attempt {
    /// The account, when there is one of this name.
    pub account: Option<i64>,
    /// What the password has to match; none when no password is right: there is no such account, it has none, is
    /// disabled or locked.
    pub password_hash: Option<String>,
    /// Why not, for the audit trail.
    pub refused: Option<String>,
}

/// Begins an attempt: it counts as failed until it has succeeded, so that many at once are counted too. From the fifth in
/// a row on, further ones are refused for 1, 2, 4 … at most 60 seconds: strangers cannot shut out the owner for longer,
/// and get 1440 guesses a day.
pub async fn attempt(conn: &mut AsyncPgConnection, username: &str) -> QueryResult<Attempt> {
    let attempt = json(conn, Sql::file(include_str!("attempt.sql"), &[Bind::Text(username.into())])).await?;
    let Some(attempt) = attempt else { return Ok(Attempt { refused: Some("unknown".into()), ..Attempt::default() }) };
    serde_json::from_value(attempt).map_err(|error| diesel::result::Error::DeserializationError(error.into()))
}

/// Ends an attempt that was right; false when the account has changed meanwhile.
pub async fn succeed(conn: &mut AsyncPgConnection, account: i64, password_hash: &str) -> QueryResult<bool> {
    let sql = "update accounts set failed_logins = 0, locked_until = null
        where id = $1 and password_hash = $2 and disabled_at is null";
    let values = [Bind::Integer(account), Bind::Text(password_hash.into())];
    Ok(Sql::file(sql, &values).execute(conn).await? == 1)
}

/// Sets a password, which ends all sessions but one and every link.
pub async fn set(
    conn: &mut AsyncPgConnection,
    account: i64,
    password_hash: String,
    session: Option<i64>,
) -> QueryResult<()> {
    let sql =
        "update accounts set password_hash = $2, password_changed_at = now(), failed_logins = 0, locked_until = null
        where id = $1";
    Sql::file(sql, &[Bind::Integer(account), Bind::Text(password_hash)]).execute(conn).await?;
    sessions::end_all(conn, account, session).await?;
    void_links(conn, account).await
}

/// Makes the one link of an account by which its holder sets a password within 24 hours; earlier ones end. Returns its
/// secret, never seen again.
///
/// # Errors
/// 403 for the console's account, 404, 409 for one that is disabled.
pub async fn link(conn: &mut AsyncPgConnection, by: &By, account: i64) -> Result<String, Error> {
    conn.transaction(async |conn| {
        let username = account::managed(conn, account).await?;
        void_links(conn, account).await?;
        let secret = random();
        let values = [Bind::Text(hash(&secret)), Bind::Integer(account), Bind::Text(by.actor.clone())];
        let sql = "insert into password_links (secret_hash, account_id, created_by, expires_at)
            select decode($1, 'hex'), id, $3, now() + interval '24 hours'
            from accounts where id = $2 and disabled_at is null";
        if Sql::file(sql, &values).execute(conn).await? == 0 {
            let (vi, en) = ("Tài khoản đang bị khóa.", "The account is disabled.");
            return Err(Error::Conflict(Problem::at("", "user.disabled", vi, en)));
        }
        audit::add(conn, by, "password.link", json!({"account": username})).await?;
        Ok(secret)
    })
    .await
}

/// Whose a link is, while it can be used.
#[derive(Debug, Deserialize)]
pub struct LinkHolder {
    pub id: i64,
    pub username: String,
    pub organisation: Option<String>,
}

pub async fn holder_of_link(conn: &mut AsyncPgConnection, secret: &str) -> QueryResult<Option<LinkHolder>> {
    let sql = "select jsonb_build_object('id', a.id, 'username', a.username, 'organisation', a.organisation)
        from password_links l join accounts a on a.id = l.account_id
        where l.secret_hash = decode($1, 'hex') and l.used_at is null and l.expires_at > now() and a.disabled_at is null";
    let holder = json(conn, Sql::file(sql, &[Bind::Text(hash(secret))])).await?;
    let read = holder.map(serde_json::from_value).transpose();
    read.map_err(|error| diesel::result::Error::DeserializationError(error.into()))
}

/// Uses up a link; false when somebody else has, or it has ended.
pub async fn use_link(conn: &mut AsyncPgConnection, secret: &str) -> QueryResult<bool> {
    let sql = "update password_links set used_at = now()
        where secret_hash = decode($1, 'hex') and used_at is null and expires_at > now()";
    Ok(Sql::file(sql, &[Bind::Text(hash(secret))]).execute(conn).await? == 1)
}

pub async fn void_links(conn: &mut AsyncPgConnection, account: i64) -> QueryResult<()> {
    let sql =
        "update password_links set expires_at = now() where account_id = $1 and used_at is null and expires_at > now()";
    Sql::file(sql, &[Bind::Integer(account)]).execute(conn).await?;
    Ok(())
}
