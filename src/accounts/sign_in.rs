//! Signing in with a password: attempts, and the password as it is stored.

use diesel::dsl::now;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::accounts::schema::{NEVER, accounts};
use crate::accounts::{password_links, sessions};
use crate::postgres::sql::{Bind, Sql};

/// An attempt to sign in.
#[derive(Debug, Default, QueryableByName)]
#[diesel(table_name = accounts)]
pub struct Attempt {
    /// The account, when there is one of this name.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub account: Option<i64>,
    /// What the password has to match; none when no password is right: there is no such account, it has none, is
    /// disabled or locked.
    pub password_hash: Option<String>,
    /// Why not, for the audit trail.
    #[diesel(sql_type = Nullable<Text>)]
    pub refused: Option<String>,
}

/// Begins an attempt. It counts as failed until it has succeeded, so that many at once are counted too. From the fifth in
/// a row on, further ones are refused for 1, 2, 4 … at most 60 seconds: others cannot shut out the owner for longer, and
/// get 1440 guesses a day.
pub async fn attempt(conn: &mut AsyncPgConnection, username: &str) -> QueryResult<Attempt> {
    let sql = Sql::file(include_str!("attempt.sql"), &[Bind::Text(username.into())]);
    let attempt = sql.get_result(conn).await.optional()?;
    Ok(attempt.unwrap_or_else(|| Attempt { refused: Some("unknown".into()), ..Attempt::default() }))
}

/// Ends an attempt that was right; false when the account has changed meanwhile.
pub async fn succeed(conn: &mut AsyncPgConnection, account: i64, password_hash: &str) -> QueryResult<bool> {
    let unchanged = accounts::password_hash.eq(password_hash).and(accounts::disabled_at.is_null());
    let forgotten = (accounts::failed_logins.eq(0), accounts::locked_until.eq(NEVER));
    Ok(diesel::update(accounts::table.find(account)).filter(unchanged).set(forgotten).execute(conn).await? == 1)
}

/// Sets a password, which ends all sessions but one and every link.
pub async fn set_password(
    conn: &mut AsyncPgConnection,
    account: i64,
    password_hash: String,
    session: Option<i64>,
) -> QueryResult<()> {
    let password = (
        accounts::password_hash.eq(password_hash),
        accounts::password_changed_at.eq(now),
        accounts::failed_logins.eq(0),
        accounts::locked_until.eq(NEVER),
    );
    diesel::update(accounts::table.find(account)).set(password).execute(conn).await?;
    sessions::end_all(conn, account, session).await?;
    password_links::end_all(conn, account).await
}
